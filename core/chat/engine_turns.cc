// The engine's turns: from a mention whose time has come to the answer that it gets.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "base/text.h"
#include "chat/attachments.h"
#include "chat/engine.h"
#include "chat/mention.h"
#include "chat/phrases.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kAnswerBytes = 1u << 20;  // of one turn: what can be rendered while others wait
constexpr int kTurnIdDigits = 16;
constexpr int kErrorIdDigits = 8;

using agent::Failure;
using agent::Outcome;
using store::InboxState;
using store::TurnState;

}  // namespace

Effects Engine::start_ready(Now now) {
  Effects effects;
  if (closing_ || !hindrance_.empty()) return effects;
  while (auto mention = queues_.next()) effects += start(std::move(*mention), now);
  return effects;
}

Effects Engine::start(store::Inbox mention, Now now) {
  const Project& project = *router_.project_named(mention.project);
  store::Session& session = sessions_.open(mention.channel, project, now.wall);
  session.model = model_for(mention.channel, project);
  session.last_user = mention.author;
  session.last_user_name = mention.author_name;
  session.last_activity = now.wall;
  ++session.messages;

  LiveTurn turn;
  turn.record.turn_id = random_.hex(kTurnIdDigits);
  turn.record.message = mention.message;
  turn.record.channel = mention.channel;
  turn.record.author = mention.author;
  turn.record.author_name = mention.author_name;
  turn.record.session_id = session.session_id;
  turn.record.message_uuid = random_.uuid();
  turn.record.started = now.wall;
  turn.limits = project.limits;
  turn.began = now.instant;
  turn.picture.drawn(now.instant);
  mention.turn_id = turn.record.turn_id;
  turn.mention = mention;
  tell_what_lacks(turn);
  sessions_.occupy(mention.channel, session.session_id);

  Live& live = live_.at(mention.message);
  live.mention = std::move(mention);
  Effects effects = mark_waiting(live.mention.message, false);
  effects += enter(live, InboxState::running, now);
  effects.write(session);
  effects.write(turn.record);
  turn.asks = project.permissions == Permissions::ask;
  effects.act(StartTurn{spec_for(turn, project, session)});
  effects += holding_posts(typing_.begin(turn.record.channel, now.instant));
  turns_.emplace(turn.record.turn_id, std::move(turn));
  return effects;
}

// The turn goes on, or went to its end, while no daemon listened: what it said is told again from the
// beginning. Also where its project is gone: it was begun, and its answer is wanted.
Effects Engine::adopt(store::Turn record, store::Inbox mention, Now now) {
  const Project gone;
  const Project* known = router_.project_named(mention.project);
  const Project& project = known ? *known : gone;
  store::Session unknown;
  unknown.model = project.model;
  const store::Session* session = sessions_.find(record.channel, record.session_id);
  queues_.adopt(record.channel);
  sessions_.occupy(record.channel, record.session_id);
  LiveTurn turn;
  turn.mention = std::move(mention);
  turn.record = std::move(record);
  turn.limits = project.limits;
  turn.began = now.instant;
  turn.picture.drawn(now.instant);
  tell_what_lacks(turn);
  // What people were asked they may answer, whatever the configuration says by now.
  turn.asks = project.permissions == Permissions::ask || !approvals_.pending_of(turn.record.turn_id).empty();
  Effects effects;
  effects.act(AdoptTurn{spec_for(turn, project, session ? *session : unknown)});
  effects += holding_posts(typing_.begin(turn.record.channel, now.instant));
  turns_.emplace(turn.record.turn_id, std::move(turn));
  return effects;
}

agent::TurnSpec Engine::spec_for(const LiveTurn& turn, const Project& project,
                                 const store::Session& session) const {
  agent::TurnSpec spec;
  spec.turn_id = turn.record.turn_id;
  spec.directory = project.directory;
  spec.agent = project.settings;
  spec.model = session.model;
  spec.allowed_tools = project.allowed_tools;
  spec.system_prompt = project.system_prompt + (project.system_prompt.empty() ? "" : "\n\n") +
                       phrases::about_the_outbox(outbox_directory(turn.record.channel));
  spec.session_id = turn.record.session_id;
  spec.resume = session.begun;
  spec.fork_of = session.fork_of;
  spec.message_uuid = turn.record.message_uuid;
  spec.ask_permissions = turn.asks;
  spec.prompt = prompt_for(turn.mention.author_name, turn.mention.quoted, turn.mention.prompt,
                           attached(turn.mention, limits_));
  spec.pictures = pictures_of(turn.mention);
  spec.outbox = turn.record.channel.text();
  spec.limits = project.limits;
  return spec;
}

