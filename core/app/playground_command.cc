#include "app/playground_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <utility>

#include "base/json.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "io/timer.h"

namespace coordinator::app {

namespace {

constexpr Millis kAskAgain = 100ms;

class Conversation {
 public:
  explicit Conversation(const PlaygroundCommand& command)
      : command_(command), http_(loop_), again_(loop_, [this] { ask_for_bot(); }) {}

  int run() {
    patience_ = loop_.now().instant + Millis(command_.wait_for_bot);
    ask_for_bot();
    loop_.run();
    return status_;
  }

 private:
  void ask_for_bot() {
    http_.send({.url = command_.url + "/control/world"}, [this](const io::HttpResult& result) {
      auto world = result ? Json::parse(result->body) : Result<Json>(fail("no answer"));
      if (world && (*world)["gateway"]["connected"].truthy()) return command_.say.empty() ? end(0) : say();
      if (loop_.now().instant < patience_) return again_.start(kAskAgain);
      if (world)
        return give_up(
            "the playground runs, but no bot is connected to it: start coordinatord, or use `make run`");
      give_up(fmt::format(
          "no playground answers at {}: start one with `make run`, or name its address with --url",
          command_.url));
    });
  }

  void say() {
    io::HttpRequest request{.method = "POST", .url = command_.url + "/control/say"};
    Json body = Json::object()
                    .set("channel", command_.channel)
                    .set("author", command_.author)
                    .set("content", command_.say)
                    .set("timeout_ms", Millis(command_.timeout).count());
    if (!command_.reply_to.empty()) body.set("reply_to", command_.reply_to);
    request.headers = {{"Content-Type", "application/json"}};
    request.body = body.dump();
    request.timeout = Millis(command_.timeout) + 10s;
    http_.send(std::move(request), [this](const io::HttpResult& result) { answered(result); });
  }

  void answered(const io::HttpResult& result) {
    if (!result) return give_up(result.error().what);
    auto answer = Json::parse(result->body);
    if (!answer) return give_up(answer.error().what);
    for (JsonView message : (*answer)["answers"]) fmt::print("{}\n", message["content"].text_or(""));
    if (result->status != 200) return give_up((*answer)["error"].text_or("the playground refused"));
    end(0);
  }

  void give_up(const std::string& why) {
    fmt::print(stderr, "coordinator playground: {}\n", why);
    end(1);
  }
  void end(int status) {
    status_ = status;
    loop_.stop();
  }

  const PlaygroundCommand& command_;
  io::Loop loop_;
  io::HttpClient http_;
  io::Timer again_;
  Instant patience_{};
  int status_ = 1;
};

}  // namespace

int run_playground_command(const PlaygroundCommand& command) { return Conversation(command).run(); }

}  // namespace coordinator::app
