// An answer of Discord's, or of whatever stands in its place, with any headers: no request is forgotten over
// it, none is told two ends, and none waits for ever.
//
// The first line is the status, further lines are headers; the body follows an empty line.
#include <algorithm>
#include <charconv>
#include <map>

#include "discord/answer.h"
#include "discord/rate_limiter.h"
#include "discord/routes.h"
#include "fuzz.h"

namespace coordinator::fuzz {

namespace {

using namespace discord;

struct Read {
  int status = 200;
  std::map<std::string, std::string_view, std::less<>> headers;
  Json body;
};

Read read(std::string_view text) {
  Read read;
  for (bool first = true; !text.empty(); first = false) {
    auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto colon = line.find(": ");
    if (first)
      std::from_chars(line.data(), line.data() + line.size(), read.status);
    else if (line.empty())
      break;
    else if (colon != std::string_view::npos)
      read.headers.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  if (auto json = Json::parse(text)) read.body = std::move(*json);
  return read;
}

class Client {
 public:
  explicit Client(const Answer& answer) : limiter_({}, 1), answer_(answer) {
    for (RequestId id = 1; id <= kRequests; ++id)
      tell(limiter::Submitted{id, Lane::answer, routes::create_message(ChannelId{id % 2 + 1}), true, {}});
  }

  // The strange answer to the first few; afterwards all is well.
  void run() {
    for (int steps = 0; ended_.size() < kRequests; ++steps) {
      require(steps < 1000, "a request waits for ever");
      if (steps >= 1000) return;
      if (!wire_.empty()) {
        RequestId id = wire_.back();
        wire_.pop_back();
        tell(limiter::Answered{id, steps < 10 ? answer_ : fine()});
      } else if (auto wake = limiter_.wake_at()) {
        require(*wake < now_ + 25h, "a request waits for longer than a day");
        now_ = std::max(now_, *wake);
        tell(limiter::Tick{});
      } else {
        return require(false, "a request was forgotten");
      }
    }
  }

 private:
  static constexpr std::size_t kRequests = 4;

  void tell(const limiter::Event& event) {
    for (const auto& effect : limiter_.handle(event, now_)) {
      if (const auto* send = std::get_if<limiter::SendNow>(&effect)) wire_.push_back(send->id);
      if (const auto* deliver = std::get_if<limiter::Deliver>(&effect)) end(deliver->id);
      if (const auto* fail = std::get_if<limiter::Fail>(&effect)) end(fail->id);
    }
  }
  static Answer fine() {
    Answer answer;
    answer.status = 200;
    return answer;
  }
  void end(RequestId id) { require(++ended_[id] == 1, "a request was told two ends"); }

  limiter::RateLimiter limiter_;
  Answer answer_;
  Instant now_{Millis(1'000'000)};
  std::vector<RequestId> wire_;
  std::map<RequestId, int> ended_;
};

}  // namespace

void rest_answer(std::string_view text) {
  Read parts = read(text);
  auto header = [&](std::string_view name) -> std::optional<std::string_view> {
    auto found = parts.headers.find(name);
    return found == parts.headers.end() ? std::nullopt : std::optional(found->second);
  };
  Client(read_answer(parts.status, header, parts.body.view())).run();
}

}  // namespace coordinator::fuzz
