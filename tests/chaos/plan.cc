#include "plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"

namespace coordinator::chaos {

namespace {

constexpr Millis kBetweenKills = 2500ms, kBetweenFaults = 700ms;

class Planner {
 public:
  explicit Planner(const Options& options)
      : options_(options), random_(options.seed), span_(kBetweenKills * std::max(options.kills, 2)) {}

  std::vector<Step> plan() {
    asks();
    kills();
    for (Millis at = between(100ms, kBetweenFaults); at < span_; at += between(10ms, 2 * kBetweenFaults))
      add(at, fault());
    for (int lost = 0; lost < options_.mentions / 30; ++lost)
      add(between(1s, span_), LoseProcess{random_.below(2) == 0});
    std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
    number_the_asks();
    return std::move(steps_);
  }

 private:
  Millis between(Millis low, Millis high) {
    return low +
           Millis(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>((high - low).count()))));
  }
  bool chance(double probability) { return random_.unit() < probability; }
  void add(Millis at, Action action) { steps_.push_back({at, std::move(action)}); }

  // Some in bursts, several to one channel: there the order shows.
  void asks() {
    auto channels = channel_names(options_.channels);
    for (int left = options_.mentions; left > 0;) {
      const std::string& channel = channels[random_.below(channels.size())];
      Millis at = between(0ms, span_);
      for (int burst = std::min(left, chance(0.3) ? 4 : 1); burst > 0; --burst, --left)
        add(at += Millis(random_.below(100)), Ask{0, channel, wish(), {}});
    }
  }

  Wish wish() {
    constexpr Wish kOf[] = {
        Wish::words,  Wish::words,  Wish::words,      Wish::words,    Wish::slowly,      Wish::slowly,
        Wish::slowly, Wish::slowly, Wish::streamed,   Wish::streamed, Wish::long_answer, Wish::long_answer,
        Wish::files,  Wish::files,  Wish::grandchild, Wish::failure,  Wish::crash,       Wish::cancelled};
    return kOf[random_.below(std::size(kOf))];
  }

  void kills() {
    for (int kill = 0; kill < options_.kills; ++kill) add(between(0ms, span_), one_kill(false));
    for (int end = 0; end < options_.kills / 5; ++end) add(between(0ms, span_), one_kill(true));
  }
  Kill one_kill(bool orderly) {
    using Moment = Kill::Moment;
    constexpr Moment kOf[] = {Moment::now, Moment::after_its_next_message, Moment::after_the_next_mention};
    Kill kill;
    kill.orderly = orderly;
    kill.moment = kOf[random_.below(std::size(kOf))];
    if (kill.moment != Moment::now && chance(0.7)) kill.more = Millis(random_.below(30));
    kill.dead_for = chance(0.1) ? between(1s, 4s) : between(0ms, 800ms);
    return kill;
  }

  Fault fault() {
    switch (random_.below(options_.lost_sessions ? 12 : 10)) {
      case 0:
      case 1:
        return {R"({"fault": "drop"})"};
      case 2:
        return {R"({"fault": "reconnect"})"};
      case 3:
        return {R"({"fault": "invalid_session", "resumable": true})"};
      case 4:
        return {fmt::format(R"({{"fault": "refuse_gateway", "count": {}}})", 1 + random_.below(2))};
      case 5:
        return {fmt::format(R"({{"fault": "duplicate", "event": "MESSAGE_CREATE", "count": {}}})",
                            1 + random_.below(3))};
      case 6:
        return {
            fmt::format(R"({{"fault": "delay", "event": "MESSAGE_CREATE", "ms": {}}})", random_.below(900))};
      case 10:
        return {R"({"fault": "invalid_session", "resumable": false})"};
      case 11:
        return {R"({"fault": "expire_sessions"})"};
      default:
        return rest_fault();
    }
  }

  Fault rest_fault() {
    constexpr const char* kRoutes[] = {R"("method": "POST", "route": "/channels/*/messages", )",
                                       R"("method": "POST", "route": "/channels/*/messages", )", ""};
    const char* scopes[] = {"user", "shared", "global"};
    int statuses[] = {500, 502, 502, 503};
    std::string what;
    switch (random_.below(8)) {
      case 0:
      case 1:
        what = fmt::format(R"("action": "status", "status": {})", statuses[random_.below(4)]);
        break;
      case 2:
      case 3:
        what = fmt::format(R"("action": "rate_limit", "scope": "{}", "retry_after_ms": {})",
                           scopes[random_.below(3)], 100 + random_.below(1500));
        break;
      case 4:
        what = R"("action": "refuse")";
        break;
      case 5:
        what = fmt::format(R"("action": "delay", "ms": {})", 50 + random_.below(2000));
        break;
      default:
        what = R"("action": "cut")";
    }
    return {fmt::format(R"({{"fault": "rest", {}{}, "count": {}}})", kRoutes[random_.below(3)], what,
                        1 + random_.below(3))};
  }

  void number_the_asks() {
    int number = 0;
    for (Step& step : steps_)
      if (auto* ask = std::get_if<Ask>(&step.action)) {
        ask->number = ++number;
        ask->content = script(*ask);
      }
  }

  std::string script(const Ask& ask) {
    std::string name = fmt::format("mention-{}.", ask.number);
    std::string words = fmt::format("This is the answer to number {}.", ask.number);
    switch (ask.wish) {
      case Wish::words:
        return fmt::format("{}\n!say {}", name, words);
      case Wish::slowly:
        return fmt::format("{}\n!sleep {}\n!say {}", name, 0.1 + random_.unit() * 2, words);
      case Wish::streamed:
        return fmt::format("{}\n!stream {}", name, 5 + ask.number % 20);
      case Wish::long_answer:
        return fmt::format("{}\n!big {}", name, 2500 + ask.number * 7);
      case Wish::files:  // a program, and an answer beyond what messages hold
        return fmt::format("{}\n!code {}\n!big {}", name, 200 + ask.number, 9000 + ask.number * 20);
      case Wish::grandchild:
        return fmt::format("{}\n!grandchild", name);
      case Wish::failure:
        return fmt::format("{}\n!sleep 0.2\n!fail", name);
      case Wish::crash:
        return fmt::format("{}\n!sleep 0.2\n!crash", name);
      case Wish::cancelled:
        return fmt::format("{}\n!sleep 30", name);
    }
    return name;
  }

  const Options& options_;
  Random random_;
  Millis span_;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> plan_for(const Options& options) { return Planner(options).plan(); }

std::vector<std::string> channel_names(int channels) {
  std::vector<std::string> names;
  for (int i = 1; i <= channels; ++i) names.push_back(fmt::format("room-{}", i));
  return names;
}

}  // namespace coordinator::chaos
