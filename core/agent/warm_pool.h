// Which agents stand by for the next turn of their session, and until when. Pure: it is told what happened,
// and answers which of them are to end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/spec.h"
#include "base/clock.h"

namespace coordinator::agent {

struct WarmLimits {
  std::size_t most = 4;                     // that stand by at once
  std::uint64_t memory_bytes = 1ull << 30;  // that they hold together
};

// All that an agent was started with: another turn can only have it where this is the same.
std::string warm_key(const TurnSpec& spec);

// An agent that works is not in here. Never two for one session.
class WarmPool {
 public:
  // Names of agents, which are to be ended. They are in here no longer.
  using Ended = std::vector<std::string>;

  struct Agent {
    std::string process;
    std::string session, key;
    std::uint64_t memory = 0;
    bool prepared = false;  // started ahead, and not used yet
  };

  Ended configure(Instant now, WarmLimits limits);
  // It stands by from now on, for so long. The least recently used make room for it; it may itself be what
  // finds none.
  Ended add(Instant now, Agent agent, Millis warm_for);
  // What it holds, where that was not known when it was added.
  Ended weigh(const std::string& process, std::uint64_t memory);
  // The session's agent, which stands by no longer.
  std::optional<Agent> take(const std::string& session);
  // It is gone.
  void remove(const std::string& process) { agents_.erase(process); }
  Ended expire(Instant now);
  // When to call expire().
  std::optional<Instant> next_deadline() const;

  // What it was started with; empty where it is not in here.
  std::string key_of(const std::string& process) const;
  // One more may be started ahead: half of the places are for those, so that a person who types a little
  // everywhere does not end what others use.
  bool may_prepare() const;
  std::size_t size() const { return agents_.size(); }

 private:
  struct Entry {
    Agent agent;
    Instant since, until;
  };
  Ended make_room();

  WarmLimits limits_;
  std::map<std::string, Entry> agents_;  // by process
};

}  // namespace coordinator::agent
