/* A plugin without a descriptor. */
#include "coordinator/plugin.h"

COORDINATOR_EXPORT const coordinator_plugin* coordinator_plugin_v1(void) { return NULL; }
