// The router: from a message to the project that it is meant for. It knows the configured channels and the
// threads under them, and nothing of any other channel.
#pragma once

#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "chat/project.h"
#include "discord/event.h"

namespace coordinator::chat {

class Router {
 public:
  // The projects must outlive the router, or be set again.
  explicit Router(const std::vector<Project>& projects);

  // Not for us: no mention, a bot, a webhook.
  struct Ignored {};
  // A mention in a channel that is not configured; it may be a thread of ours that is not known yet.
  struct Unknown {};
  struct Routed {
    const Project* project;
  };
  using Verdict = std::variant<Ignored, Unknown, Routed>;

  Verdict route(const discord::Message& message, UserId self) const;
  // The project of a configured channel or of a known thread under one; null for any other.
  const Project* project_of(ChannelId channel) const;
  const Project* project_named(std::string_view name) const;

  void seen(const discord::ChannelSeen& channel);
  void gone(ChannelId channel);

 private:
  std::unordered_map<ChannelId, const Project*> channels_;
  std::unordered_map<ChannelId, ChannelId> threads_;  // thread -> configured channel
  const std::vector<Project>& projects_;
};

}  // namespace coordinator::chat
