#include "chat/engine.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/overloaded.h"
#include "base/text.h"
#include "chat/access.h"
#include "chat/attachments.h"
#include "chat/mention.h"
#include "chat/phrases.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kParkedPerChannel = 20;  // mentions that wait for their channel to be looked up
constexpr std::size_t kParkedChannels = 200;
constexpr std::size_t kQuoteCodePoints = 2000;
constexpr Millis kRefusalPause = 1min;  // between two "you may not" to the same person
constexpr std::size_t kRefusalsKept = 1000;
constexpr std::size_t kRepliesWaiting =
    100;  // messages to one channel, beyond which a short reply is left out

store::Inbox inbox_of(const discord::Message& message, const Project& project, UserId self,
                      const ChatLimits& limits, Now now) {
  store::Inbox mention;
  mention.message = message.id;
  mention.channel = message.channel;
  mention.project = project.name;
  mention.author = message.author.id;
  mention.author_name = message.author.display_name;
  mention.prompt = without_mention(message.content, self);
  if (message.referenced) mention.quoted = text::ellipsized(message.referenced->content, kQuoteCodePoints);
  mention.attachments = attachments_of(message, limits);
  mention.arrived = now.wall;
  return mention;
}

}  // namespace

Engine::Engine(EngineSettings settings, std::uint64_t seed)
    : limits_(settings.limits),
      random_(seed),
      router_(std::move(settings.projects)),
      queues_(limits_.queue, limits_.turns_at_once),
      sessions_(random_),
      drawing_(pace_),
      outbox_(random_, pace_) {}

Effects Engine::handle(const Event& event, Now now) {
  return std::visit([&](const auto& happened) { return on(happened, now); }, event);
}

std::optional<Instant> Engine::next_deadline() const {
  std::optional<Instant> next;
  auto consider = [&next](std::optional<Instant> due) {
    if (due) next = std::min(next.value_or(*due), *due);
  };
  consider(typing_.next_deadline());
  consider(outbox_.next_deadline());
  consider(approvals_.next_deadline());
  for (const auto& [id, turn] : turns_) consider(drawing_due(turn));
  return next;
}

bool Engine::concerns(const discord::Message& message) const {
  return self_ && !live_.contains(message.id) && chat::mentions(message, *self_);
}

std::set<std::string> Engine::turn_ids() const {
  std::set<std::string> ids;
  for (const auto& [id, turn] : turns_) ids.insert(id);
  return ids;
}

Effects Engine::on(const Connected& event, Now) {
  self_ = event.self;
  return {};
}

Effects Engine::on(const Arrived& event, Now now) {
  const discord::Message& message = event.message;
  if (!self_ || live_.contains(message.id)) return {};
  Effects effects;
  if (message.guild) effects += placed(router_.belongs(message.channel, *message.guild));
  std::visit(Overloaded{[](Router::Ignored) {},
                        [&](Router::Routed routed) { effects += take_in(message, *routed.project, now); },
                        [&](Router::Unknown) { effects += park(message); }},
             router_.route(message, *self_));
  return effects;
}

// Until it is known whether its channel is one of ours. A stranger's flood is told once.
Effects Engine::park(const discord::Message& message) {
  Effects effects;
  auto known = parked_.find(message.channel);
  bool fresh = known == parked_.end();
  bool room = fresh ? parked_.size() < kParkedChannels : known->second.size() < kParkedPerChannel;
  if (!room && !std::exchange(parking_full_, true))
    effects.act(LogLine{
        log::Level::warning,
        "too many mentions wait for their channels to be looked up: more are not taken until some are "
        "known; a mention in channel " +
            message.channel.text() + " is the first one"});
  if (!room) return effects;
  parking_full_ = false;
  parked_[message.channel].push_back(message);
  if (fresh) effects.act(LookUpChannel{message.channel});
  return effects;
}

Effects Engine::on(const ChannelSeen& event, Now now) {
  Effects effects = placed(router_.seen(event));
  auto parked = parked_.find(event.id);
  if (parked == parked_.end()) return effects;
  if (!router_.project_of(event.id)) return std::move(effects += on(ChannelUnknown{event.id}, now));
  std::vector<discord::Message> messages = std::move(parked->second);
  parked_.erase(parked);
  for (discord::Message& message : messages) effects += on(Arrived{std::move(message)}, now);
  return effects;
}

