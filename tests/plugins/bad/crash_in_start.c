/* A plugin that crashes as soon as it is started. */
#include "coordinator/plugin.h"

static int start(const coordinator_host* host, void** state) {
  (void)host;
  (void)state;
  *(volatile int*)8 = 1;
  return COORDINATOR_OK;
}
#define NAME "crash-in-start"
#define START start
#include "bad.h"
