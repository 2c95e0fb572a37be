#include "control.h"

#include <algorithm>

#include "shown.h"

namespace coordinator::playground {

namespace {

io::ServerResponse json_response(const Json& json, int status = 200) {
  return {status, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, json.dump()};
}

io::ServerResponse error_response(int status, std::string_view error) {
  return json_response(Json::object().set("error", error), status);
}

std::string decoded_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t word = 0;
  int bits = 0;
  for (char c : text) {
    auto value = digits.find(c);
    if (value == std::string_view::npos) continue;
    word = word << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) out += static_cast<char>(word >> (bits -= 8) & 255);
  }
  return out;
}

}  // namespace

void advance(ControlRoom& room, Millis by) {
  room.clock.advance(by);
  room.alarms.recheck();
  room.chat.archive_idle_threads();
  room.chat.tell(change::ClockMoved{});
}

void Control::handle(io::ServerRequest request, io::Responder responder) {
  if (!request.from_this_machine())
    return responder.send(error_response(403, "the control interface answers this machine only"));
  Json body;
  if (!request.body.empty()) {
    auto parsed = Json::parse(request.body);
    if (!parsed) return responder.send(error_response(400, parsed.error().what));
    body = std::move(*parsed);
  }
  std::string path = request.path.substr(std::string_view("/control").size());
  if (request.method == "POST" && path == "/say") return say(body.view(), std::move(responder));
  for (const char* interaction :
       {"/commands/run", "/commands/autocomplete", "/components/press", "/modals/submit"})
    if (request.method == "POST" && path == interaction)
      return interact(path, body.view(), std::move(responder));
  auto answer = this->answer(request, body.view());
  if (answer)
    responder.send(json_response(*answer));
  else
    responder.send(error_response(answer.error().status, answer.error().error));
}

Control::Answer Control::answer(const io::ServerRequest& request, JsonView body) {
  std::string what = request.method + " " + request.path.substr(std::string_view("/control").size());
  if (what == "GET /world")
    return shown_world(room_.world, room_.chat.now().wall, room_.clock.offset(), room_.gateway.connected());
  if (what == "GET /messages") return messages(request);
  if (what == "POST /messages") return post_message(body);
  if (what == "PATCH /messages") return edit_message(body);
  if (what == "DELETE /messages") return delete_message(body);
  if (what == "POST /reactions") return react(body);
  if (what == "POST /typing") return type(body);
  if (what == "POST /channels") return add_channel(body);
  if (what == "POST /threads") return start_thread(body);
  if (what == "POST /permissions") return set_permissions(body);
  if (what == "GET /requests") return requests(request);
  if (what == "GET /gateway") return room_.gateway.describe();
  if (what == "GET /faults") return Json::object().set("faults", room_.faults.list());
  if (what == "POST /faults") {
    auto applied = apply_fault(room_, body);
    if (!applied) return tl::unexpected(Refusal{400, applied.error().what});
    return Json::object();
  }
  if (what == "DELETE /faults") {
    room_.faults.clear();
    room_.gateway.acknowledge(true);
    return Json::object();
  }
  if (what == "POST /clock") {
    auto by = body["advance_ms"].integer();
    if (!by || *by < 0)
      return tl::unexpected(Refusal{400, "advance_ms must be a number of milliseconds, 0 or more"});
    advance(room_, Millis(*by));
    return Json::object()
        .set("now_ms", room_.chat.now().wall.time_since_epoch().count())
        .set("offset_ms", room_.clock.offset().count());
  }
  return tl::unexpected(Refusal{404, "there is no " + what + " here; README.md lists what there is"});
}

// ---- reading

Control::Answer Control::messages(const io::ServerRequest& request) {
  auto which = request.parameter("channel").value_or("");
  const auto* channel = room_.world.find_channel(which);
  if (!channel) return tl::unexpected(Refusal{404, fmt::format("there is no channel \"{}\"", which)});
  auto id = [&request](const char* name) { return MessageId::parse(request.parameter(name).value_or("")); };
  auto before = id("before"), after = id("after");
  auto limit = static_cast<std::size_t>(
      std::max(1, std::atoi(std::string(request.parameter("limit").value_or("50")).c_str())));
  std::vector<const Message*> found;
  for (const auto& [message_id, message] : room_.world.messages(channel->id))
    if ((!before || message_id < *before) && (!after || message_id > *after)) found.push_back(&message);
  if (found.size() > limit) {
    if (after)
      found.resize(limit);
    else
      found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
  }
  Json out = Json::array();
  for (const auto* message : found) out.push(shown_message(room_.world, *message));
  return Json::object().set("messages", std::move(out));
}

