// What holds for every split of any text, tried on random Markdown from a seed.
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "render/author.h"
#include "render/splitter.h"

#include <CppUTest/TestHarness.h>

using coordinator::Random;
using coordinator::render::Author;
using coordinator::render::Chunk;
namespace render = coordinator::render;
namespace text = coordinator::text;

namespace {

// Which bytes are inside a fence, by a reading of its own: 'i' inside, 'm' a fence's own lines, 'o' outside.
std::string fence_map(std::string_view markdown) {
  std::string map, mark;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < markdown.size();) {
    std::size_t end = std::min(markdown.find('\n', at), markdown.size() - 1) + 1;
    std::string_view line = markdown.substr(at, end - at), rest = line;
    std::size_t quotes = 0;
    while (rest.starts_with(' ') || (rest.starts_with('>') && (mark.empty() || quotes < depth))) {
      quotes += rest[0] == '>';
      rest.remove_prefix(1);
    }
    if (quotes < depth) mark.clear();
    while (mark.empty() && (rest.starts_with(' ') || rest.starts_with("- ") || rest.starts_with("1"))) {
      if (rest[0] == '1' && !rest.starts_with("1. ") && !rest.starts_with("12. ")) break;
      rest.remove_prefix(std::min(rest.find(' ') + 1, rest.size()));
    }
    if (mark.empty()) depth = 0;
    char kind = mark.empty() ? 'o' : 'i';
    std::size_t run = rest.empty() ? 0 : std::min(rest.find_first_not_of(rest[0]), rest.size());
    bool fence = run >= 3 && (rest[0] == '`' || rest[0] == '~');
    if (fence && mark.empty() && (rest[0] == '~' || rest.find('`', run) == std::string_view::npos)) {
      kind = 'm';
      mark = rest.substr(0, run);
      depth = quotes;
    } else if (fence && !mark.empty() && rest[0] == mark[0] && run >= mark.size() &&
               text::blank(rest.substr(run))) {
      kind = 'm';
      mark.clear();
    }
    map.append(end - at, kind);
    at = end;
  }
  return map + (mark.empty() ? 'o' : 'i');  // what would follow
}

// Checks one split, and says what does not hold; empty when all does.
class Inspection {
 public:
  Inspection(const std::string& markdown, std::size_t limit)
      : markdown_(markdown),
        limit_(limit),
        map_(fence_map(markdown)),
        chunks_(render::split(markdown, {limit})) {}

  std::string fault() const {
    if (text::blank(markdown_)) return chunks_.empty() ? "" : "a blank text gave a chunk";
    std::string joined;
    for (const Chunk& chunk : chunks_) {
      std::string problem = fault_of(chunk, joined.size());
      if (!problem.empty()) return problem + ":\n" + chunk.text;
      joined += source(chunk);
    }
    return joined == markdown_ ? "" : "the chunks do not join to the source";
  }

  std::size_t count() const { return chunks_.size(); }

 private:
  std::string fault_of(const Chunk& chunk, std::size_t begin) const {
    if (text::code_points(chunk.text) > limit_) return "a chunk is too long";
    if (text::blank(chunk.text)) return "a chunk is blank";
    if (text::blank(body(chunk))) return "a chunk is nothing but marks";
    if (text::trimmed(chunk.text).size() != chunk.text.size()) return "white space stands around a chunk";
    if (!only_fences(chunk.after) || !text::blank(chunk.before)) return "something visible is not sent";
    if (breaks_cluster(begin + source(chunk).size())) return "a cluster is broken";
    return fault_of_fences(chunk, begin + chunk.before.size());
  }

  static std::string_view body(const Chunk& chunk) {
    return std::string_view(chunk.text).substr(chunk.prefix, chunk.text.size() - chunk.prefix - chunk.suffix);
  }

  static bool only_fences(std::string_view after) {
    for (char c : after)
      if (text::visible(static_cast<unsigned char>(c)) && c != '`' && c != '~' && c != '>' &&
          static_cast<unsigned char>(c) < 0x80)
        return false;
    return true;
  }

