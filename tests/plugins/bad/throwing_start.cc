// A plugin whose start() lets an exception out.
#include <stdexcept>

#include "coordinator/plugin.h"

static int start(const coordinator_host*, void**) { throw std::runtime_error("no configuration"); }
#define NAME "throwing-start"
#define START start
#include "bad.h"
