#include "playground.h"

#include <algorithm>

#include "api.h"
#include "base/log.h"
#include "control_stream.h"
#include "io/loop.h"
#include "io/lws_context.h"
#include "page.h"

namespace coordinator::playground {

namespace {

constexpr unsigned kConnections = 4096;

const char* content_type(std::string_view path) {
  auto ends = [&path](std::string_view end) {
    return path.size() > end.size() && path.substr(path.size() - end.size()) == end;
  };
  if (ends(".js")) return "text/javascript; charset=utf-8";
  if (ends(".css")) return "text/css; charset=utf-8";
  if (ends(".svg")) return "image/svg+xml";
  if (ends(".png")) return "image/png";
  if (ends(".ico")) return "image/x-icon";
  return "text/html; charset=utf-8";
}

World make_world(const std::string& text, Status& status) {
  if (text.empty()) return World::standard();
  auto world = World::parse(text);
  if (world) return std::move(*world);
  status = tl::unexpected<Error>(world.error());
  return World::standard();
}

}  // namespace

// Members in the order in which they need each other.
struct Playground::Parts {
  Parts(std::unique_ptr<io::LwsContext> own, io::LwsContext& shared, PlaygroundOptions options);

  void serve(io::ServerRequest request, io::Responder responder);
  io::ServerResponse attachment(const std::string& path);

