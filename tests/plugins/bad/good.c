/* A good plugin, in as many versions as a test builds: it says its version, and can hold a call. */
#include <stdlib.h>

#include "coordinator/plugin.h"

/* VERSION comes from the build. */
typedef struct {
  const coordinator_host* host;
  char ballast[4096];
} State;

static int start(const coordinator_host* host, void** state) {
  State* own = calloc(1, sizeof *own);
  if (!own) return COORDINATOR_FAILED;
  own->host = host;
  *state = own;
  return COORDINATOR_OK;
}

static void stop(void* state) { free(state); }

/* The call 1 is held until somebody releases it. */
static void run(void* state, coordinator_call call) {
  State* own = state;
  coordinator_string version = COORDINATOR_STRING(VERSION);
  if (call == 1) own->host->hold(own->host, call);
  own->host->reply(own->host, call, version);
}
#define NAME "good"
#define START start
#define STOP stop
#define RUN run
#include "bad.h"
