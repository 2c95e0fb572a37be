#include "chat/approvals.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "chat/approval_phrases.h"
#include "chat/question.h"

namespace coordinator::chat {

namespace {

using store::ApprovalState;

bool leave(ApprovalState state) {
  return state == ApprovalState::allowed || state == ApprovalState::allowed_session;
}

// A question's answers are a part of its input.
std::string answered_input(const store::Approval& record) {
  if (record.answers.empty()) return {};
  auto input = Json::parse(record.input);
  auto answers = Json::parse(record.answers);
  if (!input || !answers) return {};
  input->set("answers", std::move(*answers));
  return input->dump();
}

// What the agent is told.
agent::PermissionAnswer answer_of(const store::Approval& record) {
  agent::PermissionAnswer answer;
  answer.request_id = record.request_id;
  answer.allow = leave(record.state);
  if (!answer.allow) answer.message = phrases::denied_to_agent(record);
  if (answer.allow) answer.input = answered_input(record);
  if (record.state == ApprovalState::allowed_session) answer.rules = record.rules;
  return answer;
}

// What was withdrawn needs no answer.
Effects answered(const store::Approval& record) {
  Effects effects;
  if (record.state == ApprovalState::pending || record.state == ApprovalState::withdrawn) return effects;
  effects.act(AnswerTurn{record.turn_id, answer_of(record)});
  return effects;
}

}  // namespace

// The clock may have been set since: nobody waits longer than from the beginning.
void Approvals::restore(store::Approval record, MessageId message, Millis patience, Now now) {
  Millis left = std::clamp(record.asked + patience - now.wall, Millis(0), patience);
  Key key{record.mention, record.chunk};
  all_.insert_or_assign(key, Asked{std::move(record), now.instant + left, {}, message});
}

Approvals::Asked* Approvals::find(Key key) {
  auto found = all_.find(key);
  return found == all_.end() ? nullptr : &found->second;
}

const Approvals::Asked* Approvals::find(Key key) const {
  auto found = all_.find(key);
  return found == all_.end() ? nullptr : &found->second;
}

Approvals::Asked* Approvals::find(std::string_view turn_id, std::string_view request_id) {
  auto found = std::ranges::find_if(all_, [&](const auto& entry) {
    const store::Approval& record = entry.second.record;
    return record.turn_id == turn_id && record.request_id == request_id;
  });
  return found == all_.end() ? nullptr : &found->second;
}

std::vector<Approvals::Asked*> Approvals::pending_of(std::string_view turn_id) {
  std::vector<Asked*> pending;
  for (auto& [key, asked] : all_)
    if (asked.pending() && asked.record.turn_id == turn_id) pending.push_back(&asked);
  return pending;
}

std::size_t Approvals::asked_by(std::string_view turn_id) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(all_, [&](const auto& entry) { return entry.second.record.turn_id == turn_id; }));
}

Approvals::Asked& Approvals::add(store::Approval record, const agent::PermissionRequest& request,
                                 Millis patience, Now now) {
  Key key{record.mention, record.chunk};
  Asked asked{std::move(record), now.instant + patience, request.tool_use_id};
  return all_.insert_or_assign(key, std::move(asked)).first->second;
}

Effects Approvals::told_again(Asked& asked, const agent::PermissionRequest& request) {
  asked.tool_use_id = request.tool_use_id;
  return answered(asked.record);
}

Effects Approvals::decide(Asked& asked, Verdict verdict, Now now) {
  if (!asked.pending()) return {};
  asked.record.state = verdict.state;
  asked.record.decided_by = verdict.by;
  asked.record.decided_by_name = std::move(verdict.by_name);
  asked.record.reason = std::move(verdict.reason);
  asked.record.decided = now.wall;
  Effects effects;
  effects.write(asked.record);
  return effects += answered(asked.record);
}

Effects Approvals::answer(Asked& asked, std::size_t question, std::string_view words, const Verdict& by,
                          Now now) {
  std::vector<Question> questions = questions_of(asked.record);
  if (!asked.pending() || question >= questions.size() || question != answered_of(asked.record)) return {};
  asked.record.answers = with_answer(asked.record, questions[question], words);
  if (question + 1 == questions.size()) return decide(asked, by, now);
  Effects effects;
  effects.write(asked.record);
  return effects;
}

std::vector<Approvals::Asked*> Approvals::too_late(Instant now) {
  std::vector<Asked*> late;
  for (auto& [key, asked] : all_)
    if (asked.pending() && asked.until <= now) late.push_back(&asked);
  return late;
}

std::optional<Instant> Approvals::next_deadline() const {
  std::optional<Instant> next;
  for (const auto& [key, asked] : all_)
    if (asked.pending()) next = std::min(next.value_or(asked.until), asked.until);
  return next;
}

void Approvals::forget(MessageId mention) {
  std::erase_if(all_, [&](const auto& entry) { return entry.first.first == mention; });
}

store::Approval record_of(const store::Turn& turn, const store::Inbox& mention,
                          const agent::PermissionRequest& request, int chunk, Now now) {
  store::Approval record;
  record.mention = mention.message;
  record.chunk = chunk;
  record.channel = turn.channel;
  record.turn_id = turn.turn_id;
  record.request_id = request.request_id;
  record.requester = mention.author;
  record.requester_name = mention.author_name;
  record.tool = request.tool;
  record.input = request.input.substr(0, text::grapheme_floor(request.input, Approvals::kInput));
  record.rules = request.rules;
  record.question = request.question;
  record.asked = now.wall;
  return record;
}

}  // namespace coordinator::chat
