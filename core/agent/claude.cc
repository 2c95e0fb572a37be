#include "agent/claude.h"

#include "agent/claude_lines.h"
#include "agent/claude_permissions.h"
#include "agent/pictures.h"
#include "base/json.h"

namespace coordinator::agent {

namespace {

// They reach other sessions of the same user, or plan work for after the turn.
constexpr const char* kDisallowed = "--disallowedTools=SendMessage,ListAgents,CronCreate,ScheduleWakeup";

std::string user_message(Json content, const std::string& uuid) {
  auto message = Json::object().set("role", "user").set("content", std::move(content));
  return Json::object().set("type", "user").set("message", std::move(message)).set("uuid", uuid).dump() +
         "\n";
}

Json control_response(const std::string& request_id, Json answer) {
  auto response = Json::object()
                      .set("subtype", "success")
                      .set("request_id", request_id)
                      .set("response", std::move(answer));
  return Json::object().set("type", "control_response").set("response", std::move(response));
}

// https://docs.claude.com/en/docs/build-with-claude/vision
Json picture_block(const Picture& picture) {
  auto source =
      Json::object().set("type", "base64").set("media_type", picture.type).set("data", base64(picture.bytes));
  return Json::object().set("type", "image").set("source", std::move(source));
}

// Words alone, or blocks where there are pictures.
Json content_of(const TurnSpec& spec) {
  Json blocks = Json::array();
  for (const Picture& picture : spec.pictures)
    if (!picture.bytes.empty()) blocks.push(picture_block(picture));
  if (blocks.view().size() == 0) return spec.prompt;
  return std::move(blocks).push(Json::object().set("type", "text").set("text", spec.prompt));
}

}  // namespace

// Each option with its value in one argument: a value that begins with a dash stays a value.
std::vector<std::string> Claude::argv(const TurnSpec& spec) const {
  std::vector<std::string> argv = spec.agent.command;
  argv.insert(argv.end(), {"-p", "--input-format=stream-json", "--output-format=stream-json", "--verbose",
                           "--include-partial-messages", "--permission-prompt-tool=stdio",
                           "--disable-slash-commands", "--strict-mcp-config", kDisallowed});
  if (!spec.resume && !spec.fork_of.empty())
    argv.insert(argv.end(), {"--resume=" + spec.fork_of, "--fork-session"});
  argv.push_back((spec.resume ? "--resume=" : "--session-id=") + spec.session_id);
  if (!spec.model.empty()) argv.push_back("--model=" + spec.model);
  for (const auto& tool : spec.allowed_tools) argv.push_back("--allowedTools=" + tool);
  if (!spec.system_prompt.empty()) {
    argv.push_back("--append-system-prompt=" + spec.system_prompt);
    argv.push_back(
        "--system-prompt-snapshot=off");  // else a changed prompt has no effect on a resumed session
  }
  return argv;
}

// Its login and its endpoint, and what an operator has switched off. CLAUDECODE and the other CLAUDE_CODE_*
// belong to the session that the daemon may have been started from.
NameList Claude::passed_environment() const {
  return {"ANTHROPIC_*",
          "CLAUDE_CONFIG_DIR",
          "CLAUDE_CODE_OAUTH_TOKEN",
          "CLAUDE_CODE_USE_BEDROCK",
          "CLAUDE_CODE_USE_VERTEX",
          "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
          "CLAUDE_CODE_MAX_RETRIES",
          "CLAUDE_CODE_TMPDIR",
          "API_TIMEOUT_MS",
          "DISABLE_TELEMETRY",
          "DISABLE_ERROR_REPORTING"};
}

Environment Claude::environment(const TurnSpec&) const {
  return {{"CLAUDE_CODE_DISABLE_FILE_MENTIONS", "1"},     // "@/etc/passwd" in a message must stay words
          {"CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1"},  // a turn's tree ends with the turn
          {"CLAUDE_CODE_DISABLE_CRON", "1"},
          {"DISABLE_AUTOUPDATER", "1"}};
}

// What it answers to `initialize`, without the numbers and prices that change with each model.
std::vector<ModelAlias> Claude::models() const {
  return {{"opus", "for everyday and complex tasks"},
          {"sonnet", "efficient, for routine tasks"},
          {"haiku", "the fastest, for quick answers"},
          {"fable", "the most capable, for the hardest and longest tasks"}};
}

// "claude-...", with or without a provider's name before it, or anything that carries a date.
bool Claude::is_full_model_id(std::string_view name) const {
  if (name.find("claude-") != std::string_view::npos) return true;
  std::size_t digits = 0;
  for (char c : name)
    if (digits = c >= '0' && c <= '9' ? digits + 1 : 0; digits == 8) return true;
  return false;
}

std::string Claude::prompt(const TurnSpec& spec) const {
  return user_message(content_of(spec), spec.message_uuid);
}

// Read between two steps of the turn, or behind it, as a turn of its own with a result of its own. What it
// knows by its uuid already it does not read twice.
std::string Claude::steering(const Steering& steering) const {
  return user_message(steering.prompt, steering.message_uuid);
}

std::string Claude::interrupt() const {
  return Json::object()
             .set("type", "control_request")
             .set("request_id", "interrupt")
             .set("request", Json::object().set("subtype", "interrupt"))
             .dump() +
         "\n";
}

std::string Claude::answer(const PermissionAnswer& answer) const {
  return control_response(answer.request_id, claude_permission_answer(answer)).dump() + "\n";
}

std::vector<Event> Claude::parse(std::string_view line) const { return parse_claude_line(line); }
Failure Claude::failure_of(std::string_view stderr_tail) const { return claude_failure(stderr_tail); }

}  // namespace coordinator::agent
