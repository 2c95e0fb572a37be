#include "speech.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <utility>

namespace demo {

using coordinator::Json;

namespace {

Json line(const Session& session, const char* type) {
  return Json::object().set("type", type).set("session_id", session.id());
}

void say_message(const Session& session, const char* role, Json block) {
  auto message = Json::object()
                     .set("role", role)
                     .set("model", "demo")
                     .set("content", Json::array().push(std::move(block)));
  say(line(session, role).set("message", std::move(message)).set("parent_tool_use_id", Json()));
}

}  // namespace

void say_raw(std::string_view words) {
  std::fwrite(words.data(), 1, words.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void say(const Json& json) { say_raw(json.dump()); }

void say_error(std::string_view words) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(words.size()), words.data());
}

void say_init(const Session& session, const std::string& model) {
  std::error_code ignored;
  say(line(session, "system")
          .set("subtype", "init")
          .set("cwd", std::filesystem::current_path(ignored).string())
          .set("model", model)
          .set("tools", Json::array().push("Bash"))
          .set("permissionMode", "default")
          .set("agent", "coordinator-demo-agent"));
}

void say_stream_event(const Session& session, Json event) {
  say(line(session, "stream_event").set("event", std::move(event)).set("parent_tool_use_id", Json()));
}

void say_delta(const Session& session, std::string_view text) {
  auto delta = Json::object().set("type", "text_delta").set("text", text);
  say_stream_event(
      session,
      Json::object().set("type", "content_block_delta").set("index", 0).set("delta", std::move(delta)));
}

void say_text(const Session& session, const std::string& text) {
  say_message(session, "assistant", Json::object().set("type", "text").set("text", text));
}

void say_tool_use(const Session& session, const std::string& id, const std::string& command) {
  say_message(session, "assistant",
              Json::object()
                  .set("type", "tool_use")
                  .set("id", id)
                  .set("name", "Bash")
                  .set("input", Json::object().set("command", command)));
}

void say_tool_result(const Session& session, const std::string& id, const std::string& content,
                     bool is_error) {
  say_message(session, "user",
              Json::object()
                  .set("type", "tool_result")
                  .set("tool_use_id", id)
                  .set("content", content)
                  .set("is_error", is_error));
}

void say_retry(const Session& session, int attempt) {
  say(line(session, "system")
          .set("subtype", "api_retry")
          .set("attempt", attempt)
          .set("max_retries", 10)
          .set("retry_delay_ms", 500)
          .set("error_status", 529)
          .set("error", "overloaded"));
}

void say_lifecycle(const std::string& uuid, const char* state) {
  if (uuid.empty()) return;
  say(Json::object().set("type", "command_lifecycle").set("command_uuid", uuid).set("state", state));
}

void say_result(const Session& session, const Result& result) {
  bool aborted = result.terminal_reason.starts_with("aborted");
  Json json = line(session, "result")
                  .set("subtype", aborted ? "error_during_execution" : "success")
                  .set("is_error", result.is_error || aborted)
                  .set("result", result.text)
                  .set("terminal_reason", result.terminal_reason)
                  .set("total_cost_usd", session.cost_usd)
                  .set("usage", Json::object().set("input_tokens", 10).set("output_tokens", 20))
                  .set("num_turns", 1);
  if (result.api_status != 0) json.set("api_error_status", result.api_status);
  Json uuids = Json::array();
  for (const auto& uuid : result.uuids)
    if (!uuid.empty()) uuids.push(uuid);
  if (uuids.view().size() > 0) json.set("user_message_uuids", std::move(uuids));
  say(json);
}

}  // namespace demo
