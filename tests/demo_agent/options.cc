#include "options.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace demo {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string default_state() {
  if (auto state = variable("XDG_STATE_HOME"); !state.empty()) return state + "/coordinator-demo-agent";
  if (auto home = variable("HOME"); !home.empty()) return home + "/.local/state/coordinator-demo-agent";
  return "/tmp/coordinator-demo-agent-" + std::to_string(getuid());
}

void set(Options& options, std::string_view name, const std::string& value) {
  if (name == "--session-id") options.session_id = value;
  if (name == "--resume") options.resume = value;
  if (name == "--model") options.model = value;
  if (name == "--state") options.state = value;
  if (name == "--notes") options.notes = value;
  if (name == "--allowedTools") options.allowed_tools.push_back(value);
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  options.state = default_state();
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    auto equals = argument.find('=');
    if (argument == "--fork-session") options.fork = true;
    if (equals != std::string::npos) {
      set(options, argument.substr(0, equals), argument.substr(equals + 1));
    } else if (i + 1 < argc) {
      set(options, argument, argv[i + 1]);
    }
  }
  if (!options.resume.empty() && !options.fork) options.session_id = options.resume;
  return options;
}

}  // namespace demo
