#include "command/canonical.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace coordinator::command {

namespace {

// Discord's own, of which nobody can tell it anything, or which say again what others say.
constexpr std::array<std::string_view, 8> kIgnored = {"id",       "application_id", "version",
                                                      "guild_id", "name_localized", "description_localized",
                                                      "handler",  "dm_permission"};
// Where they are not told, Discord chooses, by the settings of the application.
constexpr std::array<std::string_view, 2> kChosen = {"contexts", "integration_types"};

template <class List>
bool holds(const List& list, std::string_view key) {
  return std::find(list.begin(), list.end(), key) != list.end();
}

bool is_default(JsonView value) {
  if (!value || value.is_null()) return true;
  if (auto truth = value.boolean()) return !*truth;
  if (auto text = value.text()) return text->empty();
  return (value.is_array() || value.is_object()) && value.size() == 0;
}

std::string canonical(JsonView value);

// Sets, whatever their order: the numbers of contexts, the types of channels.
std::string set_text(JsonView numbers) {
  std::vector<std::string> each;
  for (JsonView number : numbers) each.push_back(number.dump());
  std::sort(each.begin(), each.end());
  std::string out;
  for (const std::string& text : each) out += text + ",";
  return "[" + out + "]";
}

std::string list_text(JsonView list) {
  std::string out;
  for (JsonView element : list) out += canonical(element) + ",";
  return "[" + out + "]";
}

std::string object_text(JsonView object) {
  std::vector<std::pair<std::string, std::string>> members;
  for (JsonView member : object) {
    if (holds(kIgnored, member.key()) || is_default(member)) continue;
    members.emplace_back(member.key(),
                         member.is_array() && member[0].is_number() ? set_text(member) : canonical(member));
  }
  std::sort(members.begin(), members.end());
  std::string out;
  for (const auto& [key, text] : members) out.append(key).append(":").append(text).append(",");
  return "{" + out + "}";
}

std::string canonical(JsonView value) {
  if (value.is_object()) return object_text(value);
  if (value.is_array()) return list_text(value);
  return value.dump();
}

// The permissions may be a number or text: https://discord.com/developers/docs/topics/permissions
Json normalized(JsonView command, JsonView wanted) {
  Json out = Json::object().set("type", 1);
  for (JsonView member : command)
    if (!holds(kChosen, member.key()) || !is_default(wanted[member.key()]))
      out.set(member.key(), Json::clone(member));
  if (out["type"].is_null()) out.set("type", 1);
  if (out["default_member_permissions"].is_number())
    out.set("default_member_permissions", out["default_member_permissions"].dump());
  return out;
}

}  // namespace

bool same_command(JsonView wanted, JsonView known) {
  return canonical(normalized(wanted, wanted).view()) == canonical(normalized(known, wanted).view());
}

std::string identity(JsonView command) {
  return std::to_string(command["type"].integer().value_or(1)) + " " + command["name"].text_or("");
}

}  // namespace coordinator::command
