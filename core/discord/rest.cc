#include "discord/rest.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "discord/prepare.h"
#include "discord/routes.h"
#include "io/loop.h"
#include "version.h"

namespace coordinator::discord {

namespace {

// https://discord.com/developers/docs/reference#user-agent
constexpr const char* kUserAgent =
    "DiscordBot (https://github.com/coordinator/coordinator, " COORDINATOR_VERSION ")";
constexpr int kAlreadyAcknowledged = 40060;

}  // namespace

struct Rest::Pending {
  Request request;
  RestCallback callback;
  std::string kind;  // for metrics and the log: no id, no token
  std::string body;
  Instant submitted;
  bool sent = false;
  std::optional<io::HttpClient::Id> on_the_wire;
  Response response;  // the last that came
  Answer answer;
};

Rest::Rest(io::Loop& loop, Token token, RestOptions options)
    : loop_(loop),
      token_(std::move(token)),
      options_(std::move(options)),
      http_(loop, io::HttpClientOptions{.ca_file = options_.ca_file, .user_agent = kUserAgent}),
      limiter_(options_.limits, system_seed()),
      timer_(loop, [this] { tell(limiter::Tick{}); }),
      self_(std::make_shared<Rest*>(this)) {
  while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
}

Rest::~Rest() { *self_ = nullptr; }

RequestId Rest::send(Request request, RestCallback callback) {
  make_mentions_explicit(request);
  list_files(request);
  RequestId id = ++last_id_;
  limiter::Submitted submitted{id, request.lane, request.route, is_repeatable(request), request.useful_for};
  auto pending = std::make_unique<Pending>();
  pending->kind = fmt::format("{} {}", method_name(request.route.method), request.route.template_);
  if (request.body) pending->body = request.body->dump();
  pending->request = std::move(request);
  pending->callback = std::move(callback);
  pending->submitted = now().instant;
  pending_.emplace(id, std::move(pending));
  tell(submitted);
  return id;
}

void Rest::cancel(RequestId id) { tell(limiter::Cancelled{id}); }

void Rest::withdraw(RequestId id) { tell(limiter::Withdrawn{id}); }

void Rest::tell(const limiter::Event& event) {
  for (const auto& effect : limiter_.handle(event, now().instant))
    std::visit([this](const auto& what) { apply(what); }, effect);
  if (auto wake = limiter_.wake_at())
    timer_.start(*wake - now().instant);
  else
    timer_.stop();
}

void Rest::apply(const limiter::SendNow& effect) {
  Pending& pending = *pending_.at(effect.id);
  Millis waited = now().instant - pending.submitted;
  if (!std::exchange(pending.sent, true) && waited > 0ms) {
    ++stats_.waits;
    stats_.waited += waited;
  }
  pending.on_the_wire = http_.send(http_request(pending), [this, id = effect.id](io::HttpResult result) {
    answered(id, std::move(result));
  });
}

void Rest::apply(const limiter::Abort& effect) {
  if (auto& wire = pending_.at(effect.id)->on_the_wire) http_.cancel(*std::exchange(wire, std::nullopt));
}

io::HttpRequest Rest::http_request(const Pending& pending) const {
  const Request& request = pending.request;
  io::HttpRequest http;
  http.method = std::string(method_name(request.route.method));
  http.url = options_.base_url + request.route.path;
  // Interactions are authorized by the token in their path.
  if (request.route.global_limit) http.headers.emplace_back("Authorization", "Bot " + token_.reveal());
  if (request.files.empty()) {
    if (request.body) http.headers.emplace_back("Content-Type", "application/json");
    http.body = pending.body;
  } else {
    http.parts.push_back({"payload_json", "", "application/json", pending.body});
    for (std::size_t i = 0; i < request.files.size(); ++i) {
      const File& file = request.files[i];
      http.parts.push_back({fmt::format("files[{}]", i), file.name, file.content_type, file.bytes});
    }
  }
  http.timeout = options_.timeout + upload_time(request);
  return http;
}

void Rest::answered(RequestId id, io::HttpResult result) {
  Pending& pending = *pending_.at(id);
  pending.on_the_wire.reset();
  ++stats_.answers[{pending.kind, result ? result->status : 0}];
  if (!result) {
    log::debug("rest", "{}: {}", pending.kind, result.error().what);
    return tell(limiter::Unanswered{id, result.error().maybe_done, result.error().what});
  }
  auto body = Json::parse(result->body);
  auto header = [&](std::string_view name) { return result->headers.get(name); };
  compare_clocks(header("date").value_or(""));
  pending.answer = read_answer(result->status, header, body ? body->view() : JsonView());
  pending.response = {result->status, body ? std::move(*body) : Json()};
  log::debug("rest", "{}: {} {}", pending.kind, result->status, pending.answer.message);
  Answer answer = pending.answer;
  tell(limiter::Answered{id, std::move(answer)});
}

// Its snowflakes carry Discord's time: what is judged by their age needs it.
void Rest::compare_clocks(std::string_view date) {
  auto time = io::http_date(std::string(date));
  if (!time) return;
  Millis ahead = *time + 500ms - now().wall;  // whole seconds, cut off
  Millis before = std::exchange(clock_ahead_, std::chrono::abs(ahead) < 2s ? 0ms : ahead);
  if (before == 0ms && clock_ahead_ != 0ms)
    log::warning("rest", "this machine's clock is {} s {} Discord's: set it right, for example by NTP",
                 std::chrono::abs(ahead) / 1s, ahead > 0ms ? "behind" : "ahead of");
}

void Rest::apply(const limiter::Deliver& effect) {
  Pending& pending = *pending_.at(effect.id);
  const Answer& answer = pending.answer;
  bool landed_before = effect.repeated && answer.code == kAlreadyAcknowledged;
  if (answer.status < 300 || landed_before) return complete(effect.id, std::move(pending.response));
  std::string message =
      answer.message.empty() ? fmt::format("Discord answered {}", answer.status) : answer.message;
  complete(effect.id, tl::unexpected(RestError{RestError::Kind::refused, answer.status, answer.code,
                                               std::move(message)}));
}

void Rest::apply(const limiter::Fail& effect) { complete(effect.id, tl::unexpected(effect.error)); }

void Rest::apply(const limiter::Notice& effect) { log::warning("rest", "{}", effect.text); }

// At the end of this iteration, outside of whoever asked.
void Rest::complete(RequestId id, RestResult result) {
  auto pending = pending_.extract(id);
  auto shared = std::make_shared<RestResult>(std::move(result));
  loop_.later([self = self_, callback = std::move(pending.mapped()->callback), shared] {
    if (*self && callback) callback(std::move(*shared));
  });
}

Now Rest::now() const { return loop_.now(); }

}  // namespace coordinator::discord
