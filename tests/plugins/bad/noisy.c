/* A plugin that prints, and asks for much as soon as it is started: neither may hurt. */
#include <stdio.h>

#include "coordinator/extensions.h"

static int fired;

static void fire(void* context, int result) {
  const coordinator_host* host = context;
  const coordinator_timers* timers = host->extension(host, COORDINATOR_TIMERS);
  if (result == COORDINATOR_CANCELLED) ++fired;
  if (timers) timers->start(host, 1, fire, context); /* again and again */
}

static int start(const coordinator_host* host, void** state) {
  *state = (void*)host;
  fire((void*)host, COORDINATOR_OK);
  printf("this is no JSON\n");
  fflush(stdout);
  return COORDINATOR_OK;
}

#define NAME "noisy"
#define START start
#include "bad.h"
