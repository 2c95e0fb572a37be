#include "command/command_reader.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "command/abi.h"
#include "command/command_name.h"
#include "discord/limits.h"

namespace coordinator::command {

namespace {

using namespace discord::limits;

constexpr std::size_t kChoiceText = 100;                         // of a choice's name, and of its value
constexpr std::int64_t kLargestInteger = std::int64_t{1} << 53;  // Discord's integers are doubles

using Options = const coordinator_option* const*;

// What is read of one command so far.
struct Reading {
  std::size_t text = 0;       // characters of all names, descriptions and values
  bool autocomplete = false;  // some option has it
};

// Where options stand: that decides which kinds may stand there.
enum class Level { command, group, subcommand };

bool is_subcommand(const coordinator_option& option) { return option.type == COORDINATOR_SUBCOMMAND; }
bool is_group(const coordinator_option& option) { return option.type == COORDINATOR_SUBCOMMAND_GROUP; }
bool nests(const coordinator_option& option) { return is_subcommand(option) || is_group(option); }
bool takes_words(std::uint32_t type) {
  return type == COORDINATOR_TEXT || type == COORDINATOR_INTEGER || type == COORDINATOR_NUMBER;
}

Result<Json> read_options(Options options, std::size_t count, Level level, Reading& reading);

template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<Json> value_of(std::uint32_t type, const std::string& value) {
  if (type == COORDINATOR_TEXT) return Json(value);
  if (type == COORDINATOR_INTEGER) {
    auto number = parse<std::int64_t>(value);
    if (!number || *number > kLargestInteger || *number < -kLargestInteger)
      return fail("its value \"{}\" is no whole number within 2^53", value);
    return Json(*number);
  }
  auto number = parse<double>(value);
  if (!number || !std::isfinite(*number)) return fail("its value \"{}\" is no number", value);
  return Json(*number);
}

Result<Json> read_choice(const coordinator_choice* choice, std::uint32_t type, Reading& reading) {
  if (!choice) return fail("it is a null pointer");
  if (auto size = check_size("coordinator_choice", choice->size, kChoiceSize); !size)
    return tl::unexpected(size.error());
  auto name = read_text(choice->name, "its name", 1, kChoiceText);
  if (!name) return tl::unexpected(name.error());
  auto text = read_text(choice->value, "its value", 1, kChoiceText);
  if (!text) return tl::unexpected(text.error());
  auto value = value_of(type, *text);
  if (!value) return value;
  reading.text += text::code_points(*name) + text::code_points(*text);
  return Json::object().set("name", *name).set("value", std::move(*value));
}

Result<Json> read_choices(const coordinator_option& option, Reading& reading) {
  if (option.choice_count > kChoices)
    return fail("it has {} choices; Discord takes {}, more than that is for autocomplete",
                option.choice_count, kChoices);
  if (!option.choices) return fail("its choices are a null pointer");
  Json list = Json::array();
  std::set<std::string> names;
  for (std::size_t index = 0; index < option.choice_count; ++index) {
    auto choice = read_choice(option.choices[index], option.type, reading);
    if (!choice) return fail("choice {}: {}", index + 1, choice.error().what);
    if (!names.insert((*choice)["name"].text_or("")).second)
      return fail("two of its choices are called \"{}\"", (*choice)["name"].text_or(""));
    list.push(std::move(*choice));
  }
  return list;
}

Status check_words(const coordinator_option& option) {
  bool autocomplete = option.flags & COORDINATOR_AUTOCOMPLETE;
  if (!autocomplete && option.choice_count == 0) return {};
  if (!takes_words(option.type))
    return fail("only texts, integers and numbers can have choices or autocomplete");
  if (autocomplete && option.choice_count > 0) return fail("choices and autocomplete exclude each other");
  return {};
}

Status check_place(const coordinator_option& option, Level level) {
  if (option.type < COORDINATOR_SUBCOMMAND || option.type > COORDINATOR_ATTACHMENT)
    return fail("its type is {}; there are {} to {}", option.type, int{COORDINATOR_SUBCOMMAND},
                int{COORDINATOR_ATTACHMENT});
  if (level == Level::group && !is_subcommand(option)) return fail("a group may hold subcommands only");
  if (level == Level::subcommand && nests(option))
    return fail("a subcommand may not hold further ones: there are command, group and subcommand");
  if (nests(option) && (option.flags & COORDINATOR_REQUIRED))
    return fail("a subcommand or a group cannot be required");
  if (is_group(option) && option.option_count == 0) return fail("a group needs at least one subcommand");
  if (!nests(option) && option.option_count > 0)
    return fail("only subcommands and groups can have options of their own");
  return {};
}

Result<Json> read_inside(const coordinator_option& option, const std::string& name,
                         const std::string& description, Reading& reading) {
  Json published = Json::object().set("type", option.type).set("name", name).set("description", description);
  if (nests(option)) {
    auto inside = read_options(option.options, option.option_count,
                               is_group(option) ? Level::group : Level::subcommand, reading);
    if (!inside) return inside;
    return std::move(published).set("options", std::move(*inside));
  }
  if (option.flags & COORDINATOR_REQUIRED) published.set("required", true);
  if (option.flags & COORDINATOR_AUTOCOMPLETE) {
    reading.autocomplete = true;
    published.set("autocomplete", true);
  }
  if (option.choice_count == 0) return published;
  auto choices = read_choices(option, reading);
  if (!choices) return choices;
  return std::move(published).set("choices", std::move(*choices));
}

Result<Json> read_option(const coordinator_option& option, const std::string& name, Level level,
                         Reading& reading) {
  if (auto wrong = wrong_in_command_name(name); !wrong.empty()) return fail("its name {}", wrong);
  auto description = read_text(option.description, "its description", 1, kCommandDescription);
  if (!description) return tl::unexpected(description.error());
  if (auto placed = check_place(option, level); !placed) return tl::unexpected(placed.error());
  if (auto words = check_words(option); !words) return tl::unexpected(words.error());
  reading.text += text::code_points(name) + text::code_points(*description);
  return read_inside(option, name, *description, reading);
}

// What holds between an option and those before it.
struct Siblings {
  std::set<std::string> names;
  bool optional = false, nested = false, plain = false;

