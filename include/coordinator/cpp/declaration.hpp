// What a plugin declares: its commands, their options and handlers, and the C structs that say so to the
// host.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "call.hpp"

namespace coordinator::plugin {

using Handler = std::function<void(const Call&)>;
using Completer = std::function<Choices(const Call&)>;

// An argument of a command. Discord wants required ones first.
class Option {
 public:
  static Option text(std::string_view name, std::string_view about) {
    return {COORDINATOR_TEXT, name, about};
  }
  static Option integer(std::string_view name, std::string_view about) {
    return {COORDINATOR_INTEGER, name, about};
  }
  static Option boolean(std::string_view name, std::string_view about) {
    return {COORDINATOR_BOOLEAN, name, about};
  }
  static Option user(std::string_view name, std::string_view about) {
    return {COORDINATOR_USER, name, about};
  }
  static Option channel(std::string_view name, std::string_view about) {
    return {COORDINATOR_CHANNEL, name, about};
  }
  static Option number(std::string_view name, std::string_view about) {
    return {COORDINATOR_NUMBER, name, about};
  }
  static Option mentionable(std::string_view name, std::string_view about) {
    return {COORDINATOR_MENTIONABLE, name, about};
  }
  static Option attachment(std::string_view name, std::string_view about) {
    return {COORDINATOR_ATTACHMENT, name, about};
  }
  static Option role(std::string_view name, std::string_view about) {
    return {COORDINATOR_ROLE, name, about};
  }

  Option& required() { return flag(COORDINATOR_REQUIRED); }
  // Asked while the user types; answers with what could stand there.
  Option& complete(Completer completer) {
    completer_ = std::move(completer);
    return flag(COORDINATOR_AUTOCOMPLETE);
  }
  // One of a fixed list of at most 25; excludes complete().
  Option& choice(std::string_view name, std::string_view value) {
    choices_.emplace_back(name, value);
    return *this;
  }
  const std::string& name() const { return name_; }
  const Completer& completer() const { return completer_; }

 private:
  friend class Descriptor;
  Option(std::uint32_t type, std::string_view name, std::string_view about)
      : type_(type), name_(name), about_(about) {}
  Option& flag(std::uint32_t flag) {
    flags_ |= flag;
    return *this;
  }

  std::uint32_t type_, flags_ = 0;
  std::string name_, about_;
  std::vector<std::pair<std::string, std::string>> choices_;
  Completer completer_;
};

// A command, or a subcommand of one: it has either subcommands, or options and a handler.
class Command {
 public:
  Command(std::string_view name, std::string_view about) : name_(name), about_(about) {}

  Command& option(Option option) {
    options_.push_back(std::move(option));
    return *this;
  }
  // The new one, to be given options and a handler; one with subcommands of its own is a group.
  Command& subcommand(std::string_view name, std::string_view about) {
    return subcommands_.emplace_back(name, about);
  }
  Command& run(Handler handler) {
    handler_ = std::move(handler);
    return *this;
  }
  // Its answers are seen by its user only, unless one is sent otherwise.
  Command& ephemeral() { return flag(COORDINATOR_EPHEMERAL); }
  Command& in_dms() { return flag(COORDINATOR_IN_DMS); }
  // Only who has these bits (of Permission) sees it, as long as a server's admins do not decide otherwise.
  Command& needs(std::uint64_t permissions) {
    permissions_ = permissions;
    return *this;
  }

  const std::string& name() const { return name_; }
  bool is_ephemeral() const { return (flags_ & COORDINATOR_EPHEMERAL) != 0; }
  const Handler& handler() const { return handler_; }
  // The one that "group add" means; this one for "". Null where there is none.
  const Command* find(std::string_view path) const {
    if (path.empty()) return this;
    auto name = path.substr(0, path.find(' '));
    for (const Command& command : subcommands_)
      if (command.name_ == name)
        return command.find(name.size() < path.size() ? path.substr(name.size() + 1) : std::string_view());
    return nullptr;
  }
  const Option* find_option(std::string_view name) const {
    for (const Option& option : options_)
      if (option.name() == name) return &option;
    return nullptr;
  }

 private:
  friend class Descriptor;
  Command& flag(std::uint32_t flag) {
    flags_ |= flag;
    return *this;
  }

  std::string name_, about_;
  std::uint32_t flags_ = 0;
  std::uint64_t permissions_ = 0;
  std::vector<Option> options_;
  std::deque<Command> subcommands_;
  Handler handler_;
};

// The structs of plugin.h for some commands. Points into them: they must stay as and where they are.
class Descriptor {
 public:
  Descriptor(const std::deque<Command>& commands, decltype(coordinator_command::run) run,
             decltype(coordinator_command::complete) complete) {
    for (const Command& command : commands) {
      auto made = sized<coordinator_command>();
      made.flags = command.flags_;
      made.name = borrowed(command.name_);
      made.description = borrowed(command.about_);
      made.permissions = command.permissions_;
      made.run = run;
      made.complete = complete;
      options_of(command, made.options, made.option_count);
      list_.push_back(&commands_.emplace_back(made));
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  const coordinator_command* const* commands() const { return list_.data(); }
  std::size_t count() const { return list_.size(); }

 private:
  using Options = std::vector<const coordinator_option*>;

  void options_of(const Command& command, const coordinator_option* const*& out, std::size_t& count) {
    Options list;
    for (const Command& sub : command.subcommands_) list.push_back(&subcommand(sub));
    for (const Option& option : command.options_) list.push_back(&argument(option));
    count = list.size();
    out = lists_.emplace_back(std::move(list)).data();
  }
  const coordinator_option& subcommand(const Command& command) {
    auto made = sized<coordinator_option>();
    made.type = command.subcommands_.empty() ? COORDINATOR_SUBCOMMAND : COORDINATOR_SUBCOMMAND_GROUP;
    made.name = borrowed(command.name_);
    made.description = borrowed(command.about_);
    options_of(command, made.options, made.option_count);
    return made_.emplace_back(made);
  }
  const coordinator_option& argument(const Option& option) {
    auto made = sized<coordinator_option>();
    made.type = option.type_;
    made.flags = option.flags_;
    made.name = borrowed(option.name_);
    made.description = borrowed(option.about_);
    std::vector<const coordinator_choice*> list;
    for (auto& [name, value] : option.choices_) {
      auto choice = sized<coordinator_choice>();
      choice.name = borrowed(name);
      choice.value = borrowed(value);
      list.push_back(&choices_.emplace_back(choice));
    }
    made.choice_count = list.size();
    made.choices = choice_lists_.emplace_back(std::move(list)).data();
    return made_.emplace_back(made);
  }

  // Deques: what they hold stays where it is.
  std::deque<coordinator_command> commands_;
  std::deque<coordinator_option> made_;
  std::deque<coordinator_choice> choices_;
  std::deque<Options> lists_;
  std::deque<std::vector<const coordinator_choice*>> choice_lists_;
  std::vector<const coordinator_command*> list_;
};

}  // namespace coordinator::plugin
