#include "agent/claude_lines.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "agent/claude_permissions.h"
#include "agent/tool_summary.h"
#include "base/json.h"

namespace coordinator::agent {

namespace {

using Events = std::vector<Event>;

Events alive() { return {Alive{}}; }
Events one_or_alive(Events events) {
  if (events.empty()) events.push_back(Alive{});
  return events;
}

// What a subagent says goes to the agent that asked it, not to people.
bool from_subagent(JsonView line) { return line["parent_tool_use_id"].is_string(); }

Events init(JsonView line) { return {Started{line["session_id"].text_or(""), line["model"].text_or("")}}; }

Events api_retry(JsonView line) {
  auto number = [line](const char* key) { return line[key].integer().value_or(0); };
  return {ApiRetry{static_cast<int>(number("attempt")), static_cast<int>(number("max_retries")),
                   Millis(number("retry_delay_ms")), static_cast<int>(number("error_status"))}};
}

Events system(JsonView line) {
  auto subtype = line["subtype"].text_or("");
  if (subtype == "init") return init(line);
  if (subtype == "api_retry") return api_retry(line);
  return alive();
}

Events content_delta(JsonView event) {
  auto delta = event["delta"];
  if (delta["type"].text_or("") != "text_delta") return alive();
  return {TextDelta{delta["text"].text_or("")}};
}

// The API's own stream: a preview of text, and the news that a preview is void.
Events stream_event(JsonView line) {
  if (from_subagent(line)) return alive();
  auto type = line["event"]["type"].text_or("");
  if (type == "content_block_delta") return content_delta(line["event"]);
  if (type == "message_stop" && line["abandoned_blocks"]) return {TextAbandoned{}};
  return alive();
}

Event tool_use(JsonView block) {
  auto name = block["name"].text_or("");
  return ToolUse{block["id"].text_or(""), name, tool_summary(block["input"]), block["input"].dump()};
}

// A line that carries `error` is the CLI's apology, which its result repeats.
Events assistant(JsonView line) {
  if (from_subagent(line) || line["error"].is_string()) return alive();
  Events events;
  for (JsonView block : line["message"]["content"]) {
    auto type = block["type"].text_or("");
    if (type == "text") events.push_back(Text{block["text"].text_or("")});
    if (type == "tool_use") events.push_back(tool_use(block));
  }
  return one_or_alive(std::move(events));
}

Events user(JsonView line) {
  if (from_subagent(line)) return alive();
  Events events;
  for (JsonView block : line["message"]["content"])
    if (block["type"].text_or("") == "tool_result")
      events.push_back(ToolResult{block["tool_use_id"].text_or(""), block["is_error"].truthy()});
  return one_or_alive(std::move(events));
}

Events control_request(JsonView line) {
  if (line["request"]["subtype"].text_or("") != "can_use_tool") return alive();
  return {parse_claude_permission(line)};
}

Events control_cancel(JsonView line) { return {PermissionWithdrawn{line["request_id"].text_or("")}}; }

// What becomes of a user message that carries a uuid: queued, started, completed or cancelled.
Events command_lifecycle(JsonView line) {
  auto state = line["state"].text_or("");
  auto uuid = line["command_uuid"].text_or("");
  if (state == "queued") return {Heard{uuid}};
  if (state == "started") return {Steered{uuid}};
  return alive();
}

// Words before the numbers: a 400 may be a prompt that is too long.
Failure failure_of(JsonView line, std::string_view words) {
  auto reason = line["terminal_reason"].text_or("");
  if (reason == "prompt_too_long" || reason == "blocking_limit" || reason == "image_error")
    return Failure::prompt_too_long;
  if (reason == "max_turns" || reason == "budget_exhausted") return Failure::limit_reached;
  if (Failure known = claude_failure(words); known != Failure::other) return known;
  switch (line["api_error_status"].integer().value_or(0)) {
    case 401:
    case 403:
      return Failure::not_logged_in;
    case 404:
      return Failure::model_unknown;
    case 413:
      return Failure::prompt_too_long;
    case 429:
      return Failure::rate_limited;
    case 500:
    case 502:
    case 503:
    case 529:
      return Failure::overloaded;
    default:
      return Failure::other;
  }
}

std::string errors_of(JsonView line) {
  std::string words;
  for (JsonView error : line["errors"]) words += (words.empty() ? "" : "\n") + error.text_or("");
  return words;
}

// An API failure comes as subtype "success": only is_error tells. An aborted turn is one by its
// terminal_reason, whatever is_error says.
Events result(JsonView line) {
  TurnResult result;
  result.text = line["result"].text_or(errors_of(line));
  result.session_id = line["session_id"].text_or("");
  for (JsonView uuid : line["user_message_uuids"]) result.message_uuids.push_back(uuid.text_or(""));
  result.unprompted = line["origin"].is_object();
  result.cost_usd = line["total_cost_usd"].number().value_or(0);
  result.input_tokens = line["usage"]["input_tokens"].integer().value_or(0);
  result.output_tokens = line["usage"]["output_tokens"].integer().value_or(0);
  if (line["terminal_reason"].text_or("").starts_with("aborted_")) {
    result.outcome = Outcome::aborted;
    result.text.clear();  // a diagnosis for the CLI's makers
  } else if (line["is_error"].truthy()) {
    result.outcome = Outcome::failed;
    result.failure = failure_of(line, result.text);
  }
  return {std::move(result)};
}

struct Kind {
  std::string_view type;
  Events (*parse)(JsonView);
};
constexpr std::array<Kind, 8> kKinds = {{{"system", system},
                                         {"stream_event", stream_event},
                                         {"assistant", assistant},
                                         {"user", user},
                                         {"command_lifecycle", command_lifecycle},
                                         {"control_request", control_request},
                                         {"control_cancel_request", control_cancel},
                                         {"result", result}}};

struct Words {
  std::string_view part;
  Failure failure;
};
constexpr std::array<Words, 17> kWords = {{
    {"No conversation found with session ID", Failure::session_unknown},
    {"is already in use", Failure::session_exists},
    {"Not logged in", Failure::not_logged_in},
    {"Please run /login", Failure::not_logged_in},
    {"Failed to authenticate", Failure::not_logged_in},
    {"Invalid API key", Failure::not_logged_in},
    {"OAuth token", Failure::not_logged_in},
    {"issue with the selected model", Failure::model_unknown},
    {"Prompt is too long", Failure::prompt_too_long},
    {"Request too large", Failure::prompt_too_long},
    {"Overloaded", Failure::overloaded},
    {"usage limit", Failure::rate_limited},
    {"Connection refused", Failure::network},
    {"Connection dropped", Failure::network},
    {"Connection error", Failure::network},
    {"Request timed out", Failure::network},
    {"ENOTFOUND", Failure::network},
}};

}  // namespace

std::vector<Event> parse_claude_line(std::string_view line) {
  auto json = Json::parse(line);
  if (!json) return {Malformed{json.error().what}};
  auto type = json->view()["type"].text();
  if (!type) return {Malformed{"a JSON value without a type"}};
  for (const Kind& kind : kKinds)
    if (kind.type == *type) return kind.parse(json->view());
  return alive();
}

Failure claude_failure(std::string_view words) {
  auto known = std::ranges::find_if(
      kWords, [words](const Words& entry) { return words.find(entry.part) != std::string_view::npos; });
  return known == kWords.end() ? Failure::other : known->failure;
}

}  // namespace coordinator::agent
