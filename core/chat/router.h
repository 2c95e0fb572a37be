// The router: from a message to the project that it is meant for. It knows the configured channels and the
// threads under them, and nothing of any other channel.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "chat/project.h"
#include "discord/event.h"

namespace coordinator::chat {

class Router {
 public:
  explicit Router(std::vector<Project> projects) { configure(std::move(projects)); }

  // Other projects from now on; what pointed at the ones before is void. Threads stay known where their
  // channel stays configured.
  void configure(std::vector<Project> projects);

  // Not for us: no mention, a bot, a webhook.
  struct Ignored {};
  // A mention in a channel that is not configured; it may be a thread of ours that is not known yet.
  struct Unknown {};
  // Valid until the projects change.
  struct Routed {
    const Project* project;
  };
  using Verdict = std::variant<Ignored, Unknown, Routed>;

  Verdict route(const discord::Message& message, UserId self) const;
  // The project of a configured channel or of a known thread under one; null for any other.
  const Project* project_of(ChannelId channel) const;
  const Project* project_named(std::string_view name) const;
  // The server to which a configured channel, or a known thread under one, belongs; absent until it was told.
  std::optional<GuildId> guild_of(ChannelId channel) const;
  // Whether a configured channel is known to be in this server.
  bool serves(GuildId guild) const;
  // Whether both are one configured channel or threads under it.
  bool same_place(ChannelId a, ChannelId b) const { return configured(a) == configured(b); }

  // As belongs(), where it tells the server.
  std::optional<ChannelId> seen(const discord::ChannelSeen& channel);
  // The configured channel whose server is known now, where that is news.
  std::optional<ChannelId> belongs(ChannelId channel, GuildId guild);
  // Configured channels whose server is not known.
  std::vector<ChannelId> unplaced() const;
  void gone(ChannelId channel);

 private:
  ChannelId configured(ChannelId channel) const;

  std::vector<Project> projects_;
  std::unordered_map<ChannelId, std::size_t> channels_;  // places in projects_
  std::unordered_map<ChannelId, ChannelId> threads_;     // thread -> configured channel
  std::unordered_map<ChannelId, GuildId> guilds_;        // of configured channels
};

}  // namespace coordinator::chat
