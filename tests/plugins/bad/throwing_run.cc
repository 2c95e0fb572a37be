// A plugin whose run() lets an exception out.
#include <stdexcept>

#include "coordinator/plugin.h"

static void run(void*, coordinator_call call) {
  if (call == 1) throw std::runtime_error("one is too few");
}
#define NAME "throwing-run"
#define RUN run
#include "bad.h"
