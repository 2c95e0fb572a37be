#include "input.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "speech.h"

namespace demo {

using coordinator::Json;
using coordinator::JsonView;
using coordinator::Millis;
using namespace std::chrono_literals;

namespace {

volatile std::sig_atomic_t signalled = 0;

std::string text_of(JsonView content) {
  if (auto text = content.text()) return std::string(*text);
  std::string words;
  for (JsonView block : content) words += block["text"].text_or("");
  return words;
}

}  // namespace

Input::Input() {
  struct sigaction action {};
  action.sa_handler = [](int) { signalled = 1; };  // without SA_RESTART: poll must wake
  sigaction(SIGINT, &action, nullptr);
}

bool Input::by_signal() const { return signalled != 0; }
bool Input::interrupted() const { return interrupted_ || by_signal(); }
void Input::clear_interrupt() { interrupted_ = false; }

std::optional<UserMessage> Input::next_message() {
  while (messages_.empty() && !ended_ && !by_signal()) read(1h);
  if (messages_.empty() || by_signal()) return std::nullopt;
  return begin_next();
}

std::vector<UserMessage> Input::said_meanwhile() {
  std::vector<UserMessage> said;
  read(0ms);
  while (!messages_.empty()) said.push_back(begin_next());
  return said;
}

UserMessage Input::begin_next() {
  UserMessage message = std::move(messages_.front());
  messages_.pop_front();
  say_lifecycle(message.uuid, "started");
  return message;
}

bool Input::sleep(Millis time) {
  auto until = std::chrono::steady_clock::now() + time;
  while (!interrupted()) {
    auto left = std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    if (!read(left)) poll(nullptr, 0, static_cast<int>(std::min<Millis>(left, 10ms).count()));
  }
  return false;
}

std::optional<Json> Input::response_to(const std::string& request_id) {
  while (!responses_.contains(request_id) && !ended_ && !interrupted()) read(1h);
  auto found = responses_.extract(request_id);
  return found ? std::optional(std::move(found.mapped())) : std::nullopt;
}

// False at the end of stdin.
bool Input::read(Millis patience) {
  if (ended_) return false;
  pollfd polled{0, POLLIN, 0};
  if (poll(&polled, 1, static_cast<int>(patience.count())) <= 0) return true;
  char buffer[65536];
  ssize_t got = ::read(0, buffer, sizeof buffer);
  if (got <= 0) return !(ended_ = true);
  begun_.append(buffer, static_cast<std::size_t>(got));
  for (auto end = begun_.find('\n'); end != std::string::npos; end = begun_.find('\n')) {
    take(std::string_view(begun_).substr(0, end));
    begun_.erase(0, end + 1);
  }
  return true;
}

// Like the real one: a line that is none ends the program.
void Input::take(std::string_view line) {
  auto json = Json::parse(line);
  if (!json) {
    say_error("Error parsing streaming input line: SyntaxError");
    std::exit(1);
  }
  JsonView view = json->view();
  if (view["type"].text_or("") != "user") return take_control(view);
  auto uuid = view["uuid"].text_or("");
  if (!uuid.empty() && !known_.insert(uuid).second) return;
  messages_.push_back({text_of(view["message"]["content"]), uuid});
  say_lifecycle(uuid, "queued");
}

void Input::take_control(JsonView line) {
  if (line["type"].text_or("") == "control_response") {
    auto response = line["response"];
    responses_.insert_or_assign(response["request_id"].text_or(""), Json::clone(response["response"]));
  }
  if (line["request"]["subtype"].text_or("") != "interrupt") return;
  interrupted_ = true;
  auto response = Json::object().set("subtype", "success").set("request_id", line["request_id"].text_or(""));
  say(Json::object().set("type", "control_response").set("response", std::move(response)));
}

}  // namespace demo
