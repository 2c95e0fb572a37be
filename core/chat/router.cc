#include "chat/router.h"

#include <algorithm>

#include "chat/mention.h"

namespace coordinator::chat {

Router::Router(const std::vector<Project>& projects) : projects_(projects) {
  for (const Project& project : projects_)
    for (ChannelId channel : project.channels) channels_.emplace(channel, &project);
}

Router::Verdict Router::route(const discord::Message& message, UserId self) const {
  if (!mentions(message, self)) return Ignored{};
  if (const Project* project = project_of(message.channel)) return Routed{project};
  return Unknown{};
}

const Project* Router::project_of(ChannelId channel) const {
  if (auto thread = threads_.find(channel); thread != threads_.end()) channel = thread->second;
  auto found = channels_.find(channel);
  return found == channels_.end() ? nullptr : found->second;
}

const Project* Router::project_named(std::string_view name) const {
  auto found =
      std::find_if(projects_.begin(), projects_.end(), [&](const Project& p) { return p.name == name; });
  return found == projects_.end() ? nullptr : &*found;
}

void Router::seen(const discord::ChannelSeen& channel) {
  if (!channel.is_thread || !channel.parent || !channels_.contains(*channel.parent)) return;
  threads_.insert_or_assign(channel.id, *channel.parent);
}

void Router::gone(ChannelId channel) { threads_.erase(channel); }

}  // namespace coordinator::chat
