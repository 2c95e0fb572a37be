// The host's side of one plugin: its table, and everything that the plugin waits for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "command/backroom.h"
#include "command/calls.h"
#include "command/host_side.h"
#include "command/instance.h"
#include "coordinator/extensions.h"
#include "io/timer.h"

namespace coordinator::command {

class Host final : public HostSide, public CallOwner {
 public:
  Host(Backroom& room, Instance& instance, std::function<void()> idle);
  ~Host() override;

  // HostSide.
  const coordinator_host* table() const override { return &face_.table; }
  bool idle() const override;
  void stopping() override;
  void lost_a_call() override { notice_idle(); }
  const std::string& name() const override { return instance_.name(); }

  // Into the plugin, for a call that was opened for it: the call is over afterwards unless it was held.
  void run(const std::shared_ptr<Call>& call, std::string_view what, const Instance::Work& work);

  // ---- For the tables (host_*.cc) ----
  static Host& of(const coordinator_host* table);
  Backroom& room() { return room_; }
  Now now() const;
  // The same line again within a second is counted, and told when another one comes.
  void log(log::Level level, std::string_view text);
  // Nothing is done any more: the plugin has been stopped.
  bool closed() const { return closed_; }

  // Of this plugin and not over; kept alive until the plugin's function returns. Else it is logged.
  std::shared_ptr<Call> call(coordinator_call number, std::string_view what);
  // The plugin holds it no longer.
  void release(Call& call);

  // Calls into the plugin.
  using Work = std::function<void()>;
  using Promise = std::uint64_t;
  // Something is to be told later; `cancelled` tells it that the plugin is being stopped before that.
  Promise expect(Work cancelled);
  // From the loop, soon. A promise that was kept already is ignored.
  void keep(Promise promise, Work told);
  // What comes before a promise is kept: progress.
  void tell_soon(Work work);
  // True, and logged, when it waits for so much already that nothing more is asked for.
  bool full(std::string_view what);
  // Both for what ends with a `done`: the Done goes to a service.
  Done promise(coordinator_done done, void* context);
  void refuse(coordinator_done done, void* context, int result, std::string words);
  // How a service finds back: points at nothing once the plugin is stopped.
  std::shared_ptr<Host*> self() const { return self_; }

  // Valid until the plugin's function returns.
  coordinator_string keep_text(std::string text);

  // Timers (host_timers.cc).
  static constexpr std::size_t kTimers = 100;
  std::size_t timers() const { return timers_.size(); }
  std::uint64_t start_timer(Millis delay, void (*fire)(void*, int), void* context);
  void cancel_timer(std::uint64_t timer);

  // HTTP (host_http.cc): requests on their way, by their promise.
  std::map<Promise, io::HttpClient::Id>& requests() { return requests_; }

 private:
  struct Face {
    coordinator_host table;  // first, so that the table leads back to us
    Host* host;
  };
  struct PluginTimer {
    Instant due;
    void (*fire)(void*, int);
    void* context;
  };

  void end(Call& call);
  bool enter(std::string_view what, const Instance::Work& work);
  void deliver();
  void deliver_later();
  void ring();
  void set_alarm();
  void notice_idle();
  void cancel_everything();

  Backroom& room_;
  Instance& instance_;
  std::function<void()> told_idle_;
  Face face_;
  std::shared_ptr<Host*> self_;  // outlives us in deferred calls, pointing at nothing
  std::uint64_t last_number_ = 0;
  std::map<Promise, Work> expected_;
  std::vector<Work> due_;  // to be told when the loop comes round
  std::map<std::uint64_t, PluginTimer> timers_;
  std::map<Promise, io::HttpClient::Id> requests_;
  struct Line {
    std::string text;
    Instant since{};
    std::size_t again = 0;
  };
  void tell_repeats();

  Line last_line_;
  std::vector<std::shared_ptr<const void>> kept_;  // until the plugin's function returns
  io::Timer alarm_;
  bool inside_ = false;           // the plugin's code runs
  coordinator_call running_ = 0;  // in this call's own function
  bool delivering_ = false, noticing_ = false;
  bool stopping_ = false, closed_ = false;
};

}  // namespace coordinator::command
