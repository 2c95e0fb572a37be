// A host that knows nothing and does nothing: what a plugin meets when it is only tried.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "command/host_side.h"
#include "coordinator/extensions.h"

namespace coordinator::command {

// Every extension is there, each of its functions answers that there is nothing or that all is well, and
// what is asked for with a `done` is cancelled: by settle() or stopping(), not before.
class InertHost final : public HostSide {
 public:
  // `said` becomes the last thing that the plugin logged; it must outlive this.
  InertHost(Instance& instance, std::string& said);
  InertHost(const InertHost&) = delete;
  InertHost& operator=(const InertHost&) = delete;

  const coordinator_host* table() const override { return &table_.functions; }
  bool idle() const override { return due_.empty(); }
  void stopping() override { settle(); }

  // Tells what is due: that it is cancelled. What the plugin asks for meanwhile is told too, up to a
  // thousand.
  void settle();

  // For the functions of the table.
  static InertHost& of(const coordinator_host* host);
  void cancel_later(std::function<void()> tell) { due_.push_back(std::move(tell)); }
  void log(int level, coordinator_string text);

 private:
  struct Table {
    coordinator_host functions;  // first: the plugin's pointer to it is one to the whole
    InertHost* self;
  };

  Instance& instance_;
  Table table_;
  std::deque<std::function<void()>> due_;
  std::string& said_;
};

}  // namespace coordinator::command
