/* A plugin that ends the process that it runs in. */
#include <stdlib.h>

#include "coordinator/plugin.h"

static int start(const coordinator_host* host, void** state) {
  (void)host;
  (void)state;
  exit(3);
}
#define NAME "exit-in-start"
#define START start
#include "bad.h"
