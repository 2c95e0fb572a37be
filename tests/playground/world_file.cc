// The reader of a world file.
#include <algorithm>

#include "world.h"

namespace coordinator::playground {

namespace {

// Made-up ids count up from here, where no test's own ids are.
constexpr std::uint64_t kMadeUp = 1200000000000000000;

class Reader {
 public:
  explicit Reader(JsonView file) : file_(file) {}

  Result<World> read() {
    for (JsonView user : file_["users"]) read_user(user);
    if (world_.users().empty()) world_.add(User{{next_id_++}, "alice", false, true, {}});
    for (JsonView guild : file_["guilds"]) read_guild(guild);
    read_bot();
    if (world_.guilds().empty()) complain("guilds: at least one is needed");
    if (world_.channels().empty()) complain("guilds[0].channels: at least one is needed");
    if (!error_.empty()) return fail("the world file: {}", error_);
    return std::move(world_);
  }

 private:
  template <class Id>
  Id id(JsonView thing, std::string_view what) {
    if (!thing["id"]) return Id{next_id_++};
    if (auto id = thing["id"].id<Id>()) return *id;
    complain(fmt::format("{}: id must be a string of digits", what));
    return Id{next_id_++};
  }

  std::string name(JsonView thing, std::string_view what) {
    std::string name = thing["name"].text_or("");
    if (name.empty()) complain(fmt::format("{}: name is missing", what));
    return name;
  }

  void read_user(JsonView user) {
    world_.add(User{id<UserId>(user, "users"), name(user, "users"), false, user["admin"].truthy(), {}});
  }

  void read_guild(JsonView guild) {
    UserId owner = world_.users().begin()->first;
    GuildId guild_id = world_.add(Guild{id<GuildId>(guild, "guilds"), name(guild, "guilds"), owner}).id;
    int position = 0;
    for (JsonView entry : guild["channels"]) {
      Channel channel;
      channel.id = id<ChannelId>(entry, "channels");
      channel.guild = guild_id;
      channel.name = name(entry, "channels");
      channel.topic = entry["topic"].text_or("");
      channel.position = position++;
      world_.add(std::move(channel));
    }
    for (JsonView entry : guild["roles"]) {
      RoleId role = world_.add(Role{id<RoleId>(entry, "roles"), guild_id, name(entry, "roles")}).id;
      for (JsonView member : entry["users"]) {
        if (auto* user = world_.find_user(member.text_or("")))
          user->roles.push_back(role);
        else
          complain(fmt::format("roles: there is no user {}", member.text_or("(not a name)")));
      }
    }
  }

  void read_bot() {
    JsonView entry = file_["application"];
    auto application = id<ApplicationId>(entry, "application");
    world_.add(User{{application.value}, entry["name"].text_or("Coordinator"), true, false, {}});
    world_.add(Application{application,
                           {application.value},
                           file_["token"].text_or("playground"),
                           file_["message_content"].boolean().value_or(true),
                           {}});
  }

  void complain(std::string text) {
    if (error_.empty()) error_ = std::move(text);
  }

  JsonView file_;
  World world_;
  std::uint64_t next_id_ = kMadeUp;
  std::string error_;
};

}  // namespace

Result<World> World::parse(std::string_view json) {
  auto file = Json::parse(json);
  if (!file) return tl::unexpected<Error>(file.error());
  return Reader(file->view()).read();
}

}  // namespace coordinator::playground
