/* The smallest plugin: /ping, in plain C. */
#include <coordinator/plugin.h>

static int start(const coordinator_host* host, void** state) {
  *state = (void*)host; /* comes back in run() */
  return COORDINATOR_OK;
}

static void run(void* state, coordinator_call call) {
  const coordinator_host* host = state;
  const coordinator_string pong = COORDINATOR_STRING("Pong.");
  host->reply(host, call, pong);
}

const coordinator_plugin* coordinator_plugin_v1(void) {
  static const coordinator_command ping = {
      .size = sizeof(coordinator_command),
      .name = COORDINATOR_STRING("ping"),
      .description = COORDINATOR_STRING("Says whether the bot is there"),
      .run = run,
  };
  static const coordinator_command* const commands[] = {&ping};
  static const coordinator_plugin plugin = {
      .size = sizeof(coordinator_plugin),
      .major = COORDINATOR_MAJOR,
      .minor = COORDINATOR_MINOR,
      .name = COORDINATOR_STRING("ping"),
      .version = COORDINATOR_STRING("1.0"),
      .description = COORDINATOR_STRING("The smallest plugin"),
      .commands = commands,
      .command_count = 1,
      .start = start,
  };
  return &plugin;
}
