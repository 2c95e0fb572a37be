#include "chat/approval_phrases.h"

#include <fmt/format.h>

#include <chrono>

#include "base/text.h"

namespace coordinator::chat::phrases {

namespace {

using store::ApprovalState;

constexpr std::size_t kRules = 300;  // code points

std::string person(UserId user) { return "<@" + user.text() + ">"; }

std::string reason_below(const std::string& reason) { return reason.empty() ? std::string() : ": " + reason; }

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

}  // namespace

std::string asks_leave(const store::Approval& record) {
  return fmt::format("{} The agent asks for leave to use **{}**:", person(record.requester), record.tool);
}

std::string what_leave_means(const store::Approval& record, WallTime until) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(until.time_since_epoch()).count();
  std::string late = fmt::format("It is denied by itself <t:{}:R>.", seconds);
  if (record.rules.empty()) return "-# " + late;
  return fmt::format("-# For this session means: {}. {}", rules_of(record), late);
}

std::string verdict(const store::Approval& record) {
  switch (record.state) {
    case ApprovalState::pending:
      return {};
    case ApprovalState::allowed:
      return fmt::format("✅ **{}** was allowed once by {}.", record.tool, person(record.decided_by));
    case ApprovalState::allowed_session:
      return fmt::format("✅ **{}** was allowed for this session by {}: {}", record.tool,
                         person(record.decided_by), rules_of(record));
    case ApprovalState::denied:
      if (!record.decided_by)
        return fmt::format("⛔ **{}** was denied{}", record.tool, reason_below(record.reason));
      return fmt::format("⛔ **{}** was denied by {}{}", record.tool, person(record.decided_by),
                         record.reason.empty() ? "." : ": " + text::ellipsized(record.reason, 1000));
    case ApprovalState::expired:
      return fmt::format("⌛ **{}** was denied, since nobody answered in time. Ask again when you are there.",
                         record.tool);
    case ApprovalState::withdrawn:
      return fmt::format("-# The agent no longer asks for **{}**.", record.tool);
  }
  return {};
}

std::string input_cut() { return "-# This is the beginning of it; `input.json` has all."; }

std::string denied_to_agent(const store::Approval& record) {
  if (record.state == ApprovalState::expired)
    return fmt::format(
        "Nobody answered in time, so {} is not allowed. Go on without it, and say what you could not do.",
        record.tool);
  if (!record.decided_by)
    return fmt::format("{} is not allowed: {} Go on without it, and say what you could not do.", record.tool,
                       record.reason);
  if (record.reason.empty())
    return fmt::format(
        "{} was denied by {}. Do not try the same in another way: go on without it, or ask what to do "
        "instead.",
        record.tool, record.decided_by_name);
  return fmt::format("{} was denied by {}, who says: {}", record.tool, record.decided_by_name, record.reason);
}

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

std::string not_yours_to_decide() {
  return "You may not decide this. Who asked the agent may, and whoever is among the project's `approvers`.";
}

}  // namespace coordinator::chat::phrases
