// The control interface: what tests and the page can ask and do, over HTTP below /control/ (README.md).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "alarms.h"
#include "gateway_server.h"
#include "inject.h"
#include "interaction_desk.h"
#include "io/http_server.h"
#include "recorder.h"
#include "say.h"

namespace coordinator::playground {

struct ControlRoom {
  Chat& chat;
  World& world;
  GatewayServer& gateway;
  InteractionDesk& desk;
  Faults& faults;
  Recorder& recorder;
  Clock& clock;
  Alarms& alarms;
};

// Moves the clock, and lets happen what that makes due.
void advance(ControlRoom& room, Millis by);
// One of README.md's faults.
Status apply_fault(ControlRoom& room, JsonView fault);

class Control {
 public:
  explicit Control(ControlRoom room) : room_(room) {}

  // A request below /control/.
  void handle(io::ServerRequest request, io::Responder responder);

 private:
  struct Refusal {
    int status;
    std::string error;
  };
  using Answer = tl::expected<Json, Refusal>;

  Answer answer(const io::ServerRequest& request, JsonView body);
  Answer messages(const io::ServerRequest& request);
  Answer requests(const io::ServerRequest& request);
  Answer post_message(JsonView body);
  Answer edit_message(JsonView body);
  Answer delete_message(JsonView body);
  Answer react(JsonView body);
  Answer type(JsonView body);
  Answer add_channel(JsonView body);
  Answer start_thread(JsonView body);
  Answer set_permissions(JsonView body);
  void interact(const std::string& path, JsonView body, io::Responder responder);
  void say(JsonView body, io::Responder responder);

  struct Waiting;
  void wait_for_response(const Interaction& interaction, Millis patience, io::Responder responder);
  void watch_say(const std::shared_ptr<Waiting>& waiting);
  void finish_say(Waiting& waiting, bool complete);
  Json answers_of(const Waiting& waiting);

  Result<Injection> read_injection(JsonView body);
  Result<const User*> user_of(JsonView body, const char* key = "user");
  Result<Channel*> channel_of(JsonView body);
  Result<Message*> message_of(JsonView body);

  ControlRoom room_;
};

}  // namespace coordinator::playground
