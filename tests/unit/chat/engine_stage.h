// An engine whose outside acts are told by hand, for its tests.
#pragma once

#include <string>

#include "chat/engine.h"
#include "trace.h"

// CppUTest's macros come last.
#include <CppUTest/TestHarness.h>

namespace coordinator::chat::testing {

inline constexpr UserId kSelf{42};
inline constexpr UserId kAlice{7};

inline EngineSettings settings() {
  EngineSettings settings;
  Project one, two;
  one.name = "one";
  one.channels = {ChannelId{100}};
  one.allow.users = {kAlice};
  two = one;
  two.name = "two";
  two.channels = {ChannelId{200}};
  settings.projects = {one, two};
  settings.limits.queue = 2;
  settings.limits.turns_at_once = 2;
  return settings;
}

inline agent::TurnEnded success() {
  agent::TurnEnded end;
  end.result.cost_usd = 0.25;
  return end;
}

inline agent::TurnEnded failure(agent::Failure why) {
  agent::TurnEnded end;
  end.outcome = agent::Outcome::failed;
  end.failure = why;
  end.text = "secret internals";
  return end;
}

template <class Record>
const Record* last_written(const Effects& effects) {
  const Record* found = nullptr;
  for (const store::Write& write : effects.writes)
    if (const auto* record = std::get_if<Record>(&write)) found = record;
  return found;
}

struct EngineStage : Utest {
  Engine engine{settings(), 1};
  Now now{Instant(1h), WallTime(1000h)};
  std::string turn_id;
  agent::TurnSpec spec;

  void setup() override { engine.handle(Connected{kSelf}, now); }

  // Where a turn has ended, it has left nothing, unless the test answers that itself.
  bool collects = false;

  Effects tell(const Event& event) {
    Effects effects = engine.handle(event, now);
    if (!collects) left_nothing(effects);
    for (const Act& act : effects.acts)
      if (const auto* start = std::get_if<StartTurn>(&act)) spec = start->spec, turn_id = start->spec.turn_id;
    return effects;
  }
  void left_nothing(Effects& effects) {
    std::vector<std::string> ended;
    std::erase_if(effects.acts, [&](const Act& act) {
      const auto* collect = std::get_if<CollectFiles>(&act);
      if (collect) ended.push_back(collect->turn_id);
      return collect != nullptr;
    });
    for (const std::string& turn : ended) effects += tell(FilesCollected{turn, {}});
  }
  discord::Message message(std::uint64_t id, std::uint64_t channel, std::string content = "<@42> hello") {
    discord::Message message;
    message.id = MessageId{id};
    message.channel = ChannelId{channel};
    message.author = {kAlice, "alice", "Alice", false};
    message.content = std::move(content);
    message.mentions = {kSelf};
    return message;
  }
  Effects mention(std::uint64_t id, std::uint64_t channel = 100) {
    return tell(Arrived{message(id, channel)});
  }
  Effects typing_shown(std::uint64_t channel = 100) { return tell(TypingShown{ChannelId{channel}}); }
  Effects says(const std::string& text) { return tell(Reported{turn_id, agent::Event(agent::Text{text})}); }
  Effects ends(const agent::TurnEnded& end) { return tell(Reported{turn_id, end}); }
  Effects posted(std::uint64_t source, int chunk, std::uint64_t channel = 100) {
    return tell(Posted{ChannelId{channel}, MessageId{source}, chunk, MessageId{9000}});
  }
};

}  // namespace coordinator::chat::testing
