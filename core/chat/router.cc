#include "chat/router.h"

#include <algorithm>
#include <utility>

#include "chat/mention.h"

namespace coordinator::chat {

void Router::configure(std::vector<Project> projects) {
  projects_ = std::move(projects);
  channels_.clear();
  for (std::size_t place = 0; place < projects_.size(); ++place)
    for (ChannelId channel : projects_[place].channels) channels_.emplace(channel, place);
  std::erase_if(threads_, [&](const auto& thread) { return !channels_.contains(thread.second); });
  std::erase_if(guilds_, [&](const auto& known) { return !channels_.contains(known.first); });
}

Router::Verdict Router::route(const discord::Message& message, UserId self) const {
  if (!mentions(message, self)) return Ignored{};
  if (const Project* project = project_of(message.channel)) return Routed{project};
  return Unknown{};
}

const Project* Router::project_of(ChannelId channel) const {
  auto found = channels_.find(configured(channel));
  return found == channels_.end() ? nullptr : &projects_[found->second];
}

const Project* Router::project_named(std::string_view name) const {
  auto found =
      std::find_if(projects_.begin(), projects_.end(), [&](const Project& p) { return p.name == name; });
  return found == projects_.end() ? nullptr : &*found;
}

std::optional<GuildId> Router::guild_of(ChannelId channel) const {
  auto found = guilds_.find(configured(channel));
  if (found == guilds_.end()) return std::nullopt;
  return found->second;
}

bool Router::serves(GuildId guild) const {
  return std::any_of(guilds_.begin(), guilds_.end(),
                     [guild](const auto& known) { return known.second == guild; });
}

std::optional<ChannelId> Router::seen(const discord::ChannelSeen& channel) {
  if (channel.is_thread && channel.parent && channels_.contains(*channel.parent))
    threads_.insert_or_assign(channel.id, *channel.parent);
  return channel.guild ? belongs(channel.id, *channel.guild) : std::nullopt;
}

std::optional<ChannelId> Router::belongs(ChannelId channel, GuildId guild) {
  ChannelId owner = configured(channel);
  if (!channels_.contains(owner) || guild_of(owner) == guild) return std::nullopt;
  guilds_.insert_or_assign(owner, guild);
  return owner;
}

std::vector<ChannelId> Router::unplaced() const {
  std::vector<ChannelId> out;
  for (const auto& [channel, place] : channels_)
    if (!guilds_.contains(channel)) out.push_back(channel);
  std::sort(out.begin(), out.end());
  return out;
}

void Router::gone(ChannelId channel) { threads_.erase(channel); }

ChannelId Router::configured(ChannelId channel) const {
  auto thread = threads_.find(channel);
  return thread == threads_.end() ? channel : thread->second;
}

}  // namespace coordinator::chat
