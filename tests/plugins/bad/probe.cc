// The trial process alone: `coordinator plugins check --fd N --json FILE`, without the rest of `coordinator`.
#include <cstdlib>
#include <string_view>

#include "app/plugins_check_command.h"

int main(int argc, char** argv) {
  coordinator::app::PluginsCheckCommand command;
  for (int index = 3; index < argc; ++index) {
    std::string_view argument = argv[index];
    if (argument == "--json")
      command.json = true;
    else if (argument == "--fd" && index + 1 < argc)
      command.descriptor = std::atoi(argv[++index]);
    else
      command.file = argument;
  }
  return coordinator::app::run_plugins_check(command);
}
