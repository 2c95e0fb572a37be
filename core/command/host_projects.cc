// coordinator.projects/1: projects, as the configuration file has them.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

using Progress = void (*)(void* context, coordinator_string words);

void show(const chat::Project& from, coordinator_visit_project visit, void* context) {
  std::vector<std::uint64_t> channels;
  for (ChannelId channel : from.channels) channels.push_back(channel.value);
  auto out = sized<coordinator_project>();
  out.name = lend(from.name);
  out.directory = lend(from.directory);
  out.agent = lend(from.agent);
  out.model = lend(from.model);
  out.channels = channels.data();
  out.channel_count = channels.size();
  visit(context, &out);
}

std::optional<std::string> given(coordinator_string text) {
  return absent(text) ? std::nullopt : std::optional(std::string(view_of(text)));
}

ProjectChange change_of(const coordinator_project_change* passed) {
  coordinator_project_change from = taken(passed);
  ProjectChange change;
  change.name = view_of(from.name);
  change.repository = given(from.repository);
  change.directory = given(from.directory);
  change.model = given(from.model);
  change.system_prompt = given(from.system_prompt);
  change.allow = given(from.allow);
  if (from.channel != 0) change.channel = ChannelId{from.channel};
  return change;
}

// Copies, since the visitor may change projects.
void each(const coordinator_host* table, coordinator_visit_project visit, void* context) {
  Host& host = Host::of(table);
  if (host.closed() || !visit) return;
  const std::vector<chat::Project> projects = host.room().services.projects.projects();
  for (const chat::Project& project : projects) show(project, visit, context);
}

int of_channel(const coordinator_host* table, std::uint64_t channel, coordinator_visit_project visit,
               void* context) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  const chat::Project* project = host.room().services.projects.project_of(ChannelId{channel});
  if (!project) return COORDINATOR_NOT_FOUND;
  if (visit) show(chat::Project(*project), visit, context);
  return COORDINATOR_OK;
}

// Told between the asking and `done`, by the loop, as long as the plugin is loaded.
ProjectService::Progress progress_of(Host& host, Progress progress, void* context) {
  if (!progress) return [](const std::string&) {};
  return [self = host.self(), progress, context](const std::string& words) {
    if (*self) (*self)->tell_soon([progress, context, words] { progress(context, lend(words)); });
  };
}

void add(const coordinator_host* table, coordinator_call call, const coordinator_project_change* change,
         Progress progress, coordinator_done done, void* context) {
  for_person(table, call, "projects add", done, context, [=](Host& host, const Call& by, Done told) {
    host.room().services.projects.add(by.interaction.person, change_of(change),
                                      progress_of(host, progress, context), std::move(told));
  });
}

void set(const coordinator_host* table, coordinator_call call, const coordinator_project_change* change,
         coordinator_done done, void* context) {
  for_person(table, call, "projects set", done, context, [=](Host& host, const Call& by, Done told) {
    host.room().services.projects.set(by.interaction.person, change_of(change), std::move(told));
  });
}

void remove(const coordinator_host* table, coordinator_call call, coordinator_string name,
            coordinator_done done, void* context) {
  for_person(table, call, "projects remove", done, context, [=](Host& host, const Call& by, Done told) {
    host.room().services.projects.remove(by.interaction.person, view_of(name), std::move(told));
  });
}

}  // namespace

const coordinator_projects& projects_table() {
  static const coordinator_projects table = {sizeof table, each, of_channel, add, set, remove};
  return table;
}

}  // namespace coordinator::command
