// The demo agent's stdin: user messages in order, answers to its questions, and interrupts at any time.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace demo {

struct UserMessage {
  std::string text, uuid;
};

class Input {
 public:
  Input();

  // The next message; absent at the end of stdin, or after SIGINT.
  std::optional<UserMessage> next_message();
  // What was said since, without waiting for more.
  std::vector<UserMessage> said_meanwhile();
  // False: interrupted meanwhile.
  bool sleep(coordinator::Millis time);
  // The `response` of that request; absent when interrupted or at the end of stdin.
  std::optional<coordinator::Json> response_to(const std::string& request_id);

  bool interrupted() const;
  void clear_interrupt();
  bool by_signal() const;  // the interrupt was SIGINT: the program is to end

 private:
  bool read(coordinator::Millis patience);
  void take(std::string_view line);
  UserMessage begin_next();
  void take_control(coordinator::JsonView line);

  std::string begun_;
  std::deque<UserMessage> messages_;
  std::set<std::string> known_;  // uuids: what came under one of them is not taken twice
  std::map<std::string, coordinator::Json> responses_;
  bool interrupted_ = false;
  bool ended_ = false;
};

}  // namespace demo