Effects Engine::on(const ChannelGone& event, Now) {
  router_.gone(event.id);
  parked_.erase(event.id);
  return {};
}

Effects Engine::on(const ChannelUnknown& event, Now) {
  Effects effects;
  if (!event.for_good) {  // asking took its time already: the REST client's tries
    if (parked_.contains(event.channel)) effects.act(LookUpChannel{event.channel});
    return effects;
  }
  if (parked_.erase(event.channel) > 0)
    effects.act(
        LogLine{log::Level::info, "a mention in channel " + event.channel.text() +
                                      " was ignored: no project names that channel in its `channels`"});
  else if (const Project* project = router_.project_of(event.channel))
    effects.act(LogLine{log::Level::warning,
                        "channel " + event.channel.text() + " of project " + project->name +
                            " cannot be seen: invite the bot to its server, give it View Channel there, or "
                            "correct the id"});
  return effects;
}

Effects Engine::on(const ReactionAdded& event, Now now) {
  auto found = live_.find(event.message);
  if (event.emoji != phrases::kCancel || found == live_.end()) return {};
  if (found->second.mention.author != event.user) return {};
  return cancel(found->second, "cancelled by its author", now);
}

// What waits is what its author wants now. A turn that runs has been asked already.
Effects Engine::on(const MessageUpdated& event, Now now) {
  const discord::Message& message = event.message;
  if (discord::Message* waits = parked(message.channel, message.id)) waits->content = message.content;
  auto found = live_.find(message.id);
  if (!self_ || found == live_.end() || found->second.mention.state != store::InboxState::queued) return {};
  store::Inbox& mention = found->second.mention;
  std::string prompt = without_mention(message.content, *self_);
  if (prompt == mention.prompt) return {};  // Discord tells of a link's preview in the same way
  if (prompt.empty() && mention.quoted.empty() && mention.attachments.empty())
    return cancel(found->second, "its author left nothing of it", now);
  mention.prompt = std::move(prompt);
  queues_.change(mention);
  Effects effects;
  effects.write(mention);
  return effects;
}

// There is nobody left to tell.
Effects Engine::on(const MessageDeleted& event, Now now) {
  if (discord::Message* waits = parked(event.channel, event.id)) waits->mentions.clear();
  if (!queues_.take_out(event.channel, event.id)) return {};
  Effects effects = no_more_files(event.id);
  effects += conclude(live_.at(event.id), {}, {store::InboxState::cancelled, "it was deleted"}, now);
  return effects += start_ready(now);
}

discord::Message* Engine::parked(ChannelId channel, MessageId message) {
  auto found = parked_.find(channel);
  if (found == parked_.end()) return nullptr;
  auto place = std::ranges::find(found->second, message, &discord::Message::id);
  return place == found->second.end() ? nullptr : &*place;
}

Effects Engine::on(const Posted& event, Now now) {
  bool gives_way = outbox_.gives_way(event);
  Effects effects = outbox_.posted(event, now);
  if (event.result)
    said(event, now);
  else if (event.result.error().kind == discord::RestError::Kind::refused && !gives_way)
    effects += refused(event, now) += approvals_refused(event.source, now);
  bool failed = !event.result && event.result.error().kind != discord::RestError::Kind::refused;
  if (!failed && !gives_way)
    effects += shown(event.channel, event.source, event.chunk,
                     event.result ? std::optional(*event.result) : std::nullopt, now);
  if (event.result) effects += approval_arrived(event.source, event.chunk, *event.result, now);
  effects += settle(event.source, now);
  return effects;
}

void Engine::said(const Posted& event, Now now) {
  typing_.cleared(event.channel, now.instant);
  if (auto live = live_.find(event.source); live != live_.end())
    live->second.said = std::max(live->second.said, *event.result);
}

Effects Engine::on(const Searched& event, Now now) {
  Effects effects = outbox_.searched(event, now);
  if (event.result && *event.result)
    effects += shown(event.channel, event.source, event.chunk, *event.result, now) +=
        approval_arrived(event.source, event.chunk, **event.result, now);
  effects += settle(event.source, now);
  return effects;
}

