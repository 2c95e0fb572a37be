// What an application command may hold.
// https://discord.com/developers/docs/interactions/application-commands
#include <algorithm>
#include <set>

#include "base/text.h"
#include "rules.h"

namespace coordinator::playground {

namespace {

constexpr std::size_t kOptions = 25, kChoices = 25, kAllText = 8000;
constexpr int kSubcommand = 1, kGroup = 2, kString = 3, kMaxType = 11;

// Discord's pattern is a matter of Unicode classes; here everything beyond ASCII counts as a letter.
bool chat_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '\'';
  });
}

void check_name(JsonView named, const std::string& path, FormErrors& errors) {
  check_text(named, "name", 1, 32, path, errors);
  if (!chat_name(named["name"].text_or("")))
    errors.add(path.empty() ? "name" : path + "/name", "Command name is invalid");
}

std::size_t text_of(JsonView thing) {
  std::size_t size =
      length(thing["name"].text().value_or("")) + length(thing["description"].text().value_or(""));
  for (JsonView option : thing["options"]) size += text_of(option);
  for (JsonView choice : thing["choices"])
    size += length(choice["name"].text().value_or("")) + length(choice["value"].text().value_or(""));
  return size;
}

void check_choices(JsonView option, const std::string& path, FormErrors& errors) {
  JsonView choices = option["choices"];
  if (choices.size() > kChoices) errors.too_long(path + "/choices", kChoices);
  if (choices.size() > 0 && option["autocomplete"].truthy())
    errors.add(path, "Autocomplete and choices exclude each other");
  std::size_t index = 0;
  for (JsonView choice : choices) {
    std::string at = fmt::format("{}/choices/{}", path, index++);
    check_text(choice, "name", 1, 100, at, errors);
    if (option["type"].integer() == kString) check_text(choice, "value", 1, 100, at, errors);
  }
}

void check_options(JsonView options, const std::string& path, int depth, FormErrors& errors) {
  if (options.size() > kOptions) errors.too_long(path, kOptions);
  std::set<std::string> names;
  bool optional = false;
  std::size_t index = 0;
  for (JsonView option : options) {
    std::string at = fmt::format("{}/{}", path, index++);
    auto type = option["type"].integer().value_or(0);
    if (type < 1 || type > kMaxType) errors.choice(at + "/type", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11");
    check_name(option, at, errors);
    check_text(option, "description", 1, 100, at, errors);
    if (!names.insert(option["name"].text_or("")).second)
      errors.add(at, "Application command options must have unique names");
    if (type > kGroup && option["required"].truthy() && optional)
      errors.add(at, "Required options must be placed before non-required options");
    if (type > kGroup && !option["required"].truthy()) optional = true;
    if ((type == kGroup && depth > 0) || (type == kSubcommand && depth > 1))
      errors.add(at, "Subcommands nest as command, group, subcommand only");
    check_choices(option, at, errors);
    if (type <= kGroup) check_options(option["options"], at + "/options", depth + 1, errors);
  }
}

}  // namespace

void check_command(JsonView command, const std::string& path, FormErrors& errors) {
  auto at = [&path](const char* key) { return path.empty() ? key : path + "/" + key; };
  auto type = command["type"].integer().value_or(1);
  if (type < 1 || type > 4) return errors.choice(at("type"), "1, 2, 3, 4");
  if (type != 1) {
    check_text(command, "name", 1, 32, path, errors);
    if (type != 4 && !command["description"].text_or("").empty())
      errors.add(at("description"), "Context menu commands cannot have description");
    if (command["options"].size() > 0) errors.add(at("options"), "Context menu commands cannot have options");
    return;
  }
  check_name(command, path, errors);
  check_text(command, "description", 1, 100, path, errors);
  check_options(command["options"], at("options"), 0, errors);
  if (text_of(command) > kAllText)
    errors.add(path, fmt::format("Command exceeds maximum size ({}).", kAllText));
}

}  // namespace coordinator::playground
