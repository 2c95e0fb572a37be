// The engine's live messages: what people see of a turn while it goes on.
#include <algorithm>
#include <utility>

#include "chat/engine.h"
#include "chat/phrases.h"

namespace coordinator::chat {

namespace {

constexpr Millis kFirst = 1500ms;  // a turn that is over by then shows nothing but its answer
constexpr Millis kOldest = 50min;  // Discord takes few edits of a message that is older than an hour

Millis age_of(const store::Turn& turn, Now now) { return std::max(0ms, now.wall - turn.started); }

}  // namespace

bool Engine::shows(const LiveTurn& turn) const {
  const Project* project = router_.project_named(turn.mention.project);
  return project && project->stream == Stream::live && !turn.ended && !live_.at(turn.mention.message).blind;
}

// When it should be drawn next; absent where something else has to happen first.
std::optional<Instant> Engine::drawing_due(const LiveTurn& turn) const {
  const Live& live = live_.at(turn.mention.message);
  auto ready = drawing_.ready(turn.record.channel);
  if (!shows(turn) || !ready || !all_arrived(live)) return std::nullopt;
  Instant wanted = turn.news ? turn.began + kFirst : std::max(turn.began + kFirst, turn.picture.stale());
  return std::max(*ready, wanted);
}

// One request at a time: the first message that is not as it should be. The rest follows when that is done.
Effects Engine::draw(LiveTurn& turn, Now now) {
  auto due = drawing_due(turn);
  if (!due || *due > now.instant) return {};
  Live& live = live_.at(turn.mention.message);
  std::vector<std::string> contents =
      turn.picture.messages(turn.texts, limits_.answer_messages, age_of(turn.record, now), now.instant);
  turn.picture.drawn(now.instant);
  // What was abandoned may have taken more of them; they are needed again, or taken away in the end.
  while (contents.size() < live.shown.size()) contents.emplace_back(phrases::kNothingYet);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    Words words{std::move(contents[i]), i == 0};
    words.stop = i + 1 == contents.size();
    if (i == live.shown.size()) return show_new(live, std::move(words), now);
    Shown& shown = live.shown[i];
    std::string payload = payload_of(live, shown.chunk, words, now).dump();
    if (payload == shown.payload || shown.id.created() + kOldest < now.wall) continue;
    shown.payload = payload;
    return holding_posts(drawing_.show(turn.record.channel, shown.id, std::move(payload), now.instant));
  }
  turn.news = false;
  return {};
}

Effects Engine::show_new(Live& live, Words words, Now now) {
  words.live = true;
  Shown shown{live.chunks, {}, payload_of(live, live.chunks, words, now).dump()};
  live.shown.push_back(std::move(shown));
  return promise(live, std::move(words), now);
}

Effects Engine::draw_all(Now now) {
  Effects effects;
  for (auto& [id, turn] : turns_) effects += draw(turn, now);
  return effects;
}

// Whether Discord has everything that is shown of it.
bool Engine::all_arrived(const Live& live) {
  return std::ranges::all_of(live.shown, [](const Shown& shown) { return shown.id.value != 0; });
}

// A message of a live turn has its place in the channel, or will never have one.
Effects Engine::shown(ChannelId channel, MessageId source, int chunk, std::optional<MessageId> id, Now now) {
  auto found = live_.find(source);
  if (found == live_.end()) return {};
  Live& live = found->second;
  auto shown = std::ranges::find(live.shown, chunk, &Shown::chunk);
  if (id && shown == live.shown.end()) return {};
  if (id) {
    shown->id = *id;
  } else {  // with it all that was promised behind it
    std::erase_if(live.shown, [](const Shown& each) { return !each.id; });
    live.blind = true;
  }
  if (live.last && all_arrived(live)) {
    LastWords last = *std::exchange(live.last, std::nullopt);
    return conclude(live, std::move(last.answer), std::move(last.ending), now);
  }
  LiveTurn* turn = turn_in(channel);
  return turn && turn->mention.message == source ? ended_or_drawn(*turn, now) : Effects{};
}

// The end was held back until it was known which messages it can be written into, and what goes along.
Effects Engine::ended_or_drawn(LiveTurn& turn, Now now) {
  if (!turn.ended || !turn.parcel || !all_arrived(live_.at(turn.mention.message))) return draw(turn, now);
  LiveTurn over = std::move(turn);
  turns_.erase(over.record.turn_id);
  agent::TurnEnded how = std::move(*over.ended);
  return end(std::move(over), how, now);
}

// Drawn again where it did not arrive.
Effects Engine::on(const MessageShown& event, Now now) {
  drawing_.shown(event.channel);
  LiveTurn* turn = turn_in(event.channel);
  if (turn && !event.arrived) {
    Live& live = live_.at(turn->mention.message);
    auto shown = std::ranges::find(live.shown, event.message, &Shown::id);
    if (shown != live.shown.end()) {
      shown->payload.clear();
      live.blind = live.blind || event.gone;
      turn->news = true;
    }
  }
  Effects effects = release(event.channel, now);
  if (turn) effects += draw(*turn, now);
  return effects;
}

// Answers go on where neither the typing indicator nor a drawing could arrive behind them.
Effects Engine::release(ChannelId channel, Now now) {
  if (typing_.busy(channel) || drawing_.busy(channel)) return {};
  return outbox_.release(channel, now);
}

}  // namespace coordinator::chat
