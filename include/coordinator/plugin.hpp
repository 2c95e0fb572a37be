// Command plugins in C++ (17 or later): the contract of plugin.h as classes, header-only.
//
//   #include <coordinator/plugin.hpp>
//   using namespace coordinator::plugin;
//
//   COORDINATOR_PLUGIN(plugin, "hello", "1.0", "Greets people") {
//     plugin.command("hello", "Greets somebody")
//         .option(Option::user("who", "Whom to greet"))
//         .run([](const Call& call) { call.reply("Hello, " + user_mention(call.id("who", call.user())) +
//         "!"); });
//   }
//
//   g++ -std=c++20 -shared -fPIC -fno-gnu-unique hello.cc -o hello.so
//
// What belongs to what: Call answers a command, a button or a modal (cpp/call.hpp); Message, Embed, Button
// and Select are what it answers with (cpp/message.hpp), Modal and Choices are forms (cpp/forms.hpp); Dialog
// asks back (cpp/dialog.hpp); Host has timers, HTTP and stored values (cpp/host.hpp); Sessions, Queue,
// Models, Projects, Plugins ask the house (cpp/sessions.hpp, cpp/projects.hpp).
//
// An exception that leaves a handler is logged, and the user is told that something went wrong. Keep no state
// in globals and statics: a new version of the plugin would not see it, and a `static` in a template or an
// inline function keeps the old one in memory. What must last is stored (Host::store).
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpp/border.hpp"
#include "cpp/call.hpp"
#include "cpp/declaration.hpp"
#include "cpp/dialog.hpp"
#include "cpp/forms.hpp"
#include "cpp/host.hpp"
#include "cpp/json.hpp"
#include "cpp/message.hpp"
#include "cpp/projects.hpp"
#include "cpp/sessions.hpp"
#include "cpp/text.hpp"

namespace coordinator::plugin {

class Plugin {
 public:
  using Define = void (*)(Plugin&);
  using Start = int (*)(const coordinator_host*, void**);

  // COORDINATOR_PLUGIN makes the one of a plugin.
  Plugin(std::string_view name, std::string_view version, std::string_view about, Define define, Start entry)
      : name_(name), version_(version), about_(about) {
    need_extension(COORDINATOR_INTERACTIONS);
    define(*this);
    descriptor_.emplace(commands_, on_run, on_complete);
    for (const std::string& wanted : wanted_) extensions_.push_back(borrowed(wanted));
    plugin_ = sized<coordinator_plugin>();
    plugin_.major = COORDINATOR_MAJOR;
    plugin_.minor = COORDINATOR_MINOR;
    plugin_.name = borrowed(name_);
    plugin_.version = borrowed(version_);
    plugin_.description = borrowed(about_);
    plugin_.commands = descriptor_->commands();
    plugin_.command_count = descriptor_->count();
    plugin_.extensions = extensions_.data();
    plugin_.extension_count = extensions_.size();
    plugin_.start = entry;
    plugin_.stop = on_stop;
    plugin_.component = on_component;
    plugin_.modal = on_modal;
  }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  // ---- What it brings ----

  Command& command(std::string_view name, std::string_view about) {
    return commands_.emplace_back(name, about);
  }
  // The handler of the buttons and selects with a custom_id of this name ("name" or "name:detail").
  Plugin& button(std::string_view name, Handler handler) {
    components_.emplace_back(name, std::move(handler));
    return *this;
  }
  Plugin& select(std::string_view name, Handler handler) { return button(name, std::move(handler)); }
  Plugin& modal(std::string_view name, Handler handler) {
    modals_.emplace_back(name, std::move(handler));
    return *this;
  }
  // Also called in a trial, with a host that knows nothing: prepare here, do not act. What it throws keeps
  // the plugin from being loaded.
  Plugin& starting(std::function<void(const Host&)> starting) {
    starting_ = std::move(starting);
    return *this;
  }
  Plugin& stopping(std::function<void()> stopping) {
    stopping_ = std::move(stopping);
    return *this;
  }
  // An extension (extensions.h) without which the plugin is not to be loaded.
  Plugin& need_extension(std::string_view name) {
    wanted_.emplace_back(name);
    return *this;
  }

  // ---- What the host calls ----

