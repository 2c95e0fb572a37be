// Effects of the command machines as one line of text, so that a test's failure shows a diff of what was
// done.
#pragma once

#include <fmt/format.h>

#include <string>

#include "base/json.h"
#include "base/overloaded.h"
#include "command/effects.h"

namespace coordinator::command::testing {

inline const char* name_of(Say::How how) {
  constexpr const char* kNames[] = {"callback",       "edit_answer", "delete_answer", "follow_up",
                                    "edit_follow_up", "post",        "edit_post"};
  return kNames[static_cast<int>(how)];
}

// callback(4 "hello" whispered), edit_follow_up(77 "again").
inline std::string describe(const Say& say) {
  Json body = say.body.empty() ? Json::object() : Json::parse(say.body).value();
  bool callback = say.how == Say::How::callback;
  JsonView message = callback ? body["data"] : body.view();
  std::string inside;
  auto add = [&inside](const std::string& text) { inside += (inside.empty() ? "" : " ") + text; };
  if (callback) add(body["type"].dump());
  if (say.message) add(say.message.text());
  if (message["content"]) add(message["content"].dump());
  if (message["components"]) add("components:" + std::to_string(message["components"].size()));
  if (message["title"]) add("title:" + message["title"].dump());
  if (message["choices"]) add("choices:" + std::to_string(message["choices"].size()));
  if (message["flags"].integer().value_or(0) & 64) add("whispered");
  if (message["nonce"]) add("nonce:" + message["nonce"].text_or(""));
  return fmt::format("{}({})", name_of(say.how), inside);
}

inline std::string describe(const Act& act) {
  return std::visit(Overloaded{[](const Say& a) { return describe(a); },
                               [](const ListCommands&) { return std::string("list"); },
                               [](const PublishCommands& a) {
                                 std::string names;
                                 Json body = Json::parse(a.body).value();
                                 for (JsonView command : body.view())
                                   names += (names.empty() ? "" : ",") + command["name"].text_or("?");
                                 return "put(" + names + ")";
                               },
                               [](const LogLine&) { return std::string(); }},
                    act);
}

// Without the log.
inline std::string told(const Effects& effects) {
  std::string out;
  for (const Act& act : effects.acts)
    if (std::string text = describe(act); !text.empty()) out += (out.empty() ? "" : " ") + text;
  return out;
}

// The log lines, one a line.
inline std::string logged(const Effects& effects) {
  std::string out;
  for (const Act& act : effects.acts)
    if (const auto* line = std::get_if<LogLine>(&act)) out += line->text + "\n";
  return out;
}

}  // namespace coordinator::command::testing
