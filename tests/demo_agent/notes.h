// What the demo agent notes of its turns where a test asks for it (--notes FILE): which began, which ended,
// and whether it was alone in its directory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace demo {

// A line of JSON for each: {"event": "begin"|"end", "directory": NAME, "turn": ID, "alone": BOOLEAN,
// "prompt": TEXT, "said": [BLOCK...]}. Appended in one write, so that many agents can share the file.
class Notes {
 public:
  // An empty name: notes nothing. The working directory is locked from here on by this process and by all
  // that it starts, so that whoever comes next can tell whether anything of it still lives.
  explicit Notes(std::string file);

  void begin(std::string_view prompt) const { note("begin", prompt, {}); }
  void end(std::string_view prompt, const std::vector<std::string>& said) const { note("end", prompt, said); }

 private:
  void note(const char* event, std::string_view prompt, const std::vector<std::string>& said) const;

  std::string file_;
  bool alone_ = true;
};

}  // namespace demo