  const coordinator_plugin* descriptor() const { return &plugin_; }
  int start(const coordinator_host* host, void** state) noexcept {
    host_ = host;
    *state = this;
    bool well = guarded(host, 0, [&] {
      if (starting_) starting_(Host(host));
    });
    return well ? COORDINATOR_OK : COORDINATOR_FAILED;
  }

 private:
  static Plugin& self(void* state) { return *static_cast<Plugin*>(state); }

  static void on_stop(void* state) noexcept {
    Plugin& plugin = self(state);
    guarded(plugin.host_, 0, [&] {
      if (plugin.stopping_) plugin.stopping_();
    });
  }

  static void on_run(void* state, coordinator_call number) noexcept {
    Plugin& plugin = self(state);
    guarded(plugin.host_, number, [&] {
      Call call(plugin.host_, number);
      const Command* root = plugin.find(call.command());
      const Command* command = root ? root->find(call.subcommand()) : nullptr;
      call.whispers(root && root->is_ephemeral());
      if (!command || !command->handler())
        throw Error(COORDINATOR_NOT_FOUND, "nothing handles /" + call.command() + " " + call.subcommand());
      command->handler()(call);
    });
  }

  // Discord waits for an answer whatever happens.
  static void on_complete(void* state, coordinator_call number) noexcept {
    Plugin& plugin = self(state);
    guarded(plugin.host_, 0, [&] {
      Call call(plugin.host_, number);
      Choices choices;
      guarded(plugin.host_, 0, [&] {
        const Command* root = plugin.find(call.command());
        const Command* command = root ? root->find(call.subcommand()) : nullptr;
        const Option* option = command ? command->find_option(call.focused()) : nullptr;
        if (option && option->completer()) choices = option->completer()(call);
      });
      call.choose(choices);
    });
  }

  static void on_component(void* state, coordinator_call number) noexcept {
    self(state).used_form(self(state).components_, number);
  }
  static void on_modal(void* state, coordinator_call number) noexcept {
    self(state).used_form(self(state).modals_, number);
  }

  using Handlers = std::vector<std::pair<std::string, Handler>>;
  void used_form(const Handlers& handlers, coordinator_call number) noexcept {
    guarded(host_, number, [&] {
      Call call(host_, number);
      for (auto& [name, handler] : handlers)
        if (name == call.name()) return handler(call);
      call.whisper("This belongs to another version of the command. Use the command again.");
    });
  }

  const Command* find(std::string_view name) const {
    for (const Command& command : commands_)
      if (command.name() == name) return &command;
    return nullptr;
  }

  std::string name_, version_, about_;
  std::deque<Command> commands_;
  Handlers components_, modals_;
  std::function<void(const Host&)> starting_;
  std::function<void()> stopping_;
  std::deque<std::string> wanted_;
  std::vector<coordinator_string> extensions_;
  std::optional<Descriptor> descriptor_;
  coordinator_plugin plugin_{};
  const coordinator_host* host_ = nullptr;
};

}  // namespace coordinator::plugin

// The one function that a plugin exports, and the head of the one that declares it: its body follows. Once in
// a plugin.
#define COORDINATOR_PLUGIN(parameter, name, version, about)                               \
  static void coordinator_define(::coordinator::plugin::Plugin& parameter);               \
  static int coordinator_start(const coordinator_host* host, void** state);               \
  static ::coordinator::plugin::Plugin& coordinator_this_plugin() {                       \
    static ::coordinator::plugin::Plugin plugin(name, version, about, coordinator_define, \
                                                coordinator_start);                       \
    return plugin;                                                                        \
  }                                                                                       \
  static int coordinator_start(const coordinator_host* host, void** state) {              \
    return coordinator_this_plugin().start(host, state);                                  \
  }                                                                                       \
  extern "C" COORDINATOR_EXPORT const coordinator_plugin* coordinator_plugin_v1(void) {   \
    try {                                                                                 \
      return coordinator_this_plugin().descriptor();                                      \
    } catch (...) {                                                                       \
      return nullptr;                                                                     \
    }                                                                                     \
  }                                                                                       \
  static void coordinator_define([[maybe_unused]] ::coordinator::plugin::Plugin& parameter)
