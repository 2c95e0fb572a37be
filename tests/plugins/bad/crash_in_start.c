/* A plugin that crashes as soon as it is started. */
#include <signal.h>

#include "coordinator/plugin.h"

static int start(const coordinator_host* host, void** state) {
  (void)host;
  (void)state;
  raise(SIGSEGV);
  return COORDINATOR_OK;
}
#define NAME "crash-in-start"
#define START start
#include "bad.h"
