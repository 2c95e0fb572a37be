// What a person does in the world, and what a test breaks in it, by the control interface.
#include "control.h"
#include "objects.h"
#include "shown.h"

namespace coordinator::playground {

namespace {

constexpr int kNotFound = 404, kBad = 400;

std::optional<RestFault> read_rest_fault(JsonView body, std::string& error) {
  using Action = RestFault::Action;
  const std::pair<const char*, Action> actions[] = {{"status", Action::status},
                                                    {"rate_limit", Action::rate_limit},
                                                    {"cloudflare", Action::cloudflare},
                                                    {"hang", Action::hang},
                                                    {"cut", Action::cut},
                                                    {"refuse", Action::refuse},
                                                    {"delay", Action::delay}};
  RestFault fault;
  fault.method = body["method"].text_or("");
  fault.route = body["route"].text_or("");
  fault.count = static_cast<int>(body["count"].integer().value_or(1));
  fault.status = static_cast<int>(body["status"].integer().value_or(502));
  if (body["body"]) fault.body = body["body"].dump();
  fault.scope = body["scope"].text_or("user");
  if (auto retry = body["retry_after_ms"].integer()) fault.retry_after = Millis(*retry);
  fault.delay = Millis(body["ms"].integer().value_or(0));
  for (const auto& [name, action] : actions)
    if (body["action"].text_or("status") == name) {
      fault.action = action;
      return fault;
    }
  error = fmt::format("unknown action \"{}\"", body["action"].text_or(""));
  return std::nullopt;
}

bool apply_gateway_fault(GatewayServer& gateway, Faults& faults, const std::string& name, JsonView body) {
  if (name == "drop")
    gateway.drop_all();
  else if (name == "close")
    gateway.close_all(static_cast<int>(body["code"].integer().value_or(4000)), body["reason"].text_or(""));
  else if (name == "reconnect")
    gateway.reconnect_all();
  else if (name == "invalid_session")
    gateway.invalidate_all(body["resumable"].truthy());
  else if (name == "heartbeat")
    gateway.ask_heartbeats();
  else if (name == "acks")
    gateway.acknowledge(body["on"].truthy());
  else if (name == "expire_sessions")
    gateway.expire_sessions();
  else if (name == "attachments")
    faults.answer_files(static_cast<int>(body["status"].integer().value_or(404)));
  else if (name == "refuse_gateway")
    faults.refuse_gateway(static_cast<int>(body["count"].integer().value_or(1)));
  else
    return false;
  return true;
}

}  // namespace

Status apply_fault(ControlRoom& room, JsonView body) {
  std::string name = body["fault"].text_or("");
  if (apply_gateway_fault(room.gateway, room.faults, name, body)) return {};
  if (name == "rest") {
    std::string error;
    auto fault = read_rest_fault(body, error);
    if (!fault) return fail("{}", error);
    room.faults.add(std::move(*fault));
    return {};
  }
  using Action = DispatchFault::Action;
  for (auto [known, action] :
       {std::pair("duplicate", Action::duplicate), {"mute", Action::mute}, {"delay", Action::delay}})
    if (name == known) {
      room.faults.add(DispatchFault{action, body["event"].text_or(""),
                                    static_cast<int>(body["count"].integer().value_or(1)),
                                    Millis(body["ms"].integer().value_or(0))});
      return {};
    }
  return fail("unknown fault \"{}\"", name);
}

Control::Answer Control::post_message(JsonView body) {
  auto injection = read_injection(body);
  if (!injection) return tl::unexpected(Refusal{kBad, injection.error().what});
  auto message = inject(room_.chat, std::move(*injection));
  if (!message) return tl::unexpected(Refusal{kNotFound, message.error().what});
  return Json::object().set("message", shown_message(room_.world, **message));
}

Control::Answer Control::edit_message(JsonView body) {
  auto message = message_of(body);
  if (!message) return tl::unexpected(Refusal{kNotFound, message.error().what});
  MessageForm form;
  form.content = body["content"].text_or("");
  room_.chat.edit(**message, std::move(form));
  return Json::object().set("message", shown_message(room_.world, **message));
}

Control::Answer Control::delete_message(JsonView body) {
  auto message = message_of(body);
  if (!message) return tl::unexpected(Refusal{kNotFound, message.error().what});
  room_.chat.remove((*message)->channel, (*message)->id);
  return Json::object();
}

Control::Answer Control::react(JsonView body) {
  auto message = message_of(body);
  if (!message) return tl::unexpected(Refusal{kNotFound, message.error().what});
  auto user = user_of(body);
  if (!user) return tl::unexpected(Refusal{kNotFound, user.error().what});
  auto emoji = Emoji::parse(body["emoji"].text_or(""));
  if (!emoji) return tl::unexpected(Refusal{kBad, "emoji must be a Unicode emoji or name:id"});
  if (!room_.chat.react(**message, (*user)->id, *emoji, !body["remove"].truthy()))
    return tl::unexpected(Refusal{409, "the message has 20 kinds of reactions already"});
  return Json::object();
}

Control::Answer Control::type(JsonView body) {
  auto channel = channel_of(body);
  if (!channel) return tl::unexpected(Refusal{kNotFound, channel.error().what});
  auto user = user_of(body);
  if (!user) return tl::unexpected(Refusal{kNotFound, user.error().what});
  room_.chat.type((*channel)->id, (*user)->id);
  return Json::object();
}

Control::Answer Control::add_channel(JsonView body) {
  std::string name = body["name"].text_or("");
  if (name.empty() || name.size() > 100)
    return tl::unexpected(Refusal{kBad, "name must have 1 to 100 characters"});
  const auto* guild = body["guild"] ? room_.world.find_guild(body["guild"].text_or(""))
                                    : &room_.world.guilds().begin()->second;
  if (!guild) return tl::unexpected(Refusal{kNotFound, "there is no such guild"});
  return Json::object().set(
      "channel", channel_object(room_.chat.add_channel(guild->id, name, body["topic"].text_or(""))));
}

Control::Answer Control::start_thread(JsonView body) {
  auto parent = channel_of(body);
  if (!parent) return tl::unexpected(Refusal{kNotFound, parent.error().what});
  auto owner = user_of(body, "author");
  if (!owner) return tl::unexpected(Refusal{kNotFound, owner.error().what});
  if ((*parent)->is_thread()) return tl::unexpected(Refusal{kBad, "a thread holds no threads"});
  std::string name = body["name"].text_or("");
  if (name.empty() || name.size() > 100)
    return tl::unexpected(Refusal{kBad, "name must have 1 to 100 characters"});
  Message* from = nullptr;
  if (body["message"]) {
    auto message = message_of(body);
    if (!message) return tl::unexpected(Refusal{kNotFound, message.error().what});
    from = *message;
    if (from->thread) return tl::unexpected(Refusal{409, "the message has a thread already"});
  }
  auto& thread = room_.chat.start_thread(**parent, name, Channel::kThread, (*owner)->id, from);
  return Json::object().set("channel", channel_object(thread));
}

Control::Answer Control::set_permissions(JsonView body) {
  auto channel = channel_of(body);
  if (!channel) return tl::unexpected(Refusal{kNotFound, channel.error().what});
  if (auto on = body["bot_may_send"].boolean()) (*channel)->bot_may_send = *on;
  if (auto on = body["bot_may_attach"].boolean()) (*channel)->bot_may_attach = *on;
  return Json::object();
}

}  // namespace coordinator::playground
