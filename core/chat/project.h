// A project: the channels that speak to it, the directory it lives in, the agent that serves it, and who may
// ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/spec.h"
#include "base/ids.h"

namespace coordinator::chat {

struct Access {
  std::vector<UserId> users;
  std::vector<RoleId> roles;
  std::vector<GuildId> guilds;
  bool everyone = false;  // "everyone", written out: an agent with a shell is never open by accident
};

enum class WhenBusy { queue, steer, interrupt, collect };
enum class Stream { final, live };  // whether a turn is shown while it goes on

// Whether people are asked for what `allowed_tools` does not name.
enum class Permissions { ask, refuse };

struct Project {
  std::string name;
  std::vector<ChannelId> channels;
  std::string directory;
  std::string agent = "claude";
  agent::AgentSettings settings;  // of that agent
  std::string model;
  std::vector<std::string> allowed_tools;
  std::string system_prompt;
  Permissions permissions = Permissions::ask;
  Millis permission_timeout = 1h;  // then it is denied
  Access allow, approvers;
  WhenBusy when_busy = WhenBusy::queue;
  Stream stream = Stream::final;
  bool link_previews = false;  // Discord shows what stands behind the links of an answer
  agent::Limits limits;
};

struct ChatLimits {
  std::size_t queue = 50;                      // waiting mentions in one channel
  std::size_t turns_at_once = 8;               // running agents, all channels together
  std::size_t answer_messages = 6;             // messages that one answer may take
  std::size_t attachments = 10;                // files that one mention may bring
  std::uint64_t attachment_bytes = 25u << 20;  // of each of them
};

// What the engine takes from the configuration; it may change while it runs.
struct EngineSettings {
  std::vector<Project> projects;
  ChatLimits limits;
};

}  // namespace coordinator::chat
