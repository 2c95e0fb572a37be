// The things of the playground's world, as plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"

namespace coordinator::playground {

struct User {
  UserId id;
  std::string name;
  bool bot = false;
  bool admin = false;
  std::vector<RoleId> roles;
};

struct Role {
  RoleId id;
  GuildId guild;
  std::string name;
};

struct Guild {
  GuildId id;
  std::string name;
  UserId owner;
};

// https://discord.com/developers/docs/resources/channel#channel-object-channel-types
struct Channel {
  static constexpr int kText = 0, kNewsThread = 10, kThread = 11, kPrivateThread = 12;

  ChannelId id;
  GuildId guild;
  int type = kText;
  std::string name, topic;
  ChannelId parent;  // a thread's channel
  UserId owner;      // a thread's
  bool archived = false, locked = false;
  int auto_archive_minutes = 1440;
  int slowmode_seconds = 0;
  int position = 0;
  WallTime created;
  WallTime archive_changed{};  // when a thread was archived or opened again; zero: never
  MessageId last_message;
  int message_count = 0;
  bool bot_may_send = true, bot_may_attach = true;

  bool is_thread() const { return type == kNewsThread || type == kThread || type == kPrivateThread; }
};

struct Attachment {
  std::string id, filename, content_type, description;
  bool spoiler = false;
  std::shared_ptr<const std::string> bytes;
};

struct Emoji {
  std::string id;  // empty: a Unicode emoji, whose name is the character itself
  std::string name;
  bool operator==(const Emoji&) const = default;
  // "👀" or "name:123"; absent when it is neither.
  static std::optional<Emoji> parse(std::string_view text);
};

struct Reaction {
  Emoji emoji;
  std::vector<UserId> users;
};

struct Message {
  static constexpr std::uint32_t kSuppressEmbeds = 1 << 2, kEphemeral = 1 << 6, kLoading = 1 << 7,
                                 kSilent = 1 << 12, kComponentsV2 = 1 << 15;
  static constexpr int kNormal = 0, kThreadCreated = 18, kReply = 19, kCommand = 20, kThreadStarter = 21,
                       kContextCommand = 23;

  MessageId id;
  ChannelId channel;
  UserId author;
  int type = kNormal;
  std::string content;
  Json embeds = Json::array(), components = Json::array();
  std::vector<Attachment> attachments;
  std::uint32_t flags = 0;
  std::vector<UserId> mentions;
  std::vector<RoleId> mention_roles;
  bool mention_everyone = false;
  bool tts = false;
  std::optional<Json> nonce;
  std::optional<MessageId> reply_to;  // in the same channel
  std::optional<WallTime> edited;
  std::vector<Reaction> reactions;
  std::optional<UserId> ephemeral_for;
  std::optional<ApplicationId> by_interaction;  // answers to interactions are an application's webhook's
  std::optional<Json> interaction_metadata;
  std::optional<ChannelId> thread;
};

// A bot and its application; their ids are the same, as with every bot made since 2016.
struct Application {
  ApplicationId id;
  UserId user;
  std::string token;
  bool message_content = true;  // the portal's switch for the privileged intent
  std::vector<Json> commands;   // as Discord would give them back
};

}  // namespace coordinator::playground
