// One loaded plugin: its code, its descriptor, its state, and the guarded way into it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "command/description.h"
#include "command/host_side.h"
#include "coordinator/plugin.h"

namespace coordinator::command {

// Every call into plugin code goes through enter(): the marker on the disk names the plugin while it runs,
// the watchdog ends the daemon when it does not return, an exception ends at this border, and what takes
// longer than 50 ms is logged. A name may have several instances for a while: the one that serves, and older
// ones that still hold calls.
class Instance {
 public:
  using Work = std::function<void(const coordinator_plugin& plugin, void* state)>;

  virtual ~Instance() = default;
  // Checked; its command pointers are the plugin's own.
  virtual const Description& description() const = 0;
  const std::string& name() const { return description().name; }
  // Counts the loads of this daemon: tells two instances of one name apart.
  virtual std::uint64_t generation() const = 0;
  // False when the plugin threw. `what` is for the log: "run of /reset"; its first 100 bytes are kept on the
  // disk meanwhile. Not to be nested: host functions that the plugin calls tell it things later, from the
  // loop, except for the `visit` functions.
  virtual bool enter(std::string_view what, const Work& work) = 0;
};

}  // namespace coordinator::command
