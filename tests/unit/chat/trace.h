// Effects of the chat engine as one line of text, so that a test's failure shows a diff of what was done.
#pragma once

#include <fmt/format.h>

#include <string>

#include "base/json.h"
#include "base/overloaded.h"
#include "chat/effects.h"

namespace coordinator::chat::testing {

inline const char* name_of(store::InboxState state) {
  constexpr const char* kNames[] = {"queued", "running",   "answering",  "answered",
                                    "failed", "cancelled", "interrupted"};
  return kNames[static_cast<int>(state)];
}

// The states that the inbox was written in: "1:queued 1:running".
inline std::string inbox_states(const Effects& effects) {
  std::string out;
  for (const store::Write& write : effects.writes)
    if (const auto* mention = std::get_if<store::Inbox>(&write))
      out += fmt::format("{}{}:{}", out.empty() ? "" : " ", mention->message.value, name_of(mention->state));
  return out;
}

inline const char* beginning_of(const agent::TurnSpec& spec) {
  if (spec.resume) return "resume";
  return spec.fork_of.empty() ? "new" : "fork";
}

inline std::string describe(const Act& act) {
  return std::visit(
      Overloaded{[](const StartTurn& a) { return fmt::format("start({})", beginning_of(a.spec)); },
                 [](const AdoptTurn& a) { return fmt::format("adopt({})", a.spec.turn_id); },
                 [](const CancelTurn&) { return std::string("cancel"); },
                 [](const AnswerTurn& a) {
                   const agent::PermissionAnswer& answer = a.answer;
                   std::string more = answer.allow ? answer.input : answer.message;
                   for (const std::string& rule : answer.rules) more += (more.empty() ? "" : " ") + rule;
                   return fmt::format("answer({} {}{}{})", answer.request_id, answer.allow ? "yes" : "no",
                                      more.empty() ? "" : ": ", more);
                 },
                 [](const ForgetTurn&) { return std::string("forget"); },
                 [](const FetchFiles& a) { return fmt::format("fetch({})", a.message.value); },
                 [](const WithdrawFetch& a) { return fmt::format("withdraw_fetch({})", a.message.value); },
                 [](const CollectFiles&) { return std::string("collect"); },
                 [](const PostMessage& a) {
                   return fmt::format("post({}/{} {})", a.source.value, a.chunk,
                                      Json::parse(a.payload).value()["content"].text_or("").substr(0, 12));
                 },
                 [](const EditMessage& a) {
                   return a.payload.empty()
                              ? fmt::format("delete({})", a.message.value)
                              : fmt::format(
                                    "edit({} {})", a.message.value,
                                    Json::parse(a.payload).value()["content"].text_or("").substr(0, 40));
                 },
                 [](const ShowMessage& a) {
                   return fmt::format("show({} {})", a.message.value,
                                      Json::parse(a.payload).value()["content"].text_or("").substr(0, 40));
                 },
                 [](const WithdrawShown& a) { return fmt::format("withdraw_shown({})", a.channel.value); },
                 [](const FindMessage& a) { return fmt::format("find({}/{})", a.source.value, a.chunk); },
                 [](const SetReaction& a) {
                   return fmt::format("{}mark({})", a.present ? "+" : "-", a.message.value);
                 },
                 [](const ShowTyping& a) { return fmt::format("type({})", a.channel.value); },
                 [](const WithdrawTyping& a) { return fmt::format("withdraw({})", a.channel.value); },
                 [](const LookUpChannel& a) { return fmt::format("look_up({})", a.channel.value); },
                 [](const LogLine&) { return std::string("log"); }},
      act);
}

inline std::string acts(const Effects& effects) {
  std::string out;
  for (const Act& act : effects.acts) out += (out.empty() ? "" : " ") + describe(act);
  return out;
}

}  // namespace coordinator::chat::testing
