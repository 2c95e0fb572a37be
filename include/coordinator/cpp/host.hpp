// The host: its log, timers, HTTP, the plugin's own values and numbers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "border.hpp"

namespace coordinator::plugin {

// A request that may be sent beyond this machine: https anywhere, http to this machine only.
struct HttpRequest {
  std::string url, method = "GET", body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct HttpResponse {
  int status = 0;  // 0: no answer; then `body` says why
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// A handle, to be copied freely; valid while the plugin is loaded.
class Host {
 public:
  explicit Host(const coordinator_host* host) : host_(host) {}
  const coordinator_host* raw() const { return host_; }

  void info(std::string_view line) const { host_->log(host_, COORDINATOR_INFO, borrowed(line)); }
  void warn(std::string_view line) const { host_->log(host_, COORDINATOR_WARNING, borrowed(line)); }
  void error(std::string_view line) const { host_->log(host_, COORDINATOR_ERROR, borrowed(line)); }

  // ---- Timers ----

  // Calls `fire()` once, after this time; drops it uncalled where the plugin is stopped before. The timer's
  // number, 0 where 100 are running already.
  template <class Fire>
  std::uint64_t after(std::chrono::milliseconds delay, Fire&& fire) const {
    auto timers = extension<coordinator_timers>(host_, COORDINATOR_TIMERS);
    auto box = boxed(host_, 0, std::forward<Fire>(fire));
    using Kept = typename decltype(box)::element_type;
    auto timer = need(timers.start)(host_, static_cast<std::uint64_t>(delay.count()), fired<Kept>, box.get());
    if (timer) static_cast<void>(box.release());
    return timer;
  }
  void cancel_timer(std::uint64_t timer) const {
    need(extension<coordinator_timers>(host_, COORDINATOR_TIMERS).cancel)(host_, timer);
  }

  // ---- Values that survive restarts: keys up to 128 bytes, values up to 64 KiB, 1,000 keys ----

  std::optional<std::string> stored(std::string_view key) const {
    auto value = need(storage().get)(host_, borrowed(key));
    return value.data ? std::optional(owned(value)) : std::nullopt;
  }
  // False where a limit is reached. Answers that follow leave only when this is durable.
  bool store(std::string_view key, std::string_view value) const {
    return need(storage().set)(host_, borrowed(key), borrowed(value)) == COORDINATOR_OK;
  }
  void forget(std::string_view key) const { need(storage().set)(host_, borrowed(key), absent()); }
  // Key and value of all whose key begins so, in the order of the keys.
  std::vector<std::pair<std::string, std::string>> all_stored(std::string_view prefix) const {
    std::vector<std::pair<std::string, std::string>> all;
    Visit visit([&](coordinator_string key, coordinator_string value) {
      all.emplace_back(owned(key), owned(value));
    });
    need(storage().each)(host_, borrowed(prefix),
                         decltype(visit)::template each<coordinator_string, coordinator_string>, &visit);
    visit.finish();
    return all;
  }

  // ---- HTTP: at most 10 at once, 30 s and 1 MiB each ----

  // Calls `answered(const HttpResponse&)` once, later.
  template <class Answered>
  void send(const HttpRequest& request, Answered&& answered) const {
    auto http = extension<coordinator_http>(host_, COORDINATOR_HTTP);
    std::vector<coordinator_header> headers;
    for (auto& [name, value] : request.headers) headers.push_back({borrowed(name), borrowed(value)});
    auto asked = sized<coordinator_http_request>();
    asked.method = borrowed(request.method);
    asked.url = borrowed(request.url);
    asked.body = unless_empty(request.body);
    asked.headers = headers.data();
    asked.header_count = headers.size();
    auto box = boxed(host_, 0, std::forward<Answered>(answered));
    using Kept = typename decltype(box)::element_type;
    need(http.send)(host_, &asked, got<Kept>, box.release());
  }

  // ---- Numbers for operators: at most 50 names of a-z, 0-9 and _ ----

  void count(std::string_view name, double by = 1) const { need(metrics().count)(host_, borrowed(name), by); }
  void gauge(std::string_view name, double value) const {
    need(metrics().gauge)(host_, borrowed(name), value);
  }

 private:
  coordinator_storage storage() const { return extension<coordinator_storage>(host_, COORDINATOR_STORAGE); }
  coordinator_metrics metrics() const { return extension<coordinator_metrics>(host_, COORDINATOR_METRICS); }

  template <class Kept>
  static void fired(void* context, int result) noexcept {
    std::unique_ptr<Kept> box(static_cast<Kept*>(context));
    if (result == COORDINATOR_OK) guarded(box->host, 0, [&] { box->handler(); });
  }

  template <class Kept>
  static void got(void* context, const coordinator_http_response* answer) noexcept {
    std::unique_ptr<Kept> box(static_cast<Kept*>(context));
    guarded(box->host, 0, [&] {
      auto raw = taken(answer);
      HttpResponse response{raw.status, owned(raw.body), {}};
      for (std::size_t i = 0; i < raw.header_count; ++i)
        response.headers.emplace_back(owned(raw.headers[i].name), owned(raw.headers[i].value));
      box->handler(response);
    });
  }

  const coordinator_host* host_;
};

}  // namespace coordinator::plugin