Effects Engine::on(const Reported& event, Now now) {
  auto found = turns_.find(event.turn_id);
  if (found == turns_.end()) return {};
  if (const auto* said = std::get_if<agent::Event>(&event.report)) return hear(found->second, *said, now);
  found->second.ended = std::get<agent::TurnEnded>(event.report);
  Effects effects = withdraw_all(event.turn_id, now);
  return effects += collect_files(found->second);
}

Effects Engine::hear(LiveTurn& turn, const agent::Event& event, Now now) {
  Effects effects;
  turn.news |= turn.picture.hear(event, now.instant);
  if (const auto* text = std::get_if<agent::Text>(&event)) {
    std::size_t room = kAnswerBytes - std::min(kAnswerBytes, turn.text_bytes);
    turn.text_bytes += text->text.size();
    if (text->text.size() <= room) {
      turn.texts.push_back(*text);
    } else if (!std::exchange(turn.cut, true)) {
      turn.texts.push_back({text->text.substr(0, text::grapheme_floor(text->text, room))});
      turn.texts.push_back({phrases::answer_cut(kAnswerBytes)});
    }
  } else if (const auto* started = std::get_if<agent::Started>(&event)) {
    store::Session* session = sessions_.find(turn.record.channel, turn.record.session_id);
    if (!session || !sessions_.confirm(*session, started->session_id)) return effects;
    turn.record.session_id = session->session_id;
    effects.write(*session);
    effects.write(turn.record);
  }
  effects += hear_request(turn, event, now);
  if (turn.news) effects += draw(turn, now);
  return effects;
}

Effects Engine::end(LiveTurn turn, const agent::TurnEnded& end, Now now) {
  bool try_anew = end.failure == Failure::session_unknown || end.failure == Failure::session_exists ||
                  end.failure == Failure::not_begun;
  const Project* project = router_.project_named(turn.mention.project);
  if (try_anew && project && !turn.second_try && turn.ended_by == EndedBy::itself)
    return try_again(std::move(turn), *project, end, now);

  Effects effects = account(turn, end, now);
  Answer answer = answer_of(turn, end, effects);
  effects += typing_.end(turn.record.channel);
  effects += drawing_.end(turn.record.channel);
  queues_.finished(turn.record.channel);
  sessions_.release(turn.record.channel);
  effects += conclude(live_.at(turn.mention.message), std::move(answer), ending_of(turn, end), now);
  effects += start_ready(now);
  effects.act(ForgetTurn{turn.record.turn_id});
  return effects;
}

// What had succeeded before somebody ended it has succeeded.
Engine::Ending Engine::ending_of(const LiveTurn& turn, const agent::TurnEnded& end) {
  if (end.outcome == Outcome::success) return {};
  if (turn.ended_by == EndedBy::shutdown) return {InboxState::interrupted, turn.end_reason, true};
  if (turn.ended_by == EndedBy::person || end.outcome == Outcome::aborted)
    return {InboxState::cancelled, turn.end_reason};
  if (end.failure == Failure::lost) return {InboxState::interrupted, "its turn was lost", true};
  return {InboxState::failed, "the turn failed", true};
}

// A turn that was not begun is begun. Or the agent and we disagree about whether the session exists. The
// agent is right: it is resumed, or a new one is begun and the channel is told.
Effects Engine::try_again(LiveTurn turn, const Project& project, const agent::TurnEnded& end, Now now) {
  store::Session* known = sessions_.find(turn.record.channel, turn.record.session_id);
  store::Session& session = known ? *known : sessions_.open(turn.record.channel, project, now.wall);
  if (end.failure == Failure::session_exists) {
    sessions_.confirm(session, {});
  } else if (end.failure == Failure::session_unknown) {
    sessions_.renew(session, now.wall);
    session.messages = 1;
    turn.notices.push_back(phrases::new_session());
  }
  session.model = model_for(turn.record.channel, project);
  sessions_.occupy(turn.record.channel, session.session_id);
  Effects effects;
  turn.record.state = TurnState::failed;
  turn.record.finished = now.wall;
  effects.write(turn.record);
  effects.act(ForgetTurn{turn.record.turn_id});
  turn.second_try = true;
  turn.texts.clear();
  turn.text_bytes = 0;
  turn.cut = false;
  turn.picture = {};
  turn.ended.reset();
  turn.parcel.reset();
  turn.record.turn_id = turn.mention.turn_id = random_.hex(kTurnIdDigits);
  turn.record.session_id = session.session_id;
  turn.record.message_uuid = random_.uuid();
  turn.record.state = TurnState::running;
  turn.record.finished = {};
  Live& live = live_.at(turn.mention.message);
  live.mention.turn_id = turn.record.turn_id;
  effects += enter(live, InboxState::running, now);
  effects.write(session);
  effects.write(turn.record);
  effects.act(StartTurn{spec_for(turn, project, session)});
  turns_.emplace(turn.record.turn_id, std::move(turn));
  return effects;
}

