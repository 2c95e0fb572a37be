/* A plugin that starts well, and does not return when it is used. */
#include "coordinator/plugin.h"

static void run(void* state, coordinator_call call) {
  volatile int forever = 1;
  (void)state;
  (void)call;
  while (forever) {
  }
}
#define NAME "endless-run"
#define RUN run
#include "bad.h"