Control::Answer Control::requests(const io::ServerRequest& request) {
  auto since =
      static_cast<std::size_t>(std::atoll(std::string(request.parameter("since").value_or("0")).c_str()));
  auto method = request.parameter("method"), path = request.parameter("path");
  Json out = Json::array();
  std::size_t n = room_.recorder.first();
  for (const auto& exchange : room_.recorder.exchanges()) {
    if (n++ < since) continue;
    if (method && exchange["method"].text() != *method) continue;
    if (path && exchange["path"].text().value_or("").find(*path) == std::string_view::npos) continue;
    out.push(exchange.clone());
  }
  return Json::object().set("requests", std::move(out)).set("next", room_.recorder.count());
}

// ---- what bodies name

Result<const User*> Control::user_of(JsonView body, const char* key) {
  std::string who = body[key].text_or("alice");
  const auto* user = room_.world.find_user(who);
  if (!user) return fail("there is no user \"{}\"", who);
  return user;
}

Result<Channel*> Control::channel_of(JsonView body) {
  std::string which = body["channel"].text_or("");
  auto* channel = room_.world.find_channel(which);
  if (!channel) return fail("there is no channel \"{}\"", which);
  return channel;
}

Result<Message*> Control::message_of(JsonView body) {
  auto channel = channel_of(body);
  if (!channel) return tl::unexpected<Error>(channel.error());
  auto id = body["message"].id<MessageId>();
  auto* message = id ? room_.world.message((*channel)->id, *id) : nullptr;
  if (!message) return fail("there is no message \"{}\" in that channel", body["message"].text_or(""));
  return message;
}

Result<Injection> Control::read_injection(JsonView body) {
  Injection injection;
  injection.channel = body["channel"].text_or("");
  injection.content = body["content"].text_or("");
  injection.author = body["author"].text_or("alice");
  injection.reply_to = body["reply_to"].id<MessageId>();
  injection.mention_bot = body["mention_bot"].boolean().value_or(true);
  if (body["reply_to"] && !body["reply_to"].is_null() && !injection.reply_to)
    return fail("reply_to must be a message's id, as a string");
  for (JsonView embed : body["embeds"]) injection.embeds.push_back(Json::clone(embed));
  for (JsonView file : body["attachments"]) {
    std::string bytes =
        file["text"].is_string() ? file["text"].text_or("") : decoded_base64(file["base64"].text_or(""));
    injection.attachments.push_back({"", file["filename"].text_or("file"),
                                     file["content_type"].text_or("text/plain; charset=utf-8"), "", false,
                                     std::make_shared<const std::string>(std::move(bytes))});
  }
  return injection;
}

// ---- waiting

void Control::interact(const std::string& path, JsonView body, io::Responder responder) {
  auto refuse = [&responder](const Error& error) { responder.send(error_response(404, error.what)); };
  auto user = user_of(body);
  if (!user) return refuse(user.error());
  Result<Interaction*> interaction = fail("nothing was done");
  if (path == "/modals/submit") {
    interaction = room_.desk.submit(body["interaction"].id<InteractionId>().value_or(InteractionId{}), **user,
                                    body["fields"]);
  } else if (path == "/components/press") {
    auto message = message_of(body);
    if (!message) return refuse(message.error());
    interaction = room_.desk.press(**message, **user, body["custom_id"].text_or(""), body["values"]);
  } else {
    auto channel = channel_of(body);
    if (!channel) return refuse(channel.error());
    std::optional<std::string> focused;
    if (path == "/commands/autocomplete") focused = body["focused"].text_or("");
    interaction = room_.desk.run_command(**channel, **user, body["name"].text_or(""), body["options"],
                                         body["target"].text_or(""), focused);
  }
  if (!interaction) return responder.send(error_response(409, interaction.error().what));
  wait_for_response(**interaction, Millis(body["timeout_ms"].integer().value_or(3000)), std::move(responder));
}

