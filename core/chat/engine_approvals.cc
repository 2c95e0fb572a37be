// The engine's side of what agents ask people: the messages that ask, and what becomes of them.
#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/overloaded.h"
#include "chat/approval_phrases.h"
#include "chat/engine.h"
#include "chat/question.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kRules = 200;  // that one conversation keeps

agent::PermissionRequest with_plan(agent::PermissionRequest request, const std::string& plan) {
  auto input = Json::parse(request.input);
  bool lacks = request.tool == "ExitPlanMode" && input && input->view().is_object() && !(*input)["plan"];
  if (lacks && !plan.empty()) request.input = input->set("plan", plan).dump();
  return request;
}

}  // namespace

using store::ApprovalState;

const store::Approval* Engine::approval(MessageId mention, int chunk) const {
  const Approvals::Asked* asked = approvals_.find({mention, chunk});
  return asked ? &asked->record : nullptr;
}

std::string Engine::approval_message(MessageId mention, int chunk) const {
  const Approvals::Asked* asked = approvals_.find({mention, chunk});
  auto live = live_.find(mention);
  if (!asked || live == live_.end()) return {};
  Json post = payload_of(live->second, chunk, words_of(asked->record), {});
  Json message = Json::object();
  for (const char* kept :
       {"content", "flags", "allowed_mentions", "components"})  // a nonce is for posts only
    if (post[kept]) message.set(kept, Json::clone(post[kept]));
  return message.dump();
}

// The messages that asked are among the outbox's: those that are there tell their ids.
void Engine::restore_approvals(const store::Snapshot& snapshot, Now now) {
  for (const store::Approval& record : snapshot.approvals) {
    auto message = std::ranges::find_if(snapshot.outbox, [&](const store::Outbox& entry) {
      return entry.source == record.mention && entry.chunk == record.chunk;
    });
    auto mention = std::ranges::find(snapshot.inbox, record.mention, &store::Inbox::message);
    if (mention == snapshot.inbox.end()) continue;
    approvals_.restore(record, message == snapshot.outbox.end() ? MessageId() : message->sent,
                       permission_timeout(mention->project), now);
  }
}

Effects Engine::hear_request(LiveTurn& turn, const agent::Event& event, Now now) {
  if (const auto* use = std::get_if<agent::ToolUse>(&event))
    if (std::string plan = plan_in(*use); !plan.empty()) turn.plan = std::move(plan);
  if (const auto* request = std::get_if<agent::PermissionRequest>(&event))
    return ask(turn, with_plan(*request, turn.plan), now);
  const auto* withdrawn = std::get_if<agent::PermissionWithdrawn>(&event);
  const auto* done = std::get_if<agent::ToolResult>(&event);
  Effects effects;
  if (!withdrawn && !done) return effects;
  for (Approvals::Asked* asked : approvals_.pending_of(turn.record.turn_id))
    if (withdrawn ? asked->record.request_id == withdrawn->request_id
                  : !done->id.empty() && asked->tool_use_id == done->id)
      effects += decide(*asked, {ApprovalState::withdrawn}, now);
  return effects;
}

// A turn that is told again asks nothing twice.
Effects Engine::ask(LiveTurn& turn, const agent::PermissionRequest& request, Now now) {
  if (Approvals::Asked* known = approvals_.find(turn.record.turn_id, request.request_id)) {
    Effects again = Approvals::told_again(*known, request);
    return known->pending() ? std::move(again += typing_.end(turn.record.channel)) : again;
  }
  std::size_t before = approvals_.asked_by(turn.record.turn_id);
  if (!turn.asks || before >= Approvals::kAsked) return refuse_unasked(turn, request);
  Live& live = live_.at(turn.mention.message);
  std::optional<Verdict> known = known_before(turn, request);
  int chunk = known ? Approvals::unasked(live.chunks, before) : live.chunks;
  store::Approval record = record_of(turn.record, turn.mention, request, chunk, now);
  Millis patience = permission_timeout(turn.mention.project);
  Approvals::Asked& asked = approvals_.add(std::move(record), request, patience, now);
  if (known) return decide(asked, std::move(*known), now);
  Effects effects;
  effects.write(asked.record);
  effects += promise(live, words_of(asked.record, request.input), now);
  return effects += typing_.end(turn.record.channel);  // it is people's turn
}

// What needs nobody to be asked.
std::optional<Verdict> Engine::known_before(const LiveTurn& turn, const agent::PermissionRequest& request) {
  if (allowed_before(turn, request))
    return Verdict{ApprovalState::allowed_session, {}, {}, phrases::allowed_before()};
  if (approvals_.pending_of(turn.record.turn_id).size() < Approvals::kPending) return std::nullopt;
  return Verdict{ApprovalState::denied, {}, {}, phrases::too_many_wait(Approvals::kPending)};
}

// By the agent's own rules, word by word: the process to which people said so may be gone by now.
bool Engine::allowed_before(const LiveTurn& turn, const agent::PermissionRequest& request) {
  const store::Session* session = sessions_.find(turn.record.channel, turn.record.session_id);
  if (!session || request.question || request.rules.empty()) return false;
  return std::ranges::all_of(request.rules, [&](const std::string& rule) {
    return std::ranges::find(session->allowed, rule) != session->allowed.end();
  });
}

