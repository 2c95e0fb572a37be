/* A plugin that starts well, and crashes when it is used. */
#include <signal.h>

#include "coordinator/plugin.h"

static void run(void* state, coordinator_call call) {
  (void)state;
  (void)call;
  raise(SIGSEGV);
}
#define NAME "crash-in-run"
#define RUN run
#include "bad.h"