// Watches until there is a response; the alarm ends a wait that got none.
void Control::wait_for_response(const Interaction& interaction, Millis patience, io::Responder responder) {
  auto id = interaction.id;
  struct Wait {
    io::Responder responder;
    int watch = 0;
    Alarms::Id alarm = 0;
  };
  auto wait = std::make_shared<Wait>(Wait{std::move(responder)});
  auto finish = [this, id, wait] {
    room_.chat.unwatch(wait->watch);
    room_.alarms.cancel(wait->alarm);
    const auto* found = room_.desk.all().find(id);
    if (!found) return wait->responder.send(error_response(409, "the interaction was forgotten"));
    Json response = found->response ? found->response->clone() : Json::object().set("kind", "none");
    wait->responder.send(json_response(
        Json::object().set("interaction", shown_interaction(*found)).set("response", std::move(response))));
  };
  if (interaction.response || patience <= Millis(0)) return finish();
  wait->watch = room_.chat.watch([id, finish](const Change& change) {
    const auto* answered = std::get_if<change::InteractionAnswered>(&change);
    if (answered && answered->id == id) finish();
  });
  wait->alarm = room_.alarms.after(patience + Interactions::kCallbackTime / 10, finish);
}

struct Control::Waiting {
  io::Responder responder;
  MessageId said;
  ChannelId channel;
  SayWatch watch;
  int watcher = 0;
  Alarms::Id timeout = 0, look = 0;
};

void Control::say(JsonView body, io::Responder responder) {
  auto injection = read_injection(body);
  if (!injection) return responder.send(error_response(400, injection.error().what));
  auto message = inject(room_.chat, std::move(*injection));
  if (!message) return responder.send(error_response(404, message.error().what));
  Millis quiet(body["quiet_ms"].integer().value_or(1500));
  auto waiting = std::make_shared<Waiting>(
      Waiting{std::move(responder), (*message)->id, (*message)->channel, SayWatch((*message)->id, quiet)});
  watch_say(waiting);
  waiting->timeout = room_.alarms.after(Millis(body["timeout_ms"].integer().value_or(120'000)),
                                        [this, waiting] { finish_say(*waiting, false); });
}

void Control::watch_say(const std::shared_ptr<Waiting>& waiting) {
  UserId bot = room_.world.bot().user;
  waiting->watcher = room_.chat.watch([this, waiting, bot](const Change& change) {
    WallTime now = room_.chat.now().wall;
    if (const auto* created = std::get_if<change::MessageCreated>(&change)) {
      const auto* message = room_.world.message(created->channel, created->message);
      if (!message || message->channel != waiting->channel || message->author != bot) return;
      waiting->watch.created(message->id, message->reply_to, now);
    } else if (const auto* updated = std::get_if<change::MessageUpdated>(&change)) {
      waiting->watch.changed(updated->message, false, now);
    } else if (const auto* deleted = std::get_if<change::MessageDeleted>(&change)) {
      waiting->watch.changed(deleted->message, true, now);
    } else if (const auto* typing = std::get_if<change::Typing>(&change)) {
      if (typing->channel != waiting->channel || typing->user != bot) return;
      waiting->watch.typing(typing->until);
    } else {
      return;
    }
    room_.alarms.cancel(waiting->look);
    if (auto next = waiting->watch.next())
      waiting->look = room_.alarms.at(*next, [this, waiting] { finish_say(*waiting, true); });
  });
}

void Control::finish_say(Waiting& waiting, bool complete) {
  room_.chat.unwatch(waiting.watcher);
  room_.alarms.cancel(waiting.timeout);
  room_.alarms.cancel(waiting.look);
  Json answers = Json::array();
  for (MessageId id : waiting.watch.answers())
    if (const auto* message = room_.world.message(waiting.channel, id))
      answers.push(shown_message(room_.world, *message));
  Json out = Json::object();
  if (const auto* said = room_.world.message(waiting.channel, waiting.said))
    out.set("message", shown_message(room_.world, *said));
  out.set("answers", std::move(answers));
  if (!complete) out.set("error", "the bot's answer was not complete in time");
  waiting.responder.send(json_response(out, complete ? 200 : 504));
}

}  // namespace coordinator::playground
