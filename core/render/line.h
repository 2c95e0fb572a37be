// A line of Markdown: its end, and the marks of the containers that it stands in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coordinator::render {

// A line without its line end, and that.
struct Line {
  std::string_view text, end;

  std::size_t size() const { return text.size() + end.size(); }
};

Line next_line(std::string_view text);

// What stands before a line's own words: indentation, quotes, the marks of list items.
struct Lead {
  std::string marks;      // as Discord knows them
  std::string_view rest;  // the words
  std::size_t quotes = 0;
  bool item = false;  // an item of a list begins in the line

  // What a further line of the same container begins with.
  std::string next_line() const;
};

Lead lead_of(std::string_view line);

// "- - -", "***", "___": at least three of one mark, and nothing else.
bool is_rule(std::string_view line);

}  // namespace coordinator::render
