/* A shared object that is no plugin. */
#define NAME "missing-symbol"
#define NO_SYMBOL
#include "bad.h"

COORDINATOR_EXPORT const coordinator_plugin* coordinator_plugin_v7(void) { return &kPlugin; }
