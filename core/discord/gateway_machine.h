// The life of a gateway session as a pure machine: hello, heartbeats, identify, resume, and what to do when
// it ends. https://discord.com/developers/docs/events/gateway
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/random.h"
#include "discord/gateway_session.h"
#include "discord/send_window.h"

namespace coordinator::discord::gateway {

// What happens to it. Payloads are told as they were decoded; `seq` of every dispatch, also of ignored ones.
struct Start {};
struct Stop {
  bool resume_later = true;  // false: the bot goes offline at once, and its session is lost
};
struct BotInfo {  // GET /gateway/bot
  std::string url;
  int remaining = 0;  // identifies left
  Millis reset_after{};
};
struct BotInfoFailed {
  std::string reason;
  bool for_good = false;  // the token was refused
};
struct Opened {};
struct Closed {
  std::optional<int> code;
  std::string reason;
};
struct Hello {
  Millis interval{};
};
struct HeartbeatAsked {};  // op 1
struct HeartbeatAcked {};  // op 11
struct ReconnectAsked {};  // op 7
struct SessionInvalid {    // op 9
  bool resumable = false;
};
struct Dispatched {
  std::int64_t seq = 0;
};
struct ReadyReceived {  // after its Dispatched
  std::string session_id, resume_url;
  Identity identity{};
};
struct ResumedReceived {};
struct StreamBroken {  // a payload that could not be decompressed or parsed: the connection is of no more use
  std::string reason;
};
struct SendRequested {  // a payload of the application
  std::string text;
};
struct Tick {};  // the time of wake_at() has come

using Event = std::variant<Start, Stop, BotInfo, BotInfoFailed, Opened, Closed, Hello, HeartbeatAsked,
                           HeartbeatAcked, ReconnectAsked, SessionInvalid, Dispatched, ReadyReceived,
                           ResumedReceived, StreamBroken, SendRequested, Tick>;

// What it wants done, in this order.
struct AskBotInfo {};
struct Connect {
  std::string url;  // with the query
};
struct Disconnect {  // and hear nothing more of that connection
  int code = 4000;
};
struct SendHeartbeat {
  std::optional<std::int64_t> seq;
};
struct SendIdentify {};
struct SendResume {
  GatewaySession session;
};
struct SendText {
  std::string text;
};
// What a person or a metric may want to know.
enum class Condition { waiting, connecting, identifying, resuming, ready, failed, stopped };
struct Report {
  Condition condition = Condition::waiting;
  std::string text;  // why, and what happens next; with `failed`: what to do
};
struct Latency {
  Millis value{};  // from a heartbeat to its answer
};

using Effect = std::variant<AskBotInfo, Connect, Disconnect, SendHeartbeat, SendIdentify, SendResume,
                            SendText, Report, Latency>;
using Effects = std::vector<Effect>;

// Where it stands. Each state holds what only it needs.
struct Idle {};
struct AskingBotInfo {};
struct Pausing {
  Instant until;
};
struct Connecting {};
struct Greeting {  // open, waits for hello
  Instant deadline;
};
struct Heart {
  Millis interval{};
  Instant next;
  std::optional<Instant> unanswered;  // when the last regular beat went out, while its answer is missing
  Instant last;                       // when any beat went out
};
enum class Phase { identifying, resuming, ready };
struct Live {
  Heart heart;
  Phase phase = Phase::identifying;
  Instant deadline;  // for READY or RESUMED
};
struct Failed {};  // for good: only Start brings it back
using State = std::variant<Idle, AskingBotInfo, Pausing, Connecting, Greeting, Live, Failed>;

struct Options {
  std::string query = "v=10&encoding=json";
  Millis hello_timeout = 20s;
  Millis ready_timeout = 60s;
  Millis first_pause = 1s, longest_pause = 60s;
  std::size_t unsent = 32;  // payloads of the application that may wait for the send limit
};

class Machine {
 public:
  Machine(Options options, std::uint64_t seed, std::optional<GatewaySession> session = {});

  // The one transition. What makes no sense in the present state (a straggler of a closed connection) does
  // nothing.
  Effects handle(const Event& event, Instant now);

  // When it wants a Tick, at the latest.
  std::optional<Instant> wake_at() const;
  const State& state() const { return state_; }
  bool ready() const;
  // Absent before the first READY and after the session was lost.
  const std::optional<GatewaySession>& session() const { return session_; }

 private:
  void on(const Start&);
  void on(const Stop&);
  void on(const BotInfo&);
  void on(const BotInfoFailed&);
  void on(const Opened&);
  void on(const Closed&);
  void on(const Hello&);
  void on(const HeartbeatAsked&);
  void on(const HeartbeatAcked&);
  void on(const ReconnectAsked&);
  void on(const SessionInvalid&);
  void on(const Dispatched&);
  void on(const ReadyReceived&);
  void on(const ResumedReceived&);
  void on(const StreamBroken&);
  void on(const SendRequested&);
  void on(const Tick&);

  void begin();
  void connect(const std::string& base);
  void enter_ready(const char* how);
  void beat(Live& live);
  void beat_or_bury(Live& live);
  void flush_unsent();
  void reconnect(Millis pause, const std::string& why);
  void pause(Millis length, const std::string& why);
  void give_up(std::string what_to_do);
  bool connected() const;
  Millis next_pause() { return backoff_.next(random_); }
  template <class T>
  void emit(T effect) {
    effects_.push_back(std::move(effect));
  }

  Options options_;
  Random random_;
  Backoff backoff_;
  std::optional<GatewaySession> session_;
  State state_;
  Effects effects_;
  Instant now_;
  std::string url_;                // as /gateway/bot gave it, without a query
  bool resume_url_fails_ = false;  // then the next try goes to url_
  std::optional<Instant> identified_;
  std::optional<std::int64_t> seq_;  // of this connection, also before READY
  SendWindow window_;
  std::deque<std::string> unsent_;
};

}  // namespace coordinator::discord::gateway
