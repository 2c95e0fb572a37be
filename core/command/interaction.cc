#include "command/interaction.h"

#include <charconv>
#include <utility>

namespace coordinator::command {

namespace {

constexpr int kSubcommand = 1, kGroup = 2, kAttachment = 11;  // option types
constexpr std::int64_t kRow = 1, kLabel = 18;                 // component types
constexpr std::int64_t kEphemeral = 1 << 6;                   // a message's flag

// Bits beyond 2^53 come as decimal text.
std::uint64_t bits(JsonView text) {
  std::uint64_t value = 0;
  std::string_view digits = text.text().value_or("");
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

std::string as_text(JsonView value) {
  if (auto text = value.text()) return std::string(*text);
  return value && !value.is_null() ? value.dump() : std::string();
}

std::string display_name(JsonView user, JsonView member) {
  return member["nick"].text_or(user["global_name"].text_or(user["username"].text_or("")));
}

chat::Person person_of(JsonView data) {
  JsonView member = data["member"];
  JsonView user = member ? member["user"] : data["user"];
  chat::Person person;
  person.user = user["id"].id<UserId>().value_or(UserId{});
  person.name = display_name(user, member);
  for (JsonView role : member["roles"])
    if (auto id = role.id<RoleId>()) person.roles.push_back(*id);
  person.guild = data["guild_id"].id<GuildId>();
  person.channel = data["channel_id"].id<ChannelId>().value_or(ChannelId{});
  person.permissions = bits(member["permissions"]);
  return person;
}

// Of a file only its address is of use.
std::string option_value(JsonView option, JsonView resolved) {
  std::string value = as_text(option["value"]);
  if (option["type"].integer() != kAttachment) return value;
  return resolved["attachments"][value]["url"].text_or(value);
}

void read_options(JsonView options, JsonView resolved, Interaction& into) {
  for (JsonView option : options) {
    std::string name = option["name"].text_or("");
    auto type = option["type"].integer().value_or(0);
    if (type == kSubcommand || type == kGroup) {
      std::string& path = into.arguments[""];
      path += (path.empty() ? "" : " ") + name;
      read_options(option["options"], resolved, into);
      continue;
    }
    if (option["focused"].truthy()) {
      into.focused = name;
      into.focused_type = static_cast<int>(type);
    }
    into.arguments[name] = option_value(option, resolved);
  }
}

std::string joined(JsonView values) {
  std::string out;
  for (JsonView value : values) out += (out.empty() ? "" : "\n") + as_text(value);
  return out;
}

// A field of a modal: alone in a label, or in a row as older modals have them.
void read_field(JsonView field, Interaction& into) {
  auto name = field["custom_id"].text();
  if (!name) return;
  std::string& value = into.arguments[std::string(*name)];
  if (!field["values"].is_array()) {
    value = as_text(field["value"]);
    return;
  }
  value = joined(field["values"]);
  for (JsonView chosen : field["values"]) into.values.push_back(as_text(chosen));
}

void read_fields(JsonView components, Interaction& into) {
  for (JsonView component : components) {
    auto type = component["type"].integer();
    if (type == kLabel) read_field(component["component"], into);
    if (type == kRow)
      for (JsonView field : component["components"]) read_field(field, into);
  }
}

std::optional<Kind> kind_of(JsonView type) {
  auto number = type.integer().value_or(0);
  if (number < 2 || number > 5) return std::nullopt;
  return static_cast<Kind>(number);
}

void read_data(JsonView data, Interaction& into) {
  switch (into.kind) {
    case Kind::command:
    case Kind::autocomplete:
      into.command = data["name"].text_or("");
      return read_options(data["options"], data["resolved"], into);
    case Kind::component:
      into.custom_id = CustomId::parse(data["custom_id"].text().value_or(""));
      for (JsonView value : data["values"]) into.values.push_back(as_text(value));
      return;
    case Kind::modal:
      into.custom_id = CustomId::parse(data["custom_id"].text().value_or(""));
      return read_fields(data["components"], into);
  }
}

}  // namespace

Result<Interaction> parse_interaction(JsonView data) {
  Interaction out;
  auto id = data["id"].id<InteractionId>();
  auto application = data["application_id"].id<ApplicationId>();
  auto token = data["token"].text();
  if (!id || !application || !token) return fail("an interaction without id, application or token");
  auto kind = kind_of(data["type"]);
  if (!kind) return fail("interaction {} is of a kind that is not known", id->text());
  out.id = *id;
  out.application = *application;
  out.token = *token;
  out.kind = *kind;
  out.person = person_of(data);
  if (!out.person.user) return fail("interaction {} does not say whose it is", id->text());
  out.channel = data["channel_id"].id<ChannelId>().value_or(
      data["channel"]["id"].id<ChannelId>().value_or(ChannelId{}));
  out.locale = data["locale"].text_or("");
  out.message = data["message"]["id"].id<MessageId>().value_or(MessageId{});
  out.message_is_ephemeral = (data["message"]["flags"].integer().value_or(0) & kEphemeral) != 0;
  read_data(data["data"], out);
  return out;
}

}  // namespace coordinator::command
