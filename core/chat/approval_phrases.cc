#include "chat/approval_phrases.h"

#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "chat/question.h"

namespace coordinator::chat::phrases {

namespace {

using store::ApprovalState;

// Code points.
constexpr std::size_t kRules = 300, kReason = 1000, kTitle = 45;
constexpr std::size_t kQuestion = 800, kChoice = 150, kQuestions = 1500;

std::string person(UserId user) { return "<@" + user.text() + ">"; }

// The end of a sentence.
std::string behind(const std::string& reason) {
  return reason.empty() ? "." : ": " + text::ellipsized(reason, kReason);
}

std::string code(std::string_view words) {
  std::string line(words);
  for (char& c : line)
    if (c == '`' || c == '\n') c = c == '`' ? '\'' : ' ';
  return "`" + line + "`";
}

std::string rules_of(const store::Approval& record) {
  std::string rules;
  for (const std::string& rule : record.rules) rules += (rules.empty() ? "" : ", ") + rule;
  return code(text::ellipsized(rules, kRules));
}

std::string answers_of(const store::Approval& record) {
  std::string lines;
  auto answers = Json::parse(record.answers);
  if (!answers) return lines;
  for (JsonView answer : answers->view())
    lines += fmt::format("\n- {} **{}**", text::ellipsized(answer.key(), 150),
                         text::ellipsized(answer.text_or(""), 150));
  return lines;
}

std::string question_verdict(const store::Approval& record) {
  switch (record.state) {
    case ApprovalState::pending:
      return {};
    case ApprovalState::allowed:
    case ApprovalState::allowed_session:
      return fmt::format("✅ {} has answered:{}", person(record.decided_by), answers_of(record));
    case ApprovalState::denied:
      if (!record.decided_by) return "⛔ The agent's question could not be asked" + behind(record.reason);
      return fmt::format("⛔ {} did not want to answer the agent's question{}", person(record.decided_by),
                         behind(record.reason));
    case ApprovalState::expired:
      return "⌛ Nobody has answered the agent's question in time.";
    case ApprovalState::withdrawn:
      return "-# The agent no longer waits for an answer.";
  }
  return {};
}

}  // namespace

std::string asks_leave(const store::Approval& record) {
  return fmt::format("{} The agent asks for leave to use **{}**:", person(record.requester), record.tool);
}

std::string denied_by_itself(WallTime until) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(until.time_since_epoch()).count();
  return fmt::format("-# Without an answer it is denied <t:{}:R>.", seconds);
}

std::string what_leave_means(const store::Approval& record, WallTime until) {
  if (record.rules.empty()) return denied_by_itself(until);
  return fmt::format("-# For this session means: {}\n{}", rules_of(record), denied_by_itself(until));
}

std::string asks_question(const store::Approval& record) {
  std::vector<Question> questions = questions_of(record);
  std::size_t at = answered_of(record);
  if (at >= questions.size()) return {};
  const Question& question = questions[at];
  std::string words = person(record.requester) + " The agent asks";
  if (questions.size() > 1) words += fmt::format(" ({} of {})", at + 1, questions.size());
  words += ": **" + text::ellipsized(question.words, kQuestion) + "**\n";
  for (const Choice& choice : question.choices)
    if (!choice.description.empty() && choice.description != choice.label)
      words += fmt::format("- **{}**: {}\n", text::ellipsized(choice.label, 80),
                           text::ellipsized(choice.description, kChoice));
  return text::ellipsized(words, kQuestions);
}

std::string shows_plan(const store::Approval& record) {
  return person(record.requester) + " The agent has a plan, and waits for your word:";
}

std::string verdict(const store::Approval& record) {
  Kind kind = kind_of(record);
  if (kind == Kind::question) return question_verdict(record);
  std::string what = kind == Kind::plan ? "The plan" : "**" + record.tool + "**";
  std::string by = record.decided_by ? " by " + person(record.decided_by) : std::string();
  switch (record.state) {
    case ApprovalState::pending:
      return {};
    case ApprovalState::allowed:
      return fmt::format("✅ {} was {}{}.", what, kind == Kind::plan ? "approved" : "allowed once", by);
    case ApprovalState::allowed_session:
      return fmt::format("✅ {} was allowed for this session{}: {}", what, by, rules_of(record));
    case ApprovalState::denied:
      return fmt::format("{} was {}{}{}", kind == Kind::plan ? "✏️ " + what : "⛔ " + what,
                         kind == Kind::plan ? "sent back" : "denied", by, behind(record.reason));
    case ApprovalState::expired:
      return fmt::format("⌛ {} was denied, since nobody answered in time. Ask again when you are there.",
                         what);
    case ApprovalState::withdrawn:
      return fmt::format("-# The agent no longer asks for {}.",
                         kind == Kind::plan ? "an answer to its plan" : what);
  }
  return {};
}

std::string input_cut(bool with_file) {
  return with_file ? "-# This is the beginning of it; `input.json` has all."
                   : "-# This is the beginning of it. Let me attach files in this channel to see all.";
}

std::string form_title(const store::Approval& record) {
  Kind kind = kind_of(record);
  if (kind == Kind::plan) return "Revise the plan";
  return kind == Kind::question ? "Your own answer" : text::ellipsized("Deny " + record.tool, kTitle);
}

std::string form_label(const store::Approval& record) {
  Kind kind = kind_of(record);
  if (kind == Kind::plan) return "What should change?";
  return kind == Kind::question ? "Answer" : "What should the agent know?";
}

std::string denied_to_agent(const store::Approval& record) {
  Kind kind = kind_of(record);
  bool leave = kind == Kind::leave;
  if (record.state == ApprovalState::expired)
    return leave ? fmt::format(
                       "Nobody answered in time, so {} is not allowed. Go on without it, and say what "
                       "you could not do.",
                       record.tool)
                 : "Nobody answered in time. Say what you need to know, and end here.";
  if (!record.decided_by)
    return fmt::format("{} is not allowed: {} Go on without it, and say what you could not do.", record.tool,
                       record.reason);
  const std::string& who = record.decided_by_name;
  if (kind == Kind::plan) return fmt::format("{} wants another plan: {}", who, record.reason);
  if (kind == Kind::question && record.reason.empty()) return who + " does not want to answer this.";
  if (record.reason.empty())
    return fmt::format(
        "{} was denied by {}. Do not try the same in another way: go on without it, or ask what "
        "to do instead.",
        record.tool, who);
  return fmt::format("{} was denied by {}, who says: {}", record.tool, who, record.reason);
}

std::string allowed_before() { return "It was allowed for this session before."; }

std::string too_many_wait(std::size_t most) {
  return fmt::format("{} requests of this turn wait for an answer already.", most);
}

std::string too_many_asked(std::size_t most) {
  return fmt::format("This turn has asked for leave {} times already.", most);
}

std::string could_not_ask() { return "Discord did not take the message that asks people."; }

std::string decided_already(const store::Approval& record) {
  return record.decided_by ? fmt::format("{} has decided this already.", person(record.decided_by))
                           : no_longer_asked();
}

std::string no_longer_asked() { return "Nothing waits for this answer any more."; }

std::string answered_already() { return "That question is answered already."; }

std::string not_yours_to_decide() {
  return "You may not decide this. Who asked the agent may, and whoever is among the project's `approvers`.";
}

}  // namespace coordinator::chat::phrases
