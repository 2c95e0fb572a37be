// The options of `claude` that the demo agent heeds; it takes the others without a word.
#pragma once

#include <string>
#include <vector>

namespace demo {

struct Options {
  std::string session_id;
  std::string resume;  // the session to go on in, or to copy where `fork` says so; empty: a new one
  bool fork = false;
  std::string model = "demo";
  std::string state;  // the directory where sessions are kept
  std::string notes;  // a file for notes.h; empty: none
  std::vector<std::string> allowed_tools;
};

Options parse_options(int argc, char** argv);

}  // namespace demo
