// Splits Markdown into messages without losing a byte: at a paragraph, else a line, a sentence, a word, and
// only then anywhere that breaks no grapheme cluster.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace coordinator::render {

struct SplitOptions {
  std::size_t limit = 2000;  // code points in one message; at least 1
  // No more chunks than these are made: what they stand for is then a beginning of the source.
  std::size_t most = std::numeric_limits<std::size_t>::max();
};

// One message, and all that is needed to get its piece of the source back.
struct Chunk {
  std::string text;        // what is sent: at most `limit` code points, never blank, no white space around it
  std::size_t prefix = 0;  // how many bytes at the beginning of `text` splitting added: a fence opened again,
  std::size_t suffix = 0;  // and at its end: a fence closed
  // What of the source is not sent: white space that Discord would trim or nobody would miss at a cut, and a
  // closing fence whose work the suffix does.
  std::string before, after;
};

// The piece of the source that a chunk stands for. Those of all chunks, joined, are the source.
std::string source(const Chunk& chunk);

// Fences (``` and ~~~, nested, in lists and quotes) are closed at the end of a chunk and opened again with
// their language in the next one. Text in which nothing is visible gives no chunk. A grapheme cluster longer
// than the limit is cut by code points, and where the marks of a fence would take more than half of the
// limit, none are added. Takes time in proportion to the text, whatever is in it.
std::vector<Chunk> split(std::string_view markdown, const SplitOptions& options = {});

}  // namespace coordinator::render
