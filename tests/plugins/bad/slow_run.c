/* A plugin that holds everything up for a while. */
#define _DEFAULT_SOURCE
#include <unistd.h>

#include "coordinator/plugin.h"

static void run(void* state, coordinator_call call) {
  (void)state;
  (void)call;
  usleep(80 * 1000);
}
#define NAME "slow-run"
#define RUN run
#include "bad.h"