  Status status;
  std::unique_ptr<io::LwsContext> own_context;
  io::LwsContext& context;
  std::string host;
  World world;
  Clock clock;
  Random random{system_seed()};
  Chat chat{world, clock};
  Faults faults;
  Recorder recorder;
  Alarms alarms;
  GatewayServer gateway;
  InteractionDesk desk;
  Nonces nonces;
  RateLimits limits;
  Api api;
  ControlRoom room;
  Control control;
  ControlStream stream;
  std::vector<io::Responder> held;  // who will get no answer
  io::HttpServer server;
};

namespace {

io::HttpServerOptions server_options(const PlaygroundOptions& options) {
  io::HttpServerOptions out;
  out.host = options.host;
  out.port = options.port;
  out.headers = {"x-audit-log-reason"};
  return out;
}

}  // namespace

Playground::Parts::Parts(std::unique_ptr<io::LwsContext> own, io::LwsContext& shared,
                         PlaygroundOptions options)
    : own_context(std::move(own)),
      context(shared),
      host(options.host),
      world(make_world(options.world, status)),
      alarms(shared.loop(), clock),
      gateway(shared.loop(), chat, faults, recorder, alarms, random, options.gateway),
      desk(chat, alarms, random, [this] { return gateway.connected(); }),
      nonces(options.nonce_window),
      limits(options.limits),
      api(Backstage{chat, world, desk, nonces, gateway.machine()}, faults, recorder, limits, alarms),
      room{chat, world, gateway, desk, faults, recorder, clock, alarms},
      control(room),
      stream(room),
      server(shared, server_options(options)) {
  server.on_request([this](io::ServerRequest request, io::Responder responder) {
    serve(std::move(request), std::move(responder));
  });
  server.on_upgrade(
      [this](const io::ServerRequest& request) -> std::optional<io::ServerResponse> {
        if (request.path != "/control/stream") return gateway.accept(request);
        if (request.from_this_machine()) return std::nullopt;
        return io::ServerResponse{403, {}, ""};
      },
      [this](const io::ServerRequest& request, io::ServerSocket& socket) {
        if (request.path == "/control/stream")
          stream.open(socket);
        else
          gateway.open(request, socket);
      });
  if (status) status = recorder.open(options.record, options.record_gateway);
  if (status) status = server.listen();
  world.address = fmt::format("http://{}:{}", host.find(':') == std::string::npos ? host : "[" + host + "]",
                              server.port());
}

void Playground::Parts::serve(io::ServerRequest request, io::Responder responder) {
  const std::string& path = request.path;
  if (path.rfind("/api/", 0) == 0) return api.handle(std::move(request), std::move(responder));
  if (path.rfind("/control/", 0) == 0) return control.handle(std::move(request), std::move(responder));
  if (path.rfind("/attachments/", 0) == 0 && faults.files() == 0) return held.push_back(std::move(responder));
  if (path.rfind("/attachments/", 0) == 0) return responder.send(attachment(path));
  for (const auto* file = page_files(); !file->path.empty(); ++file)
    if (file->path == path || (path == "/" && file->path == "/index.html"))
      return responder.send({200,
                             {{"content-type", content_type(file->path)}, {"cache-control", "no-cache"}},
                             request.method == "GET" ? std::string(file->bytes) : ""});
  responder.send({404, {{"content-type", "text/plain"}}, "there is nothing here\n"});
}

// "/attachments/CHANNEL/ATTACHMENT/FILENAME"
io::ServerResponse Playground::Parts::attachment(const std::string& path) {
  if (faults.files() != 200) return {faults.files(), {{"content-type", "text/plain"}}, "not this time\n"};
  auto rest = std::string_view(path).substr(std::string_view("/attachments/").size());
  auto channel = ChannelId::parse(rest.substr(0, rest.find('/')));
  if (channel)
    for (const auto& [id, message] : world.messages(*channel))
      for (const auto& file : message.attachments)
        if (rest == fmt::format("{}/{}/{}", channel->text(), file.id, file.filename))
          return {
              200, {{"content-type", file.content_type}, {"x-content-type-options", "nosniff"}}, *file.bytes};
  return {404, {{"content-type", "text/plain"}}, "This content is no longer available.\n"};
}

Playground::Playground(io::Loop& loop, PlaygroundOptions options) {
  auto context = std::make_unique<io::LwsContext>(loop, kConnections);
  auto& shared = *context;
  parts_ = std::make_unique<Parts>(std::move(context), shared, std::move(options));
}
Playground::Playground(io::LwsContext& context, PlaygroundOptions options)
    : parts_(std::make_unique<Parts>(nullptr, context, std::move(options))) {}
Playground::~Playground() = default;

const Status& Playground::status() const { return parts_->status; }
int Playground::port() const { return parts_->server.port(); }
std::string Playground::url() const { return parts_->world.address; }
std::string Playground::api_url() const { return url() + "/api/v10"; }

// ---- what people do

namespace {

// What a test asks for that is not there is a mistake in the test, which the log should name.
template <class T>
T* or_complain(T* found, std::string_view kind, std::string_view which) {
  if (!found) log::error("playground", "there is no {} \"{}\"", kind, which);
  return found;
}

InteractionId id_or_complain(const Result<Interaction*>& interaction) {
  if (interaction) return (*interaction)->id;
  log::error("playground", "{}", interaction.error().what);
  return {};
}

}  // namespace

MessageId Playground::inject_message(Injection injection) {
  auto message = inject(parts_->chat, std::move(injection));
  if (message) return (*message)->id;
  log::error("playground", "{}", message.error().what);
  return {};
}

const Message* Playground::message(std::string_view channel, MessageId id) {
  const auto* found = parts_->world.find_channel(channel);
  return found ? parts_->world.message(found->id, id) : nullptr;
}

void Playground::edit_message(std::string_view channel, MessageId id, std::string content) {
  auto* target = const_cast<Message*>(or_complain(message(channel, id), "message", id.text()));
  MessageForm form;
  form.content = std::move(content);
  if (target) parts_->chat.edit(*target, std::move(form));
}

void Playground::delete_message(std::string_view channel, MessageId id) {
  const auto* target = or_complain(message(channel, id), "message", id.text());
  if (target) parts_->chat.remove(target->channel, id);
}

void Playground::react(std::string_view channel, MessageId id, std::string_view emoji,
                       std::string_view user) {
  auto* target = const_cast<Message*>(or_complain(message(channel, id), "message", id.text()));
  const auto* who = or_complain(parts_->world.find_user(user), "user", user);
  auto parsed = Emoji::parse(emoji);
  if (target && who && parsed) parts_->chat.react(*target, who->id, *parsed, true);
}

ChannelId Playground::add_channel(std::string name) {
  return parts_->chat.add_channel(parts_->world.guilds().begin()->first, std::move(name), "").id;
}

ChannelId Playground::start_thread(std::string_view channel, std::string name, std::string_view author) {
  auto* parent = or_complain(parts_->world.find_channel(channel), "channel", channel);
  const auto* owner = or_complain(parts_->world.find_user(author), "user", author);
  if (!parent || !owner) return {};
  return parts_->chat.start_thread(*parent, std::move(name), Channel::kThread, owner->id, nullptr).id;
}

InteractionId Playground::run_command(std::string_view channel, std::string_view name,
                                      std::string_view options, std::string_view user) {
  auto* where = or_complain(parts_->world.find_channel(channel), "channel", channel);
  const auto* who = or_complain(parts_->world.find_user(user), "user", user);
  auto given = Json::parse(options);
  if (!where || !who || !given) return {};
  return id_or_complain(parts_->desk.run_command(*where, *who, name, given->view(), "", std::nullopt));
}

InteractionId Playground::press(std::string_view channel, MessageId id, std::string_view custom_id,
                                std::string_view user) {
  return choose(channel, id, custom_id, "[]", user);
}

InteractionId Playground::choose(std::string_view channel, MessageId id, std::string_view custom_id,
                                 std::string_view values, std::string_view user) {
  auto* target = const_cast<Message*>(or_complain(message(channel, id), "message", id.text()));
  const auto* who = or_complain(parts_->world.find_user(user), "user", user);
  if (!target || !who) return {};
  auto given = Json::parse(values);
  if (!given) return {};
  return id_or_complain(parts_->desk.press(*target, *who, custom_id, given->view()));
}

InteractionId Playground::submit_modal(InteractionId shown, std::string_view fields, std::string_view user) {
  const auto* who = or_complain(parts_->world.find_user(user), "user", user);
  auto given = Json::parse(fields);
  if (!who || !given) return {};
  return id_or_complain(parts_->desk.submit(shown, *who, given->view()));
}

std::shared_ptr<const Json> Playground::response(InteractionId id) {
  const auto* interaction = parts_->desk.all().find(id);
  return interaction ? interaction->response : nullptr;
}

// ---- what can be seen

std::vector<const Message*> Playground::messages(std::string_view channel) {
  std::vector<const Message*> out;
  const auto* found = or_complain(parts_->world.find_channel(channel), "channel", channel);
  if (!found) return out;
  for (const auto& [id, message] : parts_->world.messages(found->id)) out.push_back(&message);
  return out;
}

std::vector<const Message*> Playground::bot_messages(std::string_view channel) {
  auto out = messages(channel);
  std::erase_if(out,
                [bot = parts_->world.bot().user](const Message* message) { return message->author != bot; });
  return out;
}

std::vector<const Message*> Playground::replies_to(MessageId id) {
  std::vector<const Message*> out;
  UserId bot = parts_->world.bot().user;
  for (const auto& [channel_id, channel] : parts_->world.channels())
    for (const auto& [message_id, message] : parts_->world.messages(channel_id))
      if (message.author == bot && message.reply_to == id) out.push_back(&message);
  return out;
}

bool Playground::typing(std::string_view channel) {
  const auto* found = or_complain(parts_->world.find_channel(channel), "channel", channel);
  return found && parts_->chat.typing(found->id, parts_->world.bot().user);
}

const std::deque<Json>& Playground::recorded() const { return parts_->recorder.exchanges(); }

std::size_t Playground::requests(std::string_view method, std::string_view route) const {
  std::size_t count = 0;
  for (const auto& exchange : recorded()) {
    std::string path = exchange["path"].text_or("");
    path = path.substr(0, path.find('?'));
    if (path.rfind("/api/v10", 0) == 0) path = path.substr(8);
    if (exchange["method"].text() == method && Faults::matches(route, path)) ++count;
  }
  return count;
}

// ---- the gateway and the network

bool Playground::connected() const { return parts_->gateway.connected(); }
int Playground::identifies() const { return parts_->gateway.machine().identifies(); }
int Playground::resumes() const { return parts_->gateway.machine().resumes(); }
Faults& Playground::faults() { return parts_->faults; }
void Playground::drop_sockets() { parts_->gateway.drop_all(); }
void Playground::close_sockets(int code) { parts_->gateway.close_all(code, ""); }
void Playground::reconnect() { parts_->gateway.reconnect_all(); }
void Playground::invalidate(bool resumable) { parts_->gateway.invalidate_all(resumable); }
void Playground::ask_heartbeat() { parts_->gateway.ask_heartbeats(); }
void Playground::acknowledge(bool on) { parts_->gateway.acknowledge(on); }
void Playground::expire_sessions() { parts_->gateway.expire_sessions(); }

Status Playground::fault(std::string_view json) {
  auto parsed = Json::parse(json);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  return apply_fault(parts_->room, parsed->view());
}

void Playground::advance(Millis by) { playground::advance(parts_->room, by); }

void Playground::archive_thread(std::string_view thread) {
  if (auto* found = or_complain(parts_->world.find_channel(thread), "thread", thread))
    parts_->chat.archive(*found, true, parts_->chat.now().wall);
}

void Playground::may_send(std::string_view channel, bool on) {
  if (auto* found = or_complain(parts_->world.find_channel(channel), "channel", channel))
    found->bot_may_send = on;
}

void Playground::may_attach(std::string_view channel, bool on) {
  if (auto* found = or_complain(parts_->world.find_channel(channel), "channel", channel))
    found->bot_may_attach = on;
}

Chat& Playground::chat() { return parts_->chat; }
World& Playground::world() { return parts_->world; }

}  // namespace coordinator::playground
