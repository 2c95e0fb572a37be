/* A plugin that was linked without what it calls. */
#define NAME "undefined-symbol"
#define RUN run
#include <stdint.h>

void nowhere_to_be_found(void);
static void run(void* state, uint64_t call) {
  (void)state;
  (void)call;
  nowhere_to_be_found();
}
#include "bad.h"
