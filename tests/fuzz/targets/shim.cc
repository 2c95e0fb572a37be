// The words between a shim and its clients, and what a shim leaves behind.
#include "agent/shim_exit.h"
#include "fuzz.h"
#include "lines.h"
#include "shim/protocol.h"

namespace coordinator::fuzz {

namespace {

template <class Parse, class Line>
void comes_back(std::string_view line, Parse parse, Line line_of) {
  auto parsed = parse(line);
  if (!parsed) return;
  std::string made = line_of(*parsed);
  require(made.ends_with('\n') && made.find('\n') == made.size() - 1, "a line is not one line");
  auto again = parse(std::string_view(made).substr(0, made.size() - 1));
  require(again && line_of(*again) == made, "a line does not come back");
}

}  // namespace

void shim(std::string_view text) {
  each_line(text, [](std::string_view line) {
    comes_back(line, shim::parse_command, shim::command_line);
    comes_back(line, shim::parse_notice, shim::notice_line);
  });
  if (auto exit = agent::parse_shim_exit(text)) agent::words(*exit);
}

}  // namespace coordinator::fuzz
