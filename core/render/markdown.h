// What agents write (CommonMark with tables, footnotes and some HTML) as what Discord shows: the same words,
// other marks.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "render/file.h"

namespace coordinator::render {

// Discord's code blocks wrap their lines: at about 60 columns in a window of 1280 pixels with both side lists
// open, and on a phone held sideways; a table that wraps cannot be read any more.
inline constexpr std::size_t kTableColumns = 60;

// What the end of the source is the end of.
enum class End {
  text,   // of all: nothing follows
  block,  // of a block: more may follow, in lines of its own
  none,   // of nothing: the next byte goes on with what is there
};

struct MarkdownOptions {
  std::size_t table_columns = kTableColumns;  // a wider table becomes a list
  std::size_t long_code = 0;   // code points; code that takes more becomes a file. 0: none does
  std::size_t code_bytes = 0;  // of all such files together
  End end = End::text;         // what is known behind the last byte
  std::size_t enough =
      std::numeric_limits<std::size_t>::max();  // bytes of the result, after which it may end
};

// Code that was too long: its preview ends at `at` in the text, with a line that names the file.
struct CodeFile {
  File file;
  std::size_t at = 0;
};

struct Rewritten {
  std::string text;
  std::vector<CodeFile> files;  // at most kCodeFiles
  bool needs_whole = false;     // there was more long code than that: the text refers to kWholeName
  std::size_t read = 0;         // bytes of the source that the text stands for
  std::size_t settled = 0;      // so much of the text stays, whatever the source goes on with
};

// Discord takes ten with a message, and one place is the whole answer's.
inline constexpr std::size_t kCodeFiles = 9;
inline constexpr std::string_view kWholeName = "answer.md";

// Tables become aligned text or lists; headings deeper than three bold lines; rules a line; images and links
// without an http(s) address text; references links; footnotes small print; task lists boxes; HTML the marks
// that Discord has for it. Fences of tildes or of more than three marks become those that Discord knows; a
// ``` inside one is broken by an invisible U+200B so that it does not end it. Nothing in a fence or in inline
// code changes otherwise. Takes time in proportion to the text.
Rewritten rewrite(std::string_view markdown, const MarkdownOptions& options = {});

// Its text alone.
std::string for_discord(std::string_view markdown, const MarkdownOptions& options = {});

}  // namespace coordinator::render