Effects Engine::on(const ReactionSet& event, Now) {
  return reactions_.settled(event.message, event.emoji, event.certain);
}

Effects Engine::on(const TypingShown& event, Now now) {
  typing_.shown(event.channel);
  return release(event.channel, now);
}

Effects Engine::on(const Ticked&, Now now) {
  Effects effects = outbox_.tick(now);
  effects += expire_approvals(now);
  for (ChannelId channel : typing_.give_up(now.instant)) effects += release(channel, now);
  effects += holding_posts(typing_.tick(now.instant));
  return effects += draw_all(now);
}

Effects Engine::on(const Closing&, Now) {
  closing_ = true;
  Effects effects;
  for (auto& [id, turn] : turns_) {
    effects += stop(turn, EndedBy::shutdown, phrases::closing());
  }
  return effects;
}

// Each channel is told once, and again when there was room meanwhile.
Effects Engine::on(const Hindered& event, Now now) {
  hindrance_ = event.why;
  if (!hindrance_.empty()) return {};
  told_hindrance_.clear();
  return start_ready(now);
}

Effects Engine::take_in(const discord::Message& message, const Project& project, Now now) {
  store::Inbox mention = inbox_of(message, project, *self_, limits_, now);
  if (!allows(project.allow, author_of(message))) return turn_away(mention, now);
  auto [found, fresh] = live_.try_emplace(mention.message, Live{mention});
  Live& live = found->second;
  if (mention.prompt.empty() && mention.quoted.empty() && mention.attachments.empty())
    return reply(live, phrases::help(project), {store::InboxState::answered}, now);
  return enqueue(live, now);
}

Effects Engine::enqueue(Live& live, Now now) {
  MessageId message = live.mention.message;
  auto before = queues_.offer(live.mention);
  if (!before)
    return reply(live, phrases::queue_full(limits_.queue),
                 {store::InboxState::failed, "the queue was full", true}, now);
  Effects fetch = fetch_files(live.mention);
  queues_.change(live.mention);
  Effects effects = enter(live, store::InboxState::queued, now);
  effects += std::move(fetch);
  effects += start_ready(now);
  // What its files alone are waited for is about to begin.
  bool next = queues_.holds(message) && *before == 0 && hindrance_.empty();
  if (auto still = live_.find(message);
      still != live_.end() && still->second.mention.state == store::InboxState::queued && !next)
    effects += mark_waiting(message, true) += tell_hindrance(still->second, now);
  return effects;
}

// Told once a minute and person; what comes in between is dropped, so that nobody can make the bot flood a
// channel.
Effects Engine::turn_away(const store::Inbox& mention, Now now) {
  std::erase_if(refused_, [&](const auto& told) { return told.second + kRefusalPause <= now.instant; });
  if (refused_.contains(mention.author) || refused_.size() >= kRefusalsKept) return {};
  refused_.emplace(mention.author, now.instant);
  Live& live = live_.try_emplace(mention.message, Live{mention}).first->second;
  return reply(live, phrases::not_allowed(), {store::InboxState::cancelled, "the author is not in `allow`"},
               now);
}

// The only words to a mention that runs no turn. Whoever floods a channel faster than Discord takes messages
// has read them a hundred times by then, and answers must not wait behind them.
Effects Engine::reply(Live& live, std::string words, Ending ending, Now now) {
  Answer answer;
  if (outbox_.waiting(live.mention.channel) < kRepliesWaiting) answer = plain_answer({std::move(words)});
  return conclude(live, std::move(answer), std::move(ending), now);
}

// Before the answer, which will be the reply.
Effects Engine::tell_hindrance(Live& live, Now now) {
  if (hindrance_.empty() || !told_hindrance_.insert(live.mention.channel).second) return {};
  return promise(live, {hindrance_}, now);
}

Effects Engine::mark_waiting(MessageId message, bool present) {
  auto found = live_.find(message);
  if (found == live_.end() || found->second.marked == present) return {};
  found->second.marked = present;
  return reactions_.want(found->second.mention.channel, message, phrases::kWaiting, present);
}

}  // namespace coordinator::chat