// Costs are cumulative for the session: what this turn cost is the difference. The session is the one in
// which the turn ran, whatever the channel's current one is by now.
Effects Engine::account(LiveTurn& turn, const agent::TurnEnded& end, Now now) {
  Effects effects;
  store::Turn& record = turn.record;
  record.state = end.outcome == Outcome::success   ? TurnState::succeeded
                 : end.outcome == Outcome::aborted ? TurnState::cancelled
                 : end.failure == Failure::lost    ? TurnState::interrupted
                                                   : TurnState::failed;
  record.finished = now.wall;
  record.input_tokens = end.result.input_tokens;
  record.output_tokens = end.result.output_tokens;
  if (store::Session* session = sessions_.find(record.channel, record.session_id)) {
    record.cost_usd = std::max(0.0, end.result.cost_usd - session->cost_usd);
    session->cost_usd = std::max(session->cost_usd, end.result.cost_usd);
    if (store::Session* copy = sessions_.copy_of(*session)) {  // it will be counted from there
      copy->cost_usd = session->cost_usd;
      effects.write(*copy);
    }
    if (!end.result.session_id.empty() && end.failure != Failure::session_unknown)
      sessions_.confirm(*session, end.result.session_id);
    record.session_id = session->session_id;
    session->last_activity = now.wall;
    effects.write(*session);
  }
  effects.write(record);
  return effects;
}

// The messages that the turn's end should make; what the log should know of it is added to `effects`.
Answer Engine::answer_of(LiveTurn& turn, const agent::TurnEnded& end, Effects& effects) {
  if (turn.texts.empty() && end.outcome == Outcome::success && !end.result.text.empty())
    turn.texts.push_back({end.result.text});
  if (end.outcome != Outcome::success && !text::blank(turn.picture.growing()))
    turn.texts.push_back({turn.picture.growing()});
  render::AnswerOptions options{limits_.answer_messages};
  Answer answer = plain_answer(turn.notices);
  for (render::Message& message : render::answer_with_files(turn.texts, options))
    answer.messages.push_back(std::move(message));
  bool empty = answer.messages.size() == turn.notices.size();
  std::string last = last_words(turn, end, empty, effects);
  if (!last.empty()) answer.messages.push_back({last, {}});
  Parcel parcel = std::exchange(turn.parcel, std::nullopt).value_or(Parcel{});
  if (!has_files(answer) && parcel.files.empty()) {
    add_parcel(answer, std::move(parcel), turn.record.turn_id);
    answer.plain.clear();
    return answer;
  }
  answer.plain = std::move(turn.notices);
  for (std::string& content : render::answer(turn.texts, options)) answer.plain.push_back(std::move(content));
  if (!last.empty()) answer.plain.push_back(std::move(last));
  add_parcel(answer, std::move(parcel), turn.record.turn_id);
  return answer;
}

// Below what the agent wrote; often nothing.
std::string Engine::last_words(const LiveTurn& turn, const agent::TurnEnded& end, bool nothing_written,
                               Effects& effects) {
  if (end.outcome == Outcome::success)
    return nothing_written && turn.parcel->empty() ? phrases::nothing_written() : std::string();
  if (turn.ended_by == EndedBy::shutdown) return phrases::closing();
  if (turn.ended_by == EndedBy::person || end.outcome == Outcome::aborted) return phrases::cancelled();
  return failure(end, turn.mention, turn.limits, effects);
}

// In words for the channel; the log has them too, by the same id.
std::string Engine::failure(const agent::TurnEnded& end, const store::Inbox& mention,
                            const agent::Limits& limits, Effects& effects) {
  std::string id = random_.hex(kErrorIdDigits);
  effects.act(LogLine{log::Level::error, fmt::format("error {}: turn {} in channel {} failed: {}", id,
                                                     mention.turn_id, mention.channel.text(), end.text)});
  return phrases::failed(end, limits, id);
}

// An answer must not overtake a typing request, or Discord would show the bot typing after it has answered;
// nor what was drawn before it.
Effects Engine::holding_posts(Effects shown) {
  for (const Act& act : shown.acts)
    if (const auto* typing = std::get_if<ShowTyping>(&act))
      outbox_.hold(typing->channel);
    else if (const auto* show = std::get_if<ShowMessage>(&act))
      outbox_.hold(show->channel);
  return shown;
}

}  // namespace coordinator::chat
