#include "discord/gateway.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "discord/decode.h"
#include "discord/rest.h"
#include "discord/routes.h"
#include "io/inflate.h"
#include "io/loop.h"
#include "io/lws_context.h"
#include "io/websocket.h"

namespace coordinator::discord {

namespace {

enum Opcode {
  kDispatch = 0,
  kHeartbeat = 1,
  kIdentify = 2,
  kResume = 6,
  kReconnect = 7,
  kInvalidSession = 9,
  kHello = 10,
  kHeartbeatAck = 11,
};

constexpr Millis kTellOne = 1s;  // of the messages that do not concern us

gateway::Options machine_options(const GatewayOptions& options) {
  gateway::Options machine = options.machine;
  if (options.compression == Compression::zlib_stream) machine.query += "&compress=zlib-stream";
  if (options.compression == Compression::zstd_stream) machine.query += "&compress=zstd-stream";
  return machine;
}

std::unique_ptr<io::Inflate> make_inflate(Compression compression) {
  if (compression == Compression::none) return nullptr;
  return std::make_unique<io::Inflate>(compression == Compression::zlib_stream ? io::Inflate::Format::zlib
                                                                               : io::Inflate::Format::zstd);
}

Json envelope(int op, Json data) { return Json::object().set("op", op).set("d", std::move(data)); }

bool contains(std::string_view text, std::string_view part) {
  return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

Identity identity_of(JsonView ready) {
  return {ready["user"]["id"].id<UserId>().value_or(UserId{}),
          ready["application"]["id"].id<ApplicationId>().value_or(ApplicationId{}),
          ready["user"]["username"].text_or("")};
}

}  // namespace

Gateway::Gateway(io::LwsContext& context, Rest& rest, Token token, GatewayOptions options,
                 GatewayListener listener)
    : context_(context),
      rest_(rest),
      token_(std::move(token)),
      options_(std::move(options)),
      listener_(std::move(listener)),
      machine_(machine_options(options_), system_seed(), options_.session),
      timer_(context.loop(), [this] { tell(gateway::Tick{}); }),
      self_(std::make_shared<Gateway*>(this)) {}

Gateway::~Gateway() { *self_ = nullptr; }

void Gateway::start() { tell(gateway::Start{}); }

void Gateway::stop(bool resume_later) { tell(gateway::Stop{resume_later}); }

void Gateway::send(const Json& payload) { tell(gateway::SendRequested{payload.dump()}); }

void Gateway::tell(const gateway::Event& event) {
  Instant now = context_.loop().now().instant;
  for (const auto& effect : machine_.handle(event, now))
    std::visit([this](const auto& what) { apply(what); }, effect);
  auto wake = machine_.wake_at();
  if (wake == armed_ && timer_.active()) return;  // thousands of ignored events change nothing
  armed_ = wake;
  if (wake)
    timer_.start(*wake - now);
  else
    timer_.stop();
}

void Gateway::apply(const gateway::AskBotInfo&) {
  Request request;
  request.route = routes::gateway_bot();
  request.lane = Lane::callback;
  rest_.send(std::move(request), [self = self_](RestResult result) {
    if (*self) (*self)->tell((*self)->bot_info(result));
  });
}

// Our own books may know of identifies that Discord has forgotten, or may be stricter.
gateway::Event Gateway::bot_info(const RestResult& result) const {
  if (!result)
    return gateway::BotInfoFailed{"cannot ask for the gateway's address: " + result.error().message,
                                  result.error().kind == RestError::Kind::token};
  auto url = result->body["url"].text();
  if (!url) return gateway::BotInfoFailed{"the answer of GET /gateway/bot names no address", false};
  JsonView limit = result->body["session_start_limit"];
  gateway::BotInfo info{std::string(*url), static_cast<int>(limit["remaining"].integer().value_or(1)),
                        Millis(limit["reset_after"].integer().value_or(0))};
  Millis wait = listener_.identify_wait ? listener_.identify_wait() : Millis(0);
  if (wait > 0ms) {
    info.reset_after = info.remaining > 0 ? wait : std::max(wait, info.reset_after);
    info.remaining = 0;
  }
  return info;
}

void Gateway::apply(const gateway::Connect& effect) {
  ++stats_.connections;
  inflate_ = make_inflate(options_.compression);
  io::WebSocketListener listener{[this] { tell(gateway::Opened{}); },
                                 [this](std::string_view bytes, bool binary) { on_message(bytes, binary); },
                                 [this](std::optional<int> code, const std::string& reason) {
                                   tell(gateway::Closed{code, reason});
                                 }};
  io::WebSocketOptions options;
  options.ca_file = options_.ca_file;
  drop_socket(0);
  socket_ = std::make_unique<io::WebSocket>(context_, effect.url, std::move(listener), std::move(options));
}

void Gateway::apply(const gateway::Disconnect& effect) { drop_socket(effect.code); }

// Perhaps from inside its own callback: it dies at the end of the iteration.
void Gateway::drop_socket(int code) {
  if (!socket_) return;
  if (code) socket_->close(code);
  socket_->mute();
  context_.loop().bury(std::move(socket_));
}

void Gateway::apply(const gateway::SendHeartbeat& effect) {
  transmit(envelope(kHeartbeat, effect.seq ? Json(*effect.seq) : Json()));
}

// By the time it may leave, its connection may be another one.
void Gateway::apply(const gateway::SendIdentify&) {
  if (!listener_.identify) return identify();
  listener_.identify([self = self_, connection = stats_.connections] {
    if (*self && (*self)->stats_.connections == connection) (*self)->identify();
  });
}

void Gateway::identify() {
  ++stats_.identifies;
  Json properties =
      Json::object().set("os", "linux").set("browser", "coordinator").set("device", "coordinator");
  transmit(envelope(kIdentify, Json::object()
                                   .set("token", token_.reveal())
                                   .set("intents", options_.intents)
                                   .set("properties", std::move(properties))));
}

void Gateway::apply(const gateway::SendResume& effect) {
  ++stats_.resumes;
  if (own_id_.empty()) told_ready(effect.session.identity);
  transmit(envelope(kResume, Json::object()
                                 .set("token", token_.reveal())
                                 .set("session_id", effect.session.id)
                                 .set("seq", effect.session.seq)));
}

// A process that resumes an earlier one's session gets no READY, but has to know who it is.
void Gateway::told_ready(const Identity& identity) {
  own_id_ = identity.user.text();
  hand_over(Ready{identity.user, identity.application, identity.user_name, {}, true});
}

void Gateway::apply(const gateway::SendText& effect) {
  if (socket_) socket_->send(effect.text);
}

void Gateway::transmit(const Json& payload) {
  if (socket_) socket_->send(payload.dump());
}

void Gateway::apply(const gateway::Report& effect) {
  context_.loop().later([self = self_, effect] {
    if (*self && (*self)->listener_.report) (*self)->listener_.report(effect);
  });
}

void Gateway::apply(const gateway::Latency& effect) { stats_.latency = effect.value; }

void Gateway::hand_over(Event event) {
  if (listener_.event) listener_.event(event);
}

void Gateway::on_message(std::string_view bytes, bool binary) {
  if (!binary || !inflate_) return on_payload(bytes);
  auto payload = inflate_->feed(bytes);
  if (!payload) return tell(gateway::StreamBroken{payload.error().what});
  if (*payload) on_payload(**payload);
}

void Gateway::on_payload(std::string_view text) {
  ++stats_.payloads;
  stats_.bytes += text.size();
  auto envelope = scan_envelope(text);
  if (envelope && of_no_interest(*envelope, text)) {
    ++stats_.ignored;
    return tell(gateway::Dispatched{*envelope->seq});
  }
  auto json = Json::parse(text);
  if (!json) return tell(gateway::StreamBroken{"Discord sent what is " + json.error().what});
  on_json(*json);
}

bool Gateway::of_no_interest(const Envelope& envelope, std::string_view text) {
  if (envelope.op != kDispatch || !envelope.seq) return false;
  if (!is_wanted(envelope.type)) return true;
  return options_.only_addressed && envelope.type == "MESSAGE_CREATE" && !own_id_.empty() &&
         !contains(text, own_id_) && contains(text, "\"guild_id\"") && !its_turn_to_be_told();
}

bool Gateway::its_turn_to_be_told() {
  Instant now = context_.loop().now().instant;
  if (told_ && now < *told_ + kTellOne) return false;
  told_ = now;
  return true;
}

void Gateway::on_json(const Json& payload) {
  switch (payload["op"].integer().value_or(-1)) {
    case kDispatch:
      return on_dispatch(payload);
    case kHeartbeat:
      return tell(gateway::HeartbeatAsked{});
    case kReconnect:
      return tell(gateway::ReconnectAsked{});
    case kInvalidSession:
      return tell(gateway::SessionInvalid{payload["d"].truthy()});
    case kHello:
      return tell(gateway::Hello{Millis(payload["d"]["heartbeat_interval"].integer().value_or(41'250))});
    case kHeartbeatAck:
      return tell(gateway::HeartbeatAcked{});
    default:
      return;  // Discord adds opcodes
  }
}

// The machine first, so that session() already knows of an event when the listener hears it.
void Gateway::on_dispatch(const Json& payload) {
  std::string type = payload["t"].text_or("");
  JsonView data = payload["d"];
  if (auto seq = payload["s"].integer()) tell(gateway::Dispatched{*seq});
  if (type == "READY") {
    Identity identity = identity_of(data);
    own_id_ = identity.user.text();
    tell(gateway::ReadyReceived{data["session_id"].text_or(""), data["resume_gateway_url"].text_or(""),
                                identity});
  }
  if (type == "RESUMED") tell(gateway::ResumedReceived{});
  for (auto& event : decode(type, data)) hand_over(std::move(event));
}

}  // namespace coordinator::discord
