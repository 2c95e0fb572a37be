// A plugin that is built so that it cannot be unloaded: its inline variable is a unique symbol of the
// process.
#include "coordinator/plugin.h"

struct __attribute__((visibility("default"))) Counter {
  static int& count() {
    static int count = 0;
    return count;
  }
};

static int start(const coordinator_host*, void**) {
  ++Counter::count();
  return COORDINATOR_OK;
}
#define NAME "stays-mapped"
#define START start
#include "bad.h"
