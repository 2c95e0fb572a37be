#include "agent/claude_permissions.h"

#include <string>
#include <utility>
#include <vector>

#include "agent/tool_summary.h"

namespace coordinator::agent {

namespace {

// A rule as its users write it: "Tool", or "Tool(what of it)".
std::string text_of(JsonView rule) {
  std::string tool = rule["toolName"].text_or(""), content = rule["ruleContent"].text_or("");
  return content.empty() ? tool : tool + "(" + content + ")";
}

Json json_of(const std::string& rule) {
  auto open = rule.find('(');
  bool whole = open == std::string::npos || !rule.ends_with(')');
  Json made = Json::object().set("toolName", whole ? rule : rule.substr(0, open));
  if (!whole) made.set("ruleContent", rule.substr(open + 1, rule.size() - open - 2));
  return made;
}

// What the CLI would keep for good. Its other suggestions (directories, modes) open more than was asked for.
std::vector<std::string> rules_of(JsonView request) {
  std::vector<std::string> rules;
  for (JsonView suggestion : request["permission_suggestions"])
    if (suggestion["type"].text_or("") == "addRules" && suggestion["behavior"].text_or("") == "allow")
      for (JsonView rule : suggestion["rules"]) rules.push_back(text_of(rule));
  if (rules.empty()) rules.push_back(request["tool_name"].text_or(""));
  return rules;
}

Json for_this_process(const std::vector<std::string>& rules) {
  Json list = Json::array();
  for (const std::string& rule : rules) list.push(json_of(rule));
  return Json::array().push(Json::object()
                                .set("type", "addRules")
                                .set("rules", std::move(list))
                                .set("behavior", "allow")
                                .set("destination", "session"));
}

}  // namespace

PermissionRequest parse_claude_permission(JsonView line) {
  JsonView request = line["request"];
  PermissionRequest asked;
  asked.request_id = line["request_id"].text_or("");
  asked.tool_use_id = request["tool_use_id"].text_or("");
  asked.tool = request["tool_name"].text_or("");
  asked.summary = tool_summary(request["input"]);
  asked.input = request["input"].dump();
  asked.rules = rules_of(request);
  asked.question = request["requires_user_interaction"].truthy();
  return asked;
}

Json claude_permission_answer(const PermissionAnswer& answer) {
  Json words = Json::object().set("behavior", answer.allow ? "allow" : "deny");
  if (!answer.allow) {
    words.set("message", answer.message);
    return words;
  }
  if (auto input = Json::parse(answer.input)) words.set("updatedInput", std::move(*input));
  if (!answer.rules.empty()) words.set("updatedPermissions", for_this_process(answer.rules));
  return words;
}

}  // namespace coordinator::agent
