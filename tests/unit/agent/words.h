// Events and effects of a turn as lines of words, so that a test's failure shows a diff of what was said and
// done.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "agent/event.h"
#include "agent/runner.h"
#include "agent/turn_machine.h"
#include "base/overloaded.h"

namespace coordinator::agent::testing {

inline const char* word(Outcome outcome) {
  constexpr const char* kWords[] = {"success", "aborted", "failed"};
  return kWords[static_cast<int>(outcome)];
}

inline const char* word(Failure failure) {
  constexpr const char* kWords[] = {"none",
                                    "not_logged_in",
                                    "session_unknown",
                                    "session_exists",
                                    "model_unknown",
                                    "rate_limited",
                                    "overloaded",
                                    "prompt_too_long",
                                    "limit_reached",
                                    "line_limit",
                                    "output_limit",
                                    "memory_limit",
                                    "process_limit",
                                    "cpu_limit",
                                    "silent",
                                    "out_of_time",
                                    "disk_full",
                                    "network",
                                    "not_started",
                                    "no_directory",
                                    "busy",
                                    "not_begun",
                                    "lost",
                                    "other"};
  return kWords[static_cast<int>(failure)];
}

inline std::string words(const TurnResult& r) {
  std::string out = fmt::format("result {}", word(r.outcome));
  if (r.failure != Failure::none) out += fmt::format(" {}", word(r.failure));
  if (r.unprompted) out += " unprompted";
  for (const auto& uuid : r.message_uuids) out += " for " + uuid;
  return out + fmt::format(" [{}] {} ${:.5f} {}+{}", r.text.substr(0, 100), r.session_id, r.cost_usd,
                           r.input_tokens, r.output_tokens);
}

inline std::string words(const Event& event) {
  return std::visit(Overloaded{[](const Started& e) { return "started " + e.session_id + " " + e.model; },
                               [](const TextDelta& e) { return "delta [" + e.text.substr(0, 100) + "]"; },
                               [](const TextAbandoned&) { return std::string("abandoned"); },
                               [](const Text& e) { return "text [" + e.text.substr(0, 100) + "]"; },
                               [](const ToolUse& e) {
                                 return fmt::format("tool {} {} [{}] {}", e.id, e.name, e.summary,
                                                    e.input.substr(0, 60));
                               },
                               [](const ToolResult& e) {
                                 return fmt::format("tool result {}{}", e.id, e.is_error ? " error" : "");
                               },
                               [](const ApiRetry& e) {
                                 return fmt::format("retry {} of {} after {} ms, status {}", e.attempt,
                                                    e.limit, e.delay.count(), e.status);
                               },
                               [](const PermissionRequest& e) {
                                 return fmt::format("permission {} {} {} [{}] {}", e.request_id,
                                                    e.tool_use_id, e.tool, e.summary, e.input.substr(0, 60));
                               },
                               [](const PermissionWithdrawn& e) { return "withdrawn " + e.request_id; },
                               [](const Heard& e) { return "heard " + e.message_uuid; },
                               [](const Steered& e) { return "steered " + e.message_uuid; },
                               [](const TurnResult& e) { return words(e); },
                               [](const Alive&) { return std::string("alive"); },
                               [](const Malformed& e) { return "malformed: " + e.what; }},
                    event);
}

inline std::string words(const TurnEnded& e) {
  std::string out = fmt::format("ended {}", word(e.outcome));
  if (e.failure != Failure::none) out += fmt::format(" {}", word(e.failure));
  if (!e.text.empty()) out += " [" + e.text + "]";
  if (!e.result.session_id.empty()) out += " in " + e.result.session_id;
  return out;
}

inline std::string words(const TurnReport& report) {
  return std::visit([](const auto& r) { return words(r); }, report);
}

inline std::string words(const TurnEffect& effect) {
  return std::visit(Overloaded{[](const SendPrompt&) { return std::string("prompt"); },
                               [](const SendInterrupt&) { return std::string("interrupt"); },
                               [](const SendAnswer& e) {
                                 return fmt::format("answer {} {}", e.answer.request_id,
                                                    e.answer.allow ? "allow" : "deny");
                               },
                               [](const SendSteering& e) { return "steer " + e.steering.message_uuid; },
                               [](const Settle&) { return std::string("settle"); },
                               [](const CloseStdin&) { return std::string("close"); },
                               [](const Signal& e) { return fmt::format("signal {}", e.number); },
                               [](const EndTree&) { return std::string("end"); },
                               [](const KillShim&) { return std::string("kill shim"); },
                               [](const Tell& e) { return "tell " + words(e.report); }},
                    effect);
}

// Joined by "; ", empty for none.
template <class List>
std::string joined(const List& list) {
  std::string out;
  for (const auto& item : list) out += (out.empty() ? "" : "; ") + words(item);
  return out;
}

}  // namespace coordinator::agent::testing
