#include "world.h"

#include <algorithm>

namespace coordinator::playground {

namespace {

template <class Id, class Thing>
Thing* find(std::map<Id, Thing>& things, Id id) {
  auto found = things.find(id);
  return found == things.end() ? nullptr : &found->second;
}

template <class Id, class Thing>
Thing* find(std::map<Id, Thing>& things, std::string_view which, char sigil) {
  if (auto id = Id::parse(which))
    if (auto* thing = find(things, *id)) return thing;
  if (!which.empty() && which.front() == sigil) which.remove_prefix(1);
  for (auto& [id, thing] : things)
    if (thing.name == which) return &thing;
  return nullptr;
}

}  // namespace

std::optional<Emoji> Emoji::parse(std::string_view text) {
  if (text.empty() || text.size() > 100) return std::nullopt;
  auto colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    std::string_view id = text.substr(colon + 1);
    if (!Snowflake<struct EmojiTag>::parse(id) || colon == 0) return std::nullopt;
    return Emoji{std::string(id), std::string(text.substr(0, colon))};
  }
  bool ascii = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
  if (ascii) return std::nullopt;
  return Emoji{"", std::string(text)};
}

World World::standard() {
  World world;
  auto& guild = world.add(Guild{{1100000000000000001}, "Playground", {1100000000000000101}});
  Channel major_domo;
  major_domo.id = {1100000000000000010};
  major_domo.guild = guild.id;
  major_domo.name = "major-domo";
  major_domo.topic = "Where the house is looked after";
  Channel testing = major_domo;
  testing.id = {1100000000000000011};
  testing.name = "testing";
  testing.topic = "Where anything may be tried";
  testing.position = 1;
  world.add(major_domo);
  world.add(testing);
  auto& staff = world.add(Role{{1100000000000000201}, guild.id, "staff"});
  world.add(User{{1100000000000000101}, "alice", false, true, {staff.id}});
  world.add(User{{1100000000000000102}, "bob", false, false, {}});
  world.add(User{{1100000000000000900}, "Coordinator", true, false, {}});
  world.add(Application{{1100000000000000900}, {1100000000000000900}, "playground", true, {}});
  return world;
}

// The lower 22 bits count within a millisecond; past them, or when the clock stood still, it runs ahead.
std::uint64_t World::next_snowflake(WallTime now) {
  auto since = now.time_since_epoch().count() - Snowflake<void>::kDiscordEpoch;
  std::uint64_t fresh = since > 0 ? static_cast<std::uint64_t>(since) << 22 : 0;
  last_snowflake_ = std::max(fresh, last_snowflake_ + 1);
  return last_snowflake_;
}

User& World::add(User user) { return users_[user.id] = std::move(user); }
Role& World::add(Role role) { return roles_[role.id] = std::move(role); }
Guild& World::add(Guild guild) { return guilds_[guild.id] = std::move(guild); }
Channel& World::add(Channel channel) { return channels_[channel.id] = std::move(channel); }
Application& World::add(Application application) {
  return applications_[application.id] = std::move(application);
}

Message& World::add(Message message) {
  auto& list = messages_[message.channel];
  if (list.size() >= kMessages) list.erase(list.begin());
  if (auto* channel = this->channel(message.channel)) {
    channel->last_message = message.id;
    ++channel->message_count;
  }
  Message& stored = list[message.id] = std::move(message);
  keep_files_small(stored);
  return stored;
}

void World::keep_files_small(const Message& added) {
  if (added.attachments.empty()) return;
  with_files_.emplace_back(added.channel, added.id);
  for (const Attachment& file : added.attachments) file_bytes_ += file.bytes->size();
  while (file_bytes_ > kFileBytes) {
    auto [channel, id] = with_files_.front();
    with_files_.pop_front();
    Message* oldest = message(channel, id);
    if (!oldest) continue;
    for (Attachment& file : oldest->attachments) {
      file_bytes_ -= std::min(file_bytes_, file.bytes->size());
      file.bytes = std::make_shared<const std::string>();
    }
  }
}

void World::remove(ChannelId channel, MessageId message) { messages_[channel].erase(message); }

User* World::user(UserId id) { return find(users_, id); }
Guild* World::guild(GuildId id) { return find(guilds_, id); }
Channel* World::channel(ChannelId id) { return find(channels_, id); }
Role* World::role(RoleId id) { return find(roles_, id); }
Message* World::message(ChannelId channel, MessageId id) {
  auto found = messages_.find(channel);
  return found == messages_.end() ? nullptr : find(found->second, id);
}

Application* World::application_by_token(std::string_view token) {
  for (auto& [id, application] : applications_)
    if (application.token == token) return &application;
  return nullptr;
}
Application* World::application(ApplicationId id) { return find(applications_, id); }

User* World::find_user(std::string_view who) { return find(users_, who, '@'); }
Channel* World::find_channel(std::string_view which) { return find(channels_, which, '#'); }
Guild* World::find_guild(std::string_view which) { return find(guilds_, which, '\0'); }

const std::map<MessageId, Message>& World::messages(ChannelId channel) const {
  static const std::map<MessageId, Message> none;
  auto found = messages_.find(channel);
  return found == messages_.end() ? none : found->second;
}

}  // namespace coordinator::playground
