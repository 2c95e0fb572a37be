// What Discord shows as slash commands, made to match what is loaded with as few writes as possible.
// https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-global-application-commands
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/random.h"
#include "command/effects.h"
#include "command/event.h"

namespace coordinator::command {

// Asks for Discord's list after every READY, and writes only a real difference; the answer to a write is the
// new list. A pure machine.
class Publisher {
 public:
  static constexpr Millis kCalm = 500ms;          // that the set must have been the same
  static constexpr std::size_t kCreations = 200;  // new names in 24 h: Discord's limit
  static constexpr Millis kDay = 24h;
  static constexpr Millis kRefusedPause = 1h;  // after a set that Discord refuses, unless it changes
  static constexpr std::string_view kNote = "commands.created";

  explicit Publisher(std::uint64_t seed) : random_(seed) {}

  // The note that an earlier daemon wrote: when it created how many.
  void restore(std::string_view note);

  Effects connected(ApplicationId application, Now now);
  // The set that should be there: bodies of application commands.
  Effects offer(std::vector<Json> commands, Now now);
  Effects listed(const Listed& listed, Now now);
  Effects published(const Published& published, Now now);
  Effects tick(Now now) { return move(now); }
  std::optional<Instant> next_deadline() const;

  // Discord's id of a published command, 0 where it has none.
  std::uint64_t command_id(std::string_view name) const;

 private:
  struct Creations {
    WallTime when{};
    std::size_t count = 0;
  };
  enum class Wire { idle, listing, publishing };

  Effects move(Now now);
  Effects compare(Now now);
  Effects put(std::size_t fresh, Now now);
  bool due() const;
  bool differs() const;
  std::size_t fresh_names() const;
  std::optional<WallTime> allowed_at(std::size_t fresh, WallTime now);
  void take_back(const discord::RestError& error, Effects& out);
  void failed(const discord::RestError& error, std::string_view what, Now now, Effects& out);
  void know(JsonView commands);
  store::Note note() const;

  Random random_;
  Backoff backoff_{5s, 10min};
  ApplicationId application_;
  std::optional<std::vector<Json>> wanted_;
  Instant calm_at_{};
  bool satisfied_ = false;             // Discord took this set, whatever it has made of it
  std::optional<Json> known_;          // what Discord has; absent: it must be asked
  std::optional<Instant> not_before_;  // after a failure, or when the day's creations are used up
  Wire wire_ = Wire::idle;
  bool stale_ = false;  // what is on the wire was asked for before the last READY
  std::deque<Creations> creations_;
  bool counted_ = false;  // what is on the wire stands in creations_, as the last
  std::map<std::string, std::uint64_t, std::less<>> ids_;
};

}  // namespace coordinator::command