  // Looking 200 bytes back is enough for this author's clusters; a much longer one may be broken.
  bool breaks_cluster(std::size_t at) const {
    if (at >= markdown_.size()) return false;
    std::size_t from = at > 200 ? at - 200 : 0;
    while (from > 0 && markdown_[from] != ' ' && markdown_[from] != '\n' && at - from < 3000) --from;
    std::string_view window = std::string_view(markdown_).substr(from);
    return text::grapheme_floor(window, at - from) != at - from;
  }

  // Every byte is in a fence in its chunk exactly when it is in the source, and no chunk leaves one open.
  std::string fault_of_fences(const Chunk& chunk, std::size_t begin) const {
    if (cut_in_mark(begin) || cut_in_mark(begin + body(chunk).size())) return "";
    std::string own = fence_map(chunk.text);
    if (own.back() != 'o' && !quote_ends(chunk, begin)) return "a fence is left open";
    for (std::size_t i = 0; i < body(chunk).size(); ++i)
      if (own[chunk.prefix + i] != map_[begin + i] && body(chunk)[i] != '\r' && body(chunk)[i] != '\n')
        return "a fence is not where it was";
    return "";
  }

  // A fence in a quote that ends there needs no mark.
  bool quote_ends(const Chunk& chunk, std::size_t begin) const {
    std::size_t cut = begin + body(chunk).size() + chunk.after.size();
    return chunk.text.find('>', chunk.text.rfind('\n') + 1) != std::string::npos && map_[cut] != 'i';
  }

  // Where a line that begins with a mark was too long for a message, the mark may come to mean something
  // else.
  bool cut_in_mark(std::size_t at) const {
    std::size_t line = at == 0 ? 0 : markdown_.rfind('\n', at - 1) + 1;
    if (line == at || at >= markdown_.size() || markdown_[at] == '\r' || markdown_[at] == '\n') return false;
    std::string_view rest = std::string_view(markdown_).substr(line);
    rest.remove_prefix(std::min(rest.find_first_not_of(" >-12."), rest.size()));
    return rest.starts_with("```") || rest.starts_with("~~~") || markdown_[at] == '`' || markdown_[at] == '~';
  }

  const std::string& markdown_;
  std::size_t limit_;
  std::string map_;
  std::vector<Chunk> chunks_;
};

std::uint64_t seed() {
  const char* given = std::getenv("COORDINATOR_SEED");
  return given ? std::strtoull(given, nullptr, 10) : 20260811;
}

}  // namespace

TEST_GROUP(SplitterProperty){// On a failure, COORDINATOR_SEED=<the seed printed> runs only that case first.
                             void hold(std::size_t cases, std::size_t limit_from, std::size_t limit_to,
                                       std::size_t size){std::size_t chunks = 0;
for (std::size_t i = 0; i < cases; ++i) {
  Random random(seed() + i);
  std::size_t limit = limit_from + random.below(limit_to - limit_from + 1);
  std::string markdown = Author(random).write(random.below(size));
  Inspection inspection(markdown, limit);
  chunks += inspection.count();
  std::string fault = inspection.fault();
  if (fault.empty()) continue;
  fault = "seed " + std::to_string(seed() + i) + ", limit " + std::to_string(limit) + ": " + fault;
  FAIL(fault.c_str());
}
CHECK_TRUE(chunks > cases);  // otherwise nothing was split
}
}
;

TEST(SplitterProperty, HoldsForSmallMessages) { hold(8'000, 120, 400, 900); }
TEST(SplitterProperty, HoldsForMessagesOfDiscordsSize) { hold(600, 2000, 2000, 16'000); }

TEST(SplitterProperty, LosesNothingEvenWhereMarksDoNotFit) {
  for (std::uint64_t i = 0; i < 1'500; ++i) {
    Random random(seed() + i);
    std::size_t limit = 1 + random.below(60);
    std::string markdown = Author(random).write(300), joined;
    for (const Chunk& chunk : render::split(markdown, {limit})) {
      CHECK_TRUE(text::code_points(chunk.text) <= limit);
      joined += source(chunk);
    }
    if (!text::blank(markdown)) CHECK_TRUE(joined == markdown);
  }
}
