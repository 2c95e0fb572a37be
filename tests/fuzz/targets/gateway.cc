// Gateway payloads, one a line: the look at the envelope, the decoder, and the machine, which time passes
// for.
#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "discord/decode.h"
#include "discord/envelope.h"
#include "discord/gateway_machine.h"
#include "fuzz.h"
#include "lines.h"

namespace coordinator::fuzz {

namespace {

using namespace discord;

// As discord::Gateway tells its machine.
gateway::Event event_of(const Json& payload) {
  JsonView data = payload["d"];
  switch (payload["op"].integer().value_or(-1)) {
    case 0:
      return gateway::Dispatched{payload["s"].integer().value_or(0)};
    case 1:
      return gateway::HeartbeatAsked{};
    case 7:
      return gateway::ReconnectAsked{};
    case 9:
      return gateway::SessionInvalid{data.truthy()};
    case 10:
      return gateway::Hello{Millis(data["heartbeat_interval"].integer().value_or(41'250))};
    default:
      return gateway::HeartbeatAcked{};
  }
}

class Connection {
 public:
  explicit Connection(std::size_t seed) : machine_({}, seed) { tell(gateway::Start{}); }

  void tell(const gateway::Event& event) {
    for (const auto& effect : machine_.handle(event, now_)) {
      if (std::holds_alternative<gateway::AskBotInfo>(effect)) asked_ = true;
      if (std::holds_alternative<gateway::Connect>(effect)) connecting_ = true;
    }
  }

  void pass(Millis time) {
    Instant until = now_ + time;
    for (int steps = 0; answer() || (machine_.wake_at() && *machine_.wake_at() <= until); ++steps) {
      if (machine_.wake_at()) now_ = std::max(now_, std::min(until, *machine_.wake_at()));
      tell(gateway::Tick{});
      require(steps < 20'000, "the machine wants to be woken again and again");
      if (steps > 20'000) return;
    }
    now_ = until;
  }

  void hear(const Json& payload) {
    tell(event_of(payload));
    std::string type = payload["t"].text_or("");
    if (payload["op"].integer() != 0) return;
    if (type == "READY")
      tell(gateway::ReadyReceived{
          payload["d"]["session_id"].text_or(""), payload["d"]["resume_gateway_url"].text_or(""), {}});
    if (type == "RESUMED") tell(gateway::ResumedReceived{});
    if (machine_.session()) {
      auto again = parse_session(to_text(*machine_.session()));
      // Every whole number that JSON can hold comes back.
      require(!again || *again == *machine_.session(), "a session is not what it was after it was written");
    }
  }

 private:
  // The world is willing: it says where the gateway is, and opens connections.
  bool answer() {
    if (std::exchange(asked_, false)) return tell(gateway::BotInfo{"wss://gateway.example", 900, {}}), true;
    if (std::exchange(connecting_, false)) return tell(gateway::Opened{}), true;
    return false;
  }

  gateway::Machine machine_;
  Instant now_{Millis(1'000'000)};
  bool asked_ = false, connecting_ = false;
};

// Of what is not UTF-8 the parser makes something else; Discord's is.
void check_envelope(std::string_view line, const Json& json) {
  auto scanned = scan_envelope(line);
  if (!scanned || !json.view().is_object() || text::valid_utf8(line) != line) return;
  Envelope parsed;
  parsed.op = static_cast<int>(json["op"].integer().value_or(-1));
  parsed.seq = json["s"].integer();
  parsed.type = json["t"].text().value_or("");
  require(*scanned == parsed, "the scanner and the parser read different envelopes");
}

}  // namespace

void gateway(std::string_view bytes) {
  Input input(bytes);
  Connection connection(input.number(256));
  Millis step(static_cast<std::int64_t>(input.number(60'000)));
  each_line(input.rest(), [&](std::string_view line) {
    connection.pass(step);
    scan_envelope(line);
    auto json = Json::parse(line);
    if (!json) return connection.tell(discord::gateway::StreamBroken{json.error().what});
    check_envelope(line, *json);
    discord::decode((*json)["t"].text_or(""), (*json)["d"]);
    connection.hear(*json);
  });
  connection.pass(5min);
}

}  // namespace coordinator::fuzz
