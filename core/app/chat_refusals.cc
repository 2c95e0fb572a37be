#include "app/chat_refusals.h"

#include "coordinator/plugin.h"

namespace coordinator::app {

std::optional<command::Refusal> refuse_stranger(const chat::Engine& engine, const chat::Person& by,
                                                ChannelId channel, std::uint64_t bits) {
  const chat::Project* project = engine.router().project_of(channel);
  if (!project)
    return command::Refusal{COORDINATOR_NOT_FOUND,
                            fmt::format("No project speaks to <#{}>. An administrator can give it one: "
                                        "`/project set`.",
                                        channel.text())};
  if (chat::allows(project->allow, by)) return std::nullopt;
  if (chat::holds(by, bits | chat::kAdministrator, engine.router().guild_of(channel))) return std::nullopt;
  return command::Refusal{
      COORDINATOR_REFUSED,
      fmt::format("You may not do this in <#{}>: it is for those whom the project **{}** "
                  "names in its `allow` list. Whoever runs this server can add you to it.",
                  channel.text(), project->name)};
}

bool may_cancel(const chat::Engine& engine, const chat::Person& by, const store::Inbox& mention) {
  if (by.user == mention.author) return true;
  const chat::Project* project = engine.router().project_named(mention.project);
  if (project && chat::allows(project->approvers, by)) return true;
  return chat::holds(by, chat::kManageMessages | chat::kAdministrator,
                     engine.router().guild_of(mention.channel));
}

}  // namespace coordinator::app
