/* A plugin that starts well, and crashes when it is used. */
#include "coordinator/plugin.h"

static void run(void* state, coordinator_call call) {
  (void)state;
  (void)call;
  *(volatile int*)8 = 1;
}
#define NAME "crash-in-run"
#define RUN run
#include "bad.h"
