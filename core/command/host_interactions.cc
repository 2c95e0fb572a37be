// coordinator.interactions/1: answers beyond plain text.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "command/host_tables.h"
#include "command/message_check.h"

namespace coordinator::command {

namespace {

constexpr Millis kDay = 24h;
constexpr std::uint64_t kLongest = 10ull * 365 * 24 * 3600 * 1000;  // of components, in ms

Maker maker_of(const Host& host, std::uint64_t components_ms) {
  Millis lives =
      components_ms == 0 ? kDay : Millis(static_cast<std::int64_t>(std::min(components_ms, kLongest)));
  return {host.name(), host.now().wall + lives};
}

int invalid(Host& host, std::string_view what, std::string_view why) {
  host.log(log::Level::warning, fmt::format("{}: {}", what, why));
  return COORDINATOR_INVALID;
}

// Checks what is given, then lets `ask` take it to the call's machine.
template <class Check, class Ask>
int say(const coordinator_host* table, coordinator_call number, const coordinator_message* given,
        std::string_view what, Check check, Ask ask) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  auto call = host.call(number, what);
  if (!call) return COORDINATOR_GONE;
  if (!given) return invalid(host, what, "no message was passed");
  coordinator_message message = taken(given);
  auto body = check(view_of(message.json), maker_of(host, message.components_ms));
  if (!body) return invalid(host, what, body.error().what);
  bool ephemeral = (message.flags & COORDINATOR_EPHEMERAL) != 0;
  return host.room().calls.ask(*call, ask(call->invocation, std::move(*body), ephemeral, host.now().instant));
}

auto checked_for(Purpose purpose) {
  return [purpose](std::string_view json, const Maker& maker) { return check_message(json, purpose, maker); };
}

coordinator_interaction described(const Call& call) {
  const Interaction& from = call.interaction;
  auto out = sized<coordinator_interaction>();
  out.kind = static_cast<std::uint32_t>(from.kind);
  out.id = from.id.value;
  out.command = lend(from.command);
  out.focused = lend(from.focused);
  out.custom_id = from.custom_id ? lend(from.custom_id->own) : coordinator_string{};
  out.user = from.person.user.value;
  out.channel = from.channel.value;
  out.guild = from.person.guild ? from.person.guild->value : 0;
  out.user_name = lend(from.person.name);
  out.permissions = from.person.permissions;
  out.locale = lend(from.locale);
  return out;
}

// As much as the plugin, perhaps an older one, has room for.
int describe(const coordinator_host* table, coordinator_call number, coordinator_interaction* out) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  auto call = host.call(number, "describe");
  if (!call) return COORDINATOR_GONE;
  constexpr std::uint32_t kLeast = offsetof(coordinator_interaction, id);
  if (!out || out->size < kLeast)
    return invalid(host, "describe", "set the size of the struct to sizeof first");
  coordinator_interaction full = described(*call);
  full.size = std::min(full.size, out->size);
  std::memcpy(out, &full, full.size);
  return COORDINATOR_OK;
}

coordinator_string value(const coordinator_host* table, coordinator_call number, std::size_t index) {
  Host& host = Host::of(table);
  if (host.closed()) return {};
  auto call = host.call(number, "value");
  if (!call || index >= call->interaction.values.size()) return {};
  return lend(call->interaction.values[index]);
}

int respond(const coordinator_host* table, coordinator_call number, const coordinator_message* message) {
  return say(table, number, message, "respond", checked_for(Purpose::create),
             [](Invocation& invocation, Json body, bool ephemeral, Instant now) {
               return invocation.respond(std::move(body), ephemeral, now);
             });
}

int defer(const coordinator_host* table, coordinator_call number, std::uint32_t flags) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  auto call = host.call(number, "defer");
  if (!call) return COORDINATOR_GONE;
  bool ephemeral = (flags & COORDINATOR_EPHEMERAL) != 0;
  return host.room().calls.ask(*call, call->invocation.defer(ephemeral, host.now().instant));
}

int edit(const coordinator_host* table, coordinator_call number, const coordinator_message* message) {
  return say(table, number, message, "edit", checked_for(Purpose::edit),
             [](Invocation& invocation, Json body, bool ephemeral, Instant now) {
               return invocation.edit(std::move(body), ephemeral, now);
             });
}

int follow_up(const coordinator_host* table, coordinator_call number, const coordinator_message* message) {
  return say(table, number, message, "follow_up", checked_for(Purpose::create),
             [](Invocation& invocation, Json body, bool ephemeral, Instant now) {
               return invocation.follow_up(std::move(body), ephemeral, now);
             });
}

int modal(const coordinator_host* table, coordinator_call number, const coordinator_message* form) {
  return say(table, number, form, "modal", check_modal,
             [](Invocation& invocation, Json body, bool, Instant now) {
               return invocation.modal(std::move(body), now);
             });
}

int choices(const coordinator_host* table, coordinator_call number, coordinator_string json) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  auto call = host.call(number, "choices");
  if (!call) return COORDINATOR_GONE;
  auto list = check_choices(view_of(json), call->interaction.focused_type);
  if (!list) return invalid(host, "choices", list.error().what);
  return host.room().calls.ask(*call, call->invocation.choices(std::move(*list), host.now().instant));
}

}  // namespace

const coordinator_interactions& interactions_table() {
  static const coordinator_interactions table = {sizeof table, describe,  value, respond, defer,
                                                 edit,         follow_up, modal, choices};
  return table;
}

}  // namespace coordinator::command
