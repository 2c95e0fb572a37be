#include "app/chat_approvals.h"

#include <algorithm>
#include <utility>

#include "app/chat_refusals.h"
#include "chat/access.h"
#include "chat/approval_form.h"
#include "chat/approval_phrases.h"
#include "chat/question.h"
#include "coordinator/plugin.h"

namespace coordinator::app {

namespace {

using What = chat::ApprovalButton::What;
using store::ApprovalState;

// A turn goes on where its project is gone meanwhile: whoever asked for it may still answer it.
bool may_decide(const chat::Project* project, const store::Approval& record, const chat::Person& by) {
  if (project && chat::allows(project->approvers, by)) return true;
  return by.user == record.requester && (!project || chat::allows(project->allow, by));
}

ApprovalState state_for(What what) {
  if (what == What::allow) return ApprovalState::allowed;
  return what == What::session ? ApprovalState::allowed_session : ApprovalState::denied;
}

// As the agent takes several: behind each other, with commas.
std::optional<std::string> chosen(const store::Approval& record, const chat::ApprovalButton& button,
                                  const std::vector<std::string>& values) {
  std::vector<chat::Question> questions = chat::questions_of(record);
  auto at = static_cast<std::size_t>(button.question);
  if (at >= questions.size()) return std::nullopt;
  const std::vector<chat::Choice>& choices = questions[at].choices;
  std::string answer;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    bool picked = button.option >= 0 ? static_cast<std::size_t>(button.option) == i
                                     : std::ranges::find(values, std::to_string(i)) != values.end();
    if (picked) answer += (answer.empty() ? "" : ", ") + choices[i].label;
  }
  return answer.empty() ? std::nullopt : std::optional(answer);
}

}  // namespace

// Told when it is durable: commit, then act.
void ChatApprovals::press(const chat::Person& by, const chat::ApprovalButton& button,
                          const std::vector<std::string>& values, std::optional<std::string> words,
                          Done done) {
  links_.after_commit(
      [done = std::move(done), answer = pressed(by, button, values, words)] { done(answer); });
}

ChatApprovals::Answer ChatApprovals::pressed(const chat::Person& by, const chat::ApprovalButton& button,
                                             const std::vector<std::string>& values,
                                             const std::optional<std::string>& words) {
  if (auto no = refusal(by, button)) return tl::unexpected(*no);
  const store::Approval& record = *links_.engine.approval(button.mention, button.chunk);
  bool writes = button.what == What::why || button.what == What::other;
  if (writes && !words) return command::ApprovalView{.form = chat::reason_form(record, button.text())};
  if (button.what == What::choose || button.what == What::other) {
    auto answer = button.what == What::other ? words : chosen(record, button, values);
    if (!answer) return refused(COORDINATOR_INVALID, "{}", chat::phrases::answered_already());
    auto question = static_cast<std::size_t>(button.question);
    links_.tell(chat::AnswerQuestion{button.mention, button.chunk, question, *answer, by.user, by.name});
  } else {
    chat::Verdict verdict{state_for(button.what), by.user, by.name, words.value_or("")};
    links_.tell(chat::DecideApproval{button.mention, button.chunk, std::move(verdict)});
  }
  return command::ApprovalView{.message = links_.engine.approval_message(button.mention, button.chunk)};
}

std::optional<command::Refusal> ChatApprovals::refusal(const chat::Person& by,
                                                       const chat::ApprovalButton& button) const {
  auto no = [](int result, std::string words) { return command::Refusal{result, std::move(words)}; };
  const store::Approval* record = links_.engine.approval(button.mention, button.chunk);
  auto state = links_.engine.mention(button.mention);
  if (!record || !state) return no(COORDINATOR_NOT_FOUND, chat::phrases::no_longer_asked());
  const chat::Project* project = links_.engine.router().project_named(state->mention.project);
  if (!may_decide(project, *record, by)) return no(COORDINATOR_REFUSED, chat::phrases::not_yours_to_decide());
  if (record->state != ApprovalState::pending)
    return no(COORDINATOR_INVALID, chat::phrases::decided_already(*record));
  bool asks = button.what == What::choose || button.what == What::other;
  if (asks && static_cast<std::size_t>(button.question) != chat::answered_of(*record))
    return no(COORDINATOR_INVALID, chat::phrases::answered_already());
  return std::nullopt;
}

// Who may approve for the channel's project, who may talk to it, and who may manage messages there.
std::optional<command::Refusal> ChatAudit::refusal(const chat::Person& by, ChannelId channel) const {
  const chat::Project* project = links_.engine.router().project_of(channel);
  if (project && chat::allows(project->approvers, by)) return std::nullopt;
  return refuse_stranger(links_.engine, by, channel, chat::kManageMessages);
}

void ChatAudit::audit(const chat::Person& by, std::optional<ChannelId> channel,
                      std::function<void(Rows)> done) {
  std::optional<command::Refusal> no = channel ? refusal(by, *channel) : std::nullopt;
  links_.after_commit([this, by, channel, no = std::move(no), done = std::move(done)] {
    if (no) return done(tl::unexpected(*no));
    links_.store.audit(channel, [this, by, done](Result<std::vector<store::Approval>> rows) {
      if (!rows) return done(refused(COORDINATOR_FAILED, "The log cannot be read: {}", rows.error().what));
      std::erase_if(*rows, [&](const store::Approval& row) { return refusal(by, row.channel).has_value(); });
      done(std::move(*rows));
    });
  });
}

}  // namespace coordinator::app
