// A file that goes along with a message, mostly a text that is too long for one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coordinator::render {

struct File {
  std::string name;     // "code.py": no path; plain ASCII, where it was rendered
  std::string content;  // UTF-8, where it was rendered
  std::string caption;  // what it is, for those who cannot see it; at most 1024 code points
  std::string type = "text/plain; charset=utf-8";

  bool operator==(const File&) const = default;
};

// The name of the code in that language: "code.py", then "code-2.py". `number` counts from 1.
std::string code_name(std::string_view language, std::size_t number);

// At most `bytes` of the text, cut behind a line where that is near, and closed by a line that says how much
// is missing. Well-formed UTF-8 whatever comes in.
std::string capped(std::string_view content, std::size_t bytes);

// "12,345".
std::string grouped(std::size_t number);

}  // namespace coordinator::render