  Status add(const coordinator_option& option, const std::string& name) {
    if (!names.insert(name).second) return fail("another option has the same name");
    (nests(option) ? nested : plain) = true;
    if (nested && plain) return fail("a command has either subcommands or other options, not both");
    bool required = option.flags & COORDINATOR_REQUIRED;
    if (required && optional) return fail("it is required, and stands behind one that is not: put it first");
    optional = optional || !required;
    return {};
  }
};

Result<Json> read_options(Options options, std::size_t count, Level level, Reading& reading) {
  if (count > kCommandOptions) return fail("it has {} options; Discord takes {}", count, kCommandOptions);
  if (count > 0 && !options) return fail("its options are a null pointer");
  Json list = Json::array();
  Siblings siblings;
  for (std::size_t index = 0; index < count; ++index) {
    const coordinator_option* option = options[index];
    if (!option) return fail("option {} is a null pointer", index + 1);
    if (auto size = check_size("coordinator_option", option->size, kOptionSize); !size)
      return fail("option {}: {}", index + 1, size.error().what);
    auto name = read_text(option->name, "its name");
    if (!name) return fail("option {}: {}", index + 1, name.error().what);
    auto read = read_option(*option, *name, level, reading);
    if (!read) return fail("option \"{}\": {}", *name, read.error().what);
    if (auto added = siblings.add(*option, *name); !added)
      return fail("option \"{}\": {}", *name, added.error().what);
    list.push(std::move(*read));
  }
  return list;
}

Json permissions_of(const coordinator_command& command) {
  return command.permissions == 0 ? Json() : Json(std::to_string(command.permissions));
}

Json contexts_of(const coordinator_command& command) {
  Json contexts = Json::array();
  contexts.push(0);
  if (command.flags & COORDINATOR_IN_DMS) contexts.push(1);
  return contexts;
}

Json published_of(const coordinator_command& command, const CommandDescription& described, Json options) {
  return Json::object()
      .set("type", 1)
      .set("name", described.name)
      .set("description", described.description)
      .set("options", std::move(options))
      .set("default_member_permissions", permissions_of(command))
      .set("contexts", contexts_of(command))
      .set("integration_types", Json::array().push(0));
}

Status read_named(const coordinator_command& command, CommandDescription& described) {
  if (auto wrong = wrong_in_command_name(described.name); !wrong.empty()) return fail("its name {}", wrong);
  auto description = read_text(command.description, "its description", 1, kCommandDescription);
  if (!description) return tl::unexpected(description.error());
  described.description = std::move(*description);
  Reading reading;
  reading.text = text::code_points(described.name) + text::code_points(described.description);
  auto options = read_options(command.options, command.option_count, Level::command, reading);
  if (!options) return tl::unexpected(options.error());
  if (!command.run) return fail("it has no run function");
  if (reading.autocomplete && !command.complete)
    return fail("an option of it has autocomplete, and it has no complete function");
  if (reading.text > kCommandTotal)
    return fail("its names, descriptions and values have {} characters together; Discord takes {}",
                reading.text, kCommandTotal);
  described.published = published_of(command, described, std::move(*options));
  return {};
}

}  // namespace

Result<CommandDescription> read_command(const coordinator_command* command) {
  if (!command) return fail("a command is a null pointer");
  if (auto size = check_size("coordinator_command", command->size, kCommandSize); !size)
    return tl::unexpected(size.error());
  auto name = read_text(command->name, "a command's name");
  if (!name) return tl::unexpected(name.error());
  CommandDescription described;
  described.name = std::move(*name);
  described.ephemeral = command->flags & COORDINATOR_EPHEMERAL;
  described.command = command;
  if (auto read = read_named(*command, described); !read)
    return fail("command \"{}\": {}", described.name, read.error().what);
  return described;
}

}  // namespace coordinator::command
