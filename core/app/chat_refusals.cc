#include "app/chat_refusals.h"

#include "coordinator/plugin.h"

namespace coordinator::app {

namespace {

// An overwrite gives a channel's bits to its members: they say nothing of another one. An administrator is
// one in the whole server.
bool holds(const chat::Router& router, const chat::Person& by, std::uint64_t bits, ChannelId channel) {
  if (router.same_place(by.channel, channel)) return (by.permissions & (bits | chat::kAdministrator)) != 0;
  auto guild = router.guild_of(channel);
  return (by.permissions & chat::kAdministrator) != 0 && guild && by.guild == guild;
}

}  // namespace

std::optional<command::Refusal> refuse_stranger(const chat::Engine& engine, const chat::Person& by,
                                                ChannelId channel, std::uint64_t bits) {
  const chat::Project* project = engine.router().project_of(channel);
  if (!project)
    return command::Refusal{COORDINATOR_NOT_FOUND,
                            fmt::format("No project speaks to <#{}>. An administrator can give it one: "
                                        "`/project set`.",
                                        channel.text())};
  if (chat::allows(project->allow, by)) return std::nullopt;
  if (holds(engine.router(), by, bits, channel)) return std::nullopt;
  return command::Refusal{
      COORDINATOR_REFUSED,
      fmt::format(
          "You may not do this in <#{}>: it is for those whom the project **{}** "
          "names in its `allow` list. Whoever runs me can add you to it.{}",
          channel.text(), project->name,
          (by.permissions & bits) ? " If you may manage messages there, use the command there." : "")};
}

bool may_cancel(const chat::Engine& engine, const chat::Person& by, const store::Inbox& mention) {
  if (by.user == mention.author) return true;
  const chat::Project* project = engine.router().project_named(mention.project);
  if (project && chat::allows(project->approvers, by)) return true;
  return holds(engine.router(), by, chat::kManageMessages, mention.channel);
}

}  // namespace coordinator::app
