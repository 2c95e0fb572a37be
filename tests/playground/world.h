// The playground's world: guilds, channels, people, bots and messages, found by id or by name. Passive: what
// happens in it is chat.h's business.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "model.h"

namespace coordinator::playground {

class World {
 public:
  // Empty: add to it, or take one of these two.
  World() = default;
  static World standard();
  // README.md, "Another world". The error names the member that is wrong.
  static Result<World> parse(std::string_view json);

  // A snowflake for this moment, greater than every one made before.
  std::uint64_t next_snowflake(WallTime now);

  User& add(User user);
  Role& add(Role role);
  Guild& add(Guild guild);
  Channel& add(Channel channel);
  Application& add(Application application);
  // At most kMessages a channel: the oldest is forgotten.
  Message& add(Message message);
  void remove(ChannelId channel, MessageId message);

  // Null when there is none.
  User* user(UserId id);
  Guild* guild(GuildId id);
  Channel* channel(ChannelId id);
  Role* role(RoleId id);
  Message* message(ChannelId channel, MessageId id);
  Application* application_by_token(std::string_view token);
  Application* application(ApplicationId id);

  // By id or name ("#testing", "testing", "alice", "@alice").
  User* find_user(std::string_view who);
  Channel* find_channel(std::string_view which);
  Guild* find_guild(std::string_view which);

  // The bot that the control interface means when it says "the bot".
  Application& bot() { return applications_.begin()->second; }

  // In the order of their ids.
  const std::map<GuildId, Guild>& guilds() const { return guilds_; }
  const std::map<ChannelId, Channel>& channels() const { return channels_; }
  const std::map<UserId, User>& users() const { return users_; }
  const std::map<RoleId, Role>& roles() const { return roles_; }
  const std::map<ApplicationId, Application>& applications() const { return applications_; }
  const std::map<MessageId, Message>& messages(ChannelId channel) const;

  static constexpr std::size_t kMessages = 20'000;
  static constexpr std::size_t kFileBytes = 256 * 1024 * 1024;  // of all files; the oldest are emptied

  // Where the playground is reached, "http://127.0.0.1:8420": attachments' URLs start with it.
  std::string address;

 private:
  std::map<GuildId, Guild> guilds_;
  std::map<ChannelId, Channel> channels_;
  std::map<UserId, User> users_;
  std::map<RoleId, Role> roles_;
  std::map<ApplicationId, Application> applications_;
  std::map<ChannelId, std::map<MessageId, Message>> messages_;
  void keep_files_small(const Message& added);

  std::deque<std::pair<ChannelId, MessageId>> with_files_;
  std::size_t file_bytes_ = 0;
  std::uint64_t last_snowflake_ = 0;
};

}  // namespace coordinator::playground
