// What a test wants to go wrong with coming requests and dispatches (README.md, "Faults").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace coordinator::playground {

struct RestFault {
  enum class Action { status, rate_limit, cloudflare, hang, cut, refuse, delay };

  std::string method;  // empty: any
  std::string route;   // "/channels/*/messages", below /api/v10; empty: any
  Action action = Action::status;
  int count = 1;
  int status = 502;
  std::string body;            // JSON; empty: a message and code 0
  std::string scope = "user";  // user, global or shared
  std::optional<Millis> retry_after;
  Millis delay{0};
};

struct DispatchFault {
  enum class Action { duplicate, mute, delay };

  Action action = Action::mute;
  std::string event;  // empty: any
  int count = 1;
  Millis delay{0};
};

class Faults {
 public:
  void add(RestFault fault) { rest_.push_back(std::move(fault)); }
  void add(DispatchFault fault) { dispatch_.push_back(std::move(fault)); }
  void refuse_gateway(int count) { refused_connections_ = count; }
  // How files that messages carry are answered from now on: 200 as ever, 0 not at all.
  void answer_files(int status) { files_ = status; }
  int files() const { return files_; }
  void clear();

  // The first one that matches, used up by one.
  std::optional<RestFault> take(std::string_view method, std::string_view path);
  std::optional<DispatchFault> take_dispatch(std::string_view event);
  bool take_refusal();

  Json list() const;

  // Segment by segment; "*" and "{}" in the route stand for any one. An empty route matches everything.
  static bool matches(std::string_view route, std::string_view path);

 private:
  std::vector<RestFault> rest_;
  std::vector<DispatchFault> dispatch_;
  int refused_connections_ = 0, files_ = 200;
};

}  // namespace coordinator::playground
