/* A plugin that cannot do without something that nobody has. */
#include "coordinator/plugin.h"

static const coordinator_string kExtensions[] = {COORDINATOR_STRING("coordinator.telepathy/1")};
#define NAME "missing-extension"
#define EXTENSIONS kExtensions, 1
#include "bad.h"
