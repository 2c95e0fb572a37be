// The host's side of one loaded plugin: the table that the plugin is given, and what the plugin still waits
// for.
#pragma once

#include <functional>
#include <memory>

#include "coordinator/plugin.h"

namespace coordinator::command {

class Instance;

// Belongs to its instance, which it may enter (Instance::enter) until stopping() has returned. One whose
// plugin would not start is destroyed without stopping(): nothing of that plugin is called any more.
class HostSide {
 public:
  virtual ~HostSide() = default;
  virtual const coordinator_host* table() const = 0;
  // True when no call is held and nothing that the plugin asked for is still to be told: it may be stopped.
  virtual bool idle() const = 0;
  // The plugin is about to be stopped: what is left (timers, above all) is told COORDINATOR_CANCELLED, inside
  // this call. Afterwards the table does nothing and answers COORDINATOR_CANCELLED.
  virtual void stopping() = 0;
};

// Made for each instance before its start(). `idle` is told, never from inside a call into the plugin, when
// idle() may have become true.
using MakeHostSide = std::function<std::unique_ptr<HostSide>(Instance& instance, std::function<void()> idle)>;

}  // namespace coordinator::command
