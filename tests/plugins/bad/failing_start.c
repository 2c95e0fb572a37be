/* A plugin that cannot start, and says why. */
#include "coordinator/plugin.h"

static int start(const coordinator_host* host, void** state) {
  coordinator_string why = COORDINATOR_STRING("the moon is in the wrong phase");
  (void)state;
  host->log(host, COORDINATOR_ERROR, why);
  return COORDINATOR_FAILED;
}
#define NAME "failing-start"
#define START start
#include "bad.h"
