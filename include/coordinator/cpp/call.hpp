// A call: one use of a command, a button, a select or a modal; what it says, and how it is answered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "border.hpp"
#include "forms.hpp"
#include "host.hpp"
#include "message.hpp"

namespace coordinator::plugin {

// Discord's bits: https://discord.com/developers/docs/topics/permissions
enum Permission : std::uint64_t {
  kAdministrator = 1ull << 3,
  kManageChannels = 1ull << 4,
  kManageGuild = 1ull << 5,
  kManageMessages = 1ull << 13,
  kManageRoles = 1ull << 28,
};

class Held;

// A handle, to be copied freely. It answers until the handler that got it returns; hold() makes that longer.
// What answers it gives COORDINATOR_OK or why not, which the host has logged already: most handlers need not
// look.
class Call {
 public:
  Call(const coordinator_host* host, coordinator_call number)
      : host_(host),
        number_(number),
        io_(extension<coordinator_interactions>(host, COORDINATOR_INTERACTIONS)) {
    auto about = sized<coordinator_interaction>();
    if (need(io_.describe)(host, number, &about) != COORDINATOR_OK)
      throw Error(COORDINATOR_GONE, "the call is over");
    kind_ = about.kind;
    id_ = about.id, user_ = about.user, channel_ = about.channel, guild_ = about.guild;
    permissions_ = about.permissions;
    command_ = owned(about.command), focused_ = owned(about.focused), custom_id_ = owned(about.custom_id);
    user_name_ = owned(about.user_name), locale_ = owned(about.locale);
  }

  Host host() const { return Host(host_); }
  coordinator_call number() const { return number_; }

  // ---- Who, where, what ----

  std::uint32_t kind() const { return kind_; }  // one of coordinator_kind
  Id id() const { return id_; }                 // of the interaction
  Id user() const { return user_; }
  Id channel() const { return channel_; }
  Id guild() const { return guild_; }
  const std::string& user_name() const { return user_name_; }
  const std::string& locale() const { return locale_; }
  bool may(std::uint64_t permission) const {
    return (permissions_ & kAdministrator) || (permissions_ & permission) == permission;
  }
  const std::string& command() const { return command_; }
  // "add", or "group add"; empty where the command has none.
  std::string subcommand() const { return owned(argument("")); }

  // ---- Options of a command, fields of a modal ----

  bool has(std::string_view name) const { return argument(name).data != nullptr; }
  std::string text(std::string_view name, std::string_view otherwise = {}) const {
    auto value = argument(name);
    return value.data ? owned(value) : std::string(otherwise);
  }
  std::int64_t integer(std::string_view name, std::int64_t otherwise = 0) const {
    auto value = view(argument(name));
    bool negative = !value.empty() && value[0] == '-';
    std::int64_t size = number_in(value.substr(negative ? 1 : 0));
    return size < 0 ? otherwise : negative ? -size : size;
  }
  bool boolean(std::string_view name, bool otherwise = false) const {
    auto value = argument(name);
    return value.data ? view(value) == "true" : otherwise;
  }
  // Of a user, channel, role or mentionable. (An attachment's text() is its URL.)
  Id id(std::string_view name, Id otherwise = 0) const {
    Id id = id_in(view(argument(name)));
    return id ? id : otherwise;
  }
  // Of an autocompletion: the option that is being typed, and what stands there so far.
  const std::string& focused() const { return focused_; }
  std::string typed() const { return text(focused_); }

  // ---- Components: custom_id is "name:detail" ----

  std::string_view name() const { return std::string_view(custom_id_).substr(0, custom_id_.find(':')); }
  std::string_view detail() const {
    auto colon = custom_id_.find(':');
    return colon == std::string::npos ? std::string_view() : std::string_view(custom_id_).substr(colon + 1);
  }
  // What was chosen in a select.
  std::vector<std::string> values() const {
    std::vector<std::string> values;
    for (auto value = need(io_.value)(host_, number_, 0); value.data;
         value = io_.value(host_, number_, values.size()))
      values.push_back(owned(value));
    return values;
  }

  // ---- Answers ----

  // Markdown; what is longer than one message goes on in further ones.
  int reply(std::string_view text) const { return host_->reply(host_, number_, borrowed(text)); }
  // The first answer: a message; to a component or a modal a further one.
  int respond(const Message& message) const { return send(io_.respond, message); }
  // The same, seen by the user only.
  int whisper(Message message) const { return respond(message.ephemeral()); }
  // Changes the answer; of a component without one, the message that carries it.
  int edit(const Message& message) const { return send(io_.edit, message); }
  int follow_up(const Message& message) const { return send(io_.follow_up, message); }
  int show(const Modal& modal) const { return send(io_.modal, modal); }
  // "Thinking…" now, the answer later. The host does so by itself in time.
  int defer(bool ephemeral = false) const { return need(io_.defer)(host_, number_, flags_of(ephemeral)); }
  int choose(const Choices& choices) const {
    auto json = choices.json();
    return need(io_.choices)(host_, number_, borrowed(json));
  }

  // Whether a message that says nothing of it is seen by the user only; of a command that is ephemeral.
  Call& whispers(bool whispers) {
    whispers_ = whispers;
    return *this;
  }
  // Keeps the call for later: see Held.
  Held hold() const;

 private:
  static std::uint32_t flags_of(bool ephemeral) {
    return ephemeral ? std::uint32_t{COORDINATOR_EPHEMERAL} : 0;
  }

  using Send = int (*)(const coordinator_host*, coordinator_call, const coordinator_message*);
  template <class Body>
  int send(Send function, const Body& body) const {
    auto json = body.json();
    auto message = sized<coordinator_message>();
    message.json = borrowed(json);
    message.components_ms = static_cast<std::uint64_t>(body.lasting().count());
    if constexpr (std::is_same_v<Body, Message>) message.flags = flags_of(body.is_ephemeral(whispers_));
    return need(function)(host_, number_, &message);
  }
  coordinator_string argument(std::string_view name) const {
    return host_->argument(host_, number_, borrowed(name));
  }

  const coordinator_host* host_;
  coordinator_call number_;
  coordinator_interactions io_;
  std::uint32_t kind_ = 0;
  Id id_ = 0, user_ = 0, channel_ = 0, guild_ = 0;
  std::uint64_t permissions_ = 0;
  bool whispers_ = false;
  std::string command_, focused_, custom_id_, user_name_, locale_;
};

// A call that is kept beyond its handler, until this dies: move it into the callback that will answer.
// The host lets it go after an hour, and this version of the plugin stays loaded as long.
class Held {
 public:
  explicit Held(const Call& call) : call_(call) {
    auto* host = call.host().raw();
    if (int result = host->hold(host, call.number()); result != COORDINATOR_OK)
      throw Error(result, "the call could not be held");
  }
  Held(Held&& other) noexcept : call_(std::move(other.call_)), holds_(std::exchange(other.holds_, false)) {}
  Held& operator=(Held&&) = delete;
  ~Held() {
    auto* host = call_.host().raw();
    if (holds_) host->release(host, call_.number());
  }
  const Call* operator->() const { return &call_; }
  const Call& operator*() const { return call_; }

 private:
  Call call_;
  bool holds_ = true;
};

inline Held Call::hold() const { return Held(*this); }

}  // namespace coordinator::plugin
