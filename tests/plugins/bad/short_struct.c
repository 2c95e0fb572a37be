/* A plugin that states a smaller descriptor than there ever was. */
#define NAME "short-struct"
#define SIZE offsetof(coordinator_plugin, start)
#include "bad.h"
