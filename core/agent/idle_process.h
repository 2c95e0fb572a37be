// An agent between two turns: nobody has asked it anything, and it has nothing to say.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/adapter.h"
#include "agent/shim_client.h"
#include "io/timer.h"

namespace coordinator::agent {

// Ends an agent that says anything of meaning all the same: it works, and on nobody's behalf.
class IdleProcess : private ShimListener {
 public:
  // From the loop only.
  struct Callbacks {
    std::function<void()> useless;                      // it can take no turn any more, and is ending
    std::function<void(std::uint64_t memory)> settled;  // one that was started ahead is ready
    std::function<void()> gone;                         // the last; bury it then
  };

  // After a turn. The client hears of us from now on.
  IdleProcess(io::Loop& loop, std::unique_ptr<Adapter> adapter, std::unique_ptr<ShimClient> client,
              std::string session, Callbacks callbacks);
  // Started ahead: start() follows.
  IdleProcess(io::Loop& loop, std::unique_ptr<Adapter> adapter, ShimClient::Place place, std::string session,
              Callbacks callbacks);

  void start(const ShimLaunch& launch) { client_->start(launch); }
  // Its input ends; after a time everything of it.
  void leave();
  bool leaving() const { return leaving_; }
  // Hands the agent out: bury what is left.
  std::unique_ptr<ShimClient> take() { return std::move(client_); }
  const ShimClient& client() const { return *client_; }
  // The session that the agent is in.
  const std::string& session() const { return session_; }

 private:
  void on_ready() override;
  void on_line(std::string_view line) override;
  void on_line_too_long() override { give_up(); }
  void on_caught_up() override {}
  void on_refused(const std::string&) override { give_up(); }
  void on_settled(std::uint64_t memory) override;
  void on_gone(const ShimExit&) override { callbacks_.gone(); }
  void give_up();
  void press();

  std::unique_ptr<Adapter> adapter_;
  std::string session_;
  Callbacks callbacks_;
  io::Timer patience_;
  std::unique_ptr<ShimClient> client_;
  bool fresh_;  // started ahead
  bool leaving_ = false, pressed_ = false;
};

}  // namespace coordinator::agent
