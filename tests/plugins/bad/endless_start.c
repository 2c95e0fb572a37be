/* A plugin whose start() does not return. */
#include "coordinator/plugin.h"

static int start(const coordinator_host* host, void** state) {
  volatile int forever = 1;
  (void)host;
  (void)state;
  while (forever) {
  }
  return COORDINATOR_OK;
}
#define NAME "endless-start"
#define START start
#include "bad.h"
