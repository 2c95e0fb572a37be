#include "command_data.h"

#include "objects.h"

namespace coordinator::playground {

namespace {

enum OptionType { kSubcommand = 1, kGroup = 2, kUser = 6, kChannel = 7, kRole = 8, kMentionable = 9 };

class Builder {
 public:
  Builder(World& world, const Channel& channel, const std::optional<std::string>& focused)
      : world_(world), channel_(channel), focused_(focused) {}

  Result<Json> options(JsonView declared, JsonView given) {
    Json out = Json::array();
    for (JsonView value : given) {
      bool known = false;
      for (JsonView option : declared) known = known || option["name"].text() == value.key();
      if (!known) return fail("the command has no option \"{}\"", value.key());
    }
    for (JsonView option : declared) {
      std::string name = option["name"].text_or("");
      JsonView value = given[name];
      if (!value) {
        if (option["required"].truthy() && !focused_) return fail("the option \"{}\" is required", name);
        continue;
      }
      auto entry = this->option(option, name, value);
      if (!entry) return entry;
      out.push(std::move(*entry));
    }
    return out;
  }

  // Users, members, channels, roles and messages that the options or the target name.
  Json resolved() { return std::move(resolved_); }

  void resolve_user(std::string_view id) {
    auto user_id = UserId::parse(id);
    const auto* user = user_id ? world_.user(*user_id) : nullptr;
    if (!user) return;
    note("users", id, user_object(*user));
    note("members", id, member_object(*user, false).set("permissions", "0"));
  }

  void resolve_message(std::string_view id) {
    auto message_id = MessageId::parse(id);
    const auto* message = message_id ? world_.message(channel_.id, *message_id) : nullptr;
    if (message) note("messages", id, message_object(world_, *message, world_.bot().user));
  }

 private:
  Result<Json> option(JsonView declared, const std::string& name, JsonView value) {
    auto type = declared["type"].integer().value_or(3);
    Json entry = Json::object().set("name", name).set("type", type);
    if (type == kSubcommand || type == kGroup) {
      auto inner = options(declared["options"], value);
      if (!inner) return inner;
      return std::move(entry).set("options", std::move(*inner));
    }
    if (type == kUser || type == kMentionable) resolve_user(value.text_or(""));
    if (type == kChannel)
      if (const auto* channel = world_.find_channel(value.text_or("")))
        note("channels", value.text_or(""), channel_object(*channel).set("permissions", "0"));
    if (type == kRole || type == kMentionable)
      if (auto id = value.id<RoleId>())
        if (const auto* role = world_.role(*id)) note("roles", id->text(), role_object(*role));
    entry.set("value", Json::clone(value));
    if (focused_ == name) entry.set("focused", true);
    return entry;
  }

  void note(const char* kind, std::string_view id, Json object) {
    Json objects = resolved_[kind] ? Json::clone(resolved_[kind]) : Json::object();
    resolved_.set(kind, std::move(objects).set(id, std::move(object)));
  }

  World& world_;
  const Channel& channel_;
  const std::optional<std::string>& focused_;
  Json resolved_ = Json::object();
};

}  // namespace

Result<Json> command_data(World& world, JsonView command, const Channel& channel, JsonView options,
                          std::string_view target, const std::optional<std::string>& focused) {
  Builder builder(world, channel, focused);
  auto type = command["type"].integer().value_or(1);
  Json data = Json::object()
                  .set("id", Json::clone(command["id"]))
                  .set("name", Json::clone(command["name"]))
                  .set("type", type);
  if (command["guild_id"]) data.set("guild_id", Json::clone(command["guild_id"]));
  if (type == 1) {
    auto list = builder.options(command["options"], options);
    if (!list) return list;
    if (list->view().size() > 0) data.set("options", std::move(*list));
  } else {
    if (target.empty()) return fail("a user or message command needs a target");
    data.set("target_id", target);
    type == 2 ? builder.resolve_user(target) : builder.resolve_message(target);
  }
  Json resolved = builder.resolved();
  if (resolved.view().size() > 0) data.set("resolved", std::move(resolved));
  return data;
}

}  // namespace coordinator::playground