Effects Engine::remember_leave(const store::Approval& record) {
  Effects effects;
  auto turn = turns_.find(record.turn_id);
  if (turn == turns_.end() || record.state != ApprovalState::allowed_session || !record.decided_by)
    return effects;
  store::Session* session = sessions_.find(record.channel, turn->second.record.session_id);
  if (!session) return effects;
  for (const std::string& rule : record.rules)
    if (session->allowed.size() < kRules &&
        std::ranges::find(session->allowed, rule) == session->allowed.end())
      session->allowed.push_back(rule);
  effects.write(*session);
  return effects;
}

// Without a trace: it is refused again when it is told again.
Effects Engine::refuse_unasked(const LiveTurn& turn, const agent::PermissionRequest& request) {
  Effects effects;
  if (!turn.asks) return effects;  // the turn itself does
  agent::PermissionAnswer no{request.request_id};
  no.message = phrases::too_many_asked(Approvals::kAsked);
  effects.act(AnswerTurn{turn.record.turn_id, std::move(no)});
  return effects;
}

Effects Engine::on(const DecideApproval& event, Now now) {
  Approvals::Asked* asked = approvals_.find({event.mention, event.chunk});
  return asked ? decide(*asked, event.verdict, now) : Effects{};
}

Effects Engine::on(const AnswerQuestion& event, Now now) {
  Approvals::Asked* asked = approvals_.find({event.mention, event.chunk});
  if (!asked) return {};
  Verdict by{ApprovalState::allowed, event.by, event.by_name};
  Effects effects = Approvals::answer(*asked, event.question, event.answer, by, now);
  return effects += show_decision(*asked, now);
}

Effects Engine::decide(Approvals::Asked& asked, Verdict verdict, Now now) {
  Effects effects = Approvals::decide(asked, std::move(verdict), now);
  effects += remember_leave(asked.record);
  return effects += show_decision(asked, now);
}

Effects Engine::show_decision(Approvals::Asked& asked, Now now) {
  Effects effects = redraw(asked, now);
  auto turn = turns_.find(asked.record.turn_id);
  bool goes_on = asked.record.state != ApprovalState::withdrawn;
  if (turn == turns_.end() || turn->second.ended || asked.pending()) return effects;
  if (goes_on) effects += move_below(turn->second, asked.record.chunk, now);
  if (asked.record.chunk >= 0 && approvals_.pending_of(asked.record.turn_id).empty())
    effects += holding_posts(typing_.begin(asked.record.channel, now.instant));
  return effects;
}

// What is seen of the turn goes on below what people were asked, so that its answer is the last word.
Effects Engine::move_below(LiveTurn& turn, int chunk, Now now) {
  Effects effects;
  Live& live = live_.at(turn.mention.message);
  if (live.shown.empty() || live.shown.front().chunk > chunk || !all_arrived(live)) return effects;
  for (const Shown& shown : std::exchange(live.shown, {})) effects += take_away(live, shown, now);
  turn.news = true;
  return effects;
}

// Its end is told: nobody waits for an answer any more.
Effects Engine::withdraw_all(std::string_view turn_id, Now now) {
  Effects effects;
  for (Approvals::Asked* asked : approvals_.pending_of(turn_id))
    effects += decide(*asked, {ApprovalState::withdrawn}, now);
  return effects;
}

Effects Engine::expire_approvals(Now now) {
  Effects effects;
  for (Approvals::Asked* asked : approvals_.too_late(now.instant))
    effects += decide(*asked, {ApprovalState::expired}, now);
  return effects;
}

// While it was on its way something else may have come to be said there.
Effects Engine::approval_arrived(MessageId source, int chunk, MessageId id, Now now) {
  Approvals::Asked* asked = approvals_.find({source, chunk});
  if (!asked) return {};
  asked->message = id;
  asked->on_its_way = false;
  return redraw(*asked, now);
}

// Nobody can be asked there. With one message all that waits behind it is given up.
Effects Engine::approvals_refused(MessageId source, Now now) {
  Effects effects;
  auto live = live_.find(source);
  if (live == live_.end()) return effects;
  for (Approvals::Asked* asked : approvals_.pending_of(live->second.mention.turn_id))
    if (!asked->message)
      effects += decide(*asked, {ApprovalState::denied, {}, {}, phrases::could_not_ask()}, now);
  return effects;
}

// Changes the message where it does not say what it should. One that is on its way is looked at again when it
// has arrived: the outbox knows one thing at a time that a message should become.
Effects Engine::redraw(Approvals::Asked& asked, Now now) {
  auto live = live_.find(asked.record.mention);
  bool as_asked = asked.pending() && asked.record.answers.empty();
  if (live == live_.end() || !asked.message || asked.on_its_way || as_asked) return {};
  Words words = words_of(asked.record);
  std::string payload = payload_of(live->second, asked.record.chunk, words, now).dump();
  if (asked.shows == payload) return {};
  asked.shows = payload;
  asked.on_its_way = true;
  Shown there{asked.record.chunk, asked.message};
  return promise(live->second, std::move(words), now, &there);
}

Engine::Words Engine::words_of(const store::Approval& record, std::string_view input) const {
  const store::Inbox& mention = live_.at(record.mention).mention;
  ApprovalForm form = form_of(record, permission_timeout(mention.project), input);
  Words words{std::move(form.content)};
  words.live = true;
  words.components = std::move(form.components);
  if (record.state == ApprovalState::pending) words.pings = record.requester;
  words.files = std::move(form.files);
  if (!words.files.empty()) words.instead.push_back(words_of(record));
  return words;
}

Millis Engine::permission_timeout(const std::string& project) const {
  const Project* known = router_.project_named(project);
  return known ? known->permission_timeout : Project().permission_timeout;
}

}  // namespace coordinator::chat
