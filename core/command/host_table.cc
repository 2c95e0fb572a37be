// The table of six functions that a plugin is given.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "command/host_tables.h"
#include "command/reply_text.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kLogLine = 4096;  // bytes

void write_log(const coordinator_host* table, int level, coordinator_string text) {
  constexpr int kHighest = static_cast<int>(log::Level::error);
  auto known = static_cast<log::Level>(std::clamp(level, 0, kHighest));
  Host::of(table).log(known, view_of(text).substr(0, kLogLine));
}

const void* extension(const coordinator_host*, const char* name) {
  return name ? extension_table(name) : nullptr;
}

coordinator_string argument(const coordinator_host* table, coordinator_call number, coordinator_string name) {
  Host& host = Host::of(table);
  if (host.closed()) return {};
  auto call = host.call(number, "argument");
  if (!call) return {};
  auto found = call->interaction.arguments.find(view_of(name));
  return found == call->interaction.arguments.end() ? coordinator_string{} : lend(found->second);
}

int reply(const coordinator_host* table, coordinator_call number, coordinator_string text) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  auto call = host.call(number, "reply");
  if (!call) return COORDINATOR_GONE;
  std::vector<std::string> messages = reply_messages(view_of(text));
  if (messages.empty()) {
    host.log(log::Level::warning, "reply: nothing in it can be seen");
    return COORDINATOR_INVALID;
  }
  bool ephemeral = call->invocation.ephemeral_by_default();
  for (const std::string& content : messages) {
    auto asked =
        call->invocation.follow_up(Json::object().set("content", content), ephemeral, host.now().instant);
    if (int result = host.room().calls.ask(*call, std::move(asked)); result != COORDINATOR_OK) return result;
  }
  return COORDINATOR_OK;
}

int hold(const coordinator_host* table, coordinator_call number) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  auto call = host.call(number, "hold");
  if (!call) return COORDINATOR_GONE;
  if (!call->holds && host.room().calls.held_by(host.name()) >= Calls::kHeld) {
    host.log(log::Level::warning, fmt::format("hold: {} calls are held already", Calls::kHeld));
    return COORDINATOR_LIMIT;
  }
  host.room().calls.hold(*call);
  return COORDINATOR_OK;
}

void release(const coordinator_host* table, coordinator_call number) {
  Host& host = Host::of(table);
  if (host.closed()) return;
  if (auto call = host.call(number, "release")) host.release(*call);
}

}  // namespace

coordinator_host host_functions() {
  coordinator_host table{};
  table.size = sizeof table;
  table.major = COORDINATOR_MAJOR;
  table.minor = COORDINATOR_MINOR;
  table.log = write_log;
  table.extension = extension;
  table.argument = argument;
  table.reply = reply;
  table.hold = hold;
  table.release = release;
  return table;
}

const void* extension_table(std::string_view name) {
  if (name == COORDINATOR_INTERACTIONS) return &interactions_table();
  if (name == COORDINATOR_SESSIONS) return &sessions_table();
  if (name == COORDINATOR_QUEUE) return &queue_table();
  if (name == COORDINATOR_PROJECTS) return &projects_table();
  if (name == COORDINATOR_MODELS) return &models_table();
  if (name == COORDINATOR_STORAGE) return &storage_table();
  if (name == COORDINATOR_TIMERS) return &timers_table();
  if (name == COORDINATOR_HTTP) return &http_table();
  if (name == COORDINATOR_METRICS) return &metrics_table();
  if (name == COORDINATOR_USAGE) return &usage_table();
  if (name == COORDINATOR_AUDIT) return &audit_table();
  if (name == COORDINATOR_PLUGINS) return &plugins_table();
  return nullptr;
}

}  // namespace coordinator::command
