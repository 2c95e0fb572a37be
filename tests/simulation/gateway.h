// The simulated gateway: it tells what happens, replays what was not heard, and forgets its sessions.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "discord/event.h"
#include "scheduler.h"

namespace coordinator::simulation {

// A daemon's place in what was told to it.
struct Place {
  std::string session;
  std::size_t heard = 0;
};

class Gateway {
 public:
  using Event = std::variant<discord::Message, discord::ChannelSeen, discord::GuildSeen>;

  explicit Gateway(Scheduler& clock) : clock_(clock) {}

  // Tells whoever is connected, and keeps it for whoever will resume.
  void tell(const Event& event) {
    if (!session_) return;
    session_->events.push_back(event);
    if (auto listener = listener_) listener();  // it may disconnect
  }

  // What it begins with is part of what it tells. `listener` is called when there is more to read.
  Place begin(std::vector<Event> greeting, std::function<void()> listener) {
    session_ = Session{"session " + std::to_string(++sessions_), std::move(greeting), {}};
    listener_ = std::move(listener);
    return {session_->id, 0};
  }
  bool resume(const Place& place, std::function<void()> listener) {
    bool forgotten = session_ && session_->left && *session_->left + kLifetime < clock_.now().instant;
    if (!session_ || forgotten || session_->id != place.session) return false;
    session_->left.reset();
    listener_ = std::move(listener);
    return true;
  }
  // Valid until the next one is told.
  const Event* next(const Place& place) const {
    bool more = session_ && session_->id == place.session && place.heard < session_->events.size();
    return more ? &session_->events[place.heard] : nullptr;
  }
  void disconnect() {
    listener_ = nullptr;
    if (session_ && !session_->left) session_->left = clock_.now().instant;
  }
  void lose_the_session() {
    disconnect();
    session_.reset();
  }

 private:
  static constexpr Millis kLifetime = 5min;  // without a connection
  struct Session {
    std::string id;
    std::vector<Event> events;
    std::optional<Instant> left;
  };

  Scheduler& clock_;
  std::optional<Session> session_;
  std::function<void()> listener_;
  std::size_t sessions_ = 0;
};

}  // namespace coordinator::simulation
