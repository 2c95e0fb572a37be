#include "command/inert_host.h"

#include <map>
#include <string_view>
#include <type_traits>

#include "base/log.h"
#include "base/text.h"
#include "command/instance.h"

namespace coordinator::command {

namespace {

constexpr int kMostTold = 1000;
constexpr coordinator_string kNothing{};

using Host = const coordinator_host*;

std::string_view view(coordinator_string text) {
  return text.data ? std::string_view(text.data, text.size) : std::string_view();
}

void cancel(Host host, coordinator_done done, void* context) {
  if (!done) return;
  InertHost::of(host).cancel_later([=] { done(context, COORDINATOR_CANCELLED, kNothing); });
}

// A function of a table that is told what it should do, whatever else it takes.
template <auto answer, class... Args>
auto just(Host, Args...) -> std::remove_const_t<decltype(answer)> {
  return answer;
}
template <class... Args>
void nothing(Host, Args...) {}
template <class... Args>
coordinator_string no_text(Host, Args...) {
  return kNothing;
}
// One that takes other things, then a `done` and its context.
template <class... Args>
struct Cancelled {
  static void call(Host host, Args..., coordinator_done done, void* context) { cancel(host, done, context); }
};

constexpr int kGone = COORDINATOR_GONE, kOk = COORDINATOR_OK, kNotFound = COORDINATOR_NOT_FOUND;

using Message = const coordinator_message*;
const coordinator_interactions kInteractions = {
    sizeof(coordinator_interactions),
    just<kGone, coordinator_call, coordinator_interaction*>,
    no_text<coordinator_call, std::size_t>,
    just<kGone, coordinator_call, Message>,
    just<kGone, coordinator_call, std::uint32_t>,
    just<kGone, coordinator_call, Message>,
    just<kGone, coordinator_call, Message>,
    just<kGone, coordinator_call, Message>,
    just<kGone, coordinator_call, coordinator_string>,
};

using ById = Cancelled<coordinator_call, std::uint64_t, coordinator_string>;
const coordinator_sessions kSessions = {
    sizeof(coordinator_sessions),
    nothing<std::uint64_t, coordinator_visit_session, void*>,
    Cancelled<std::uint64_t, coordinator_visit_session>::call,
    Cancelled<coordinator_call, std::uint64_t, std::uint32_t>::call,
    ById::call,
    ById::call,
};

const coordinator_queue kQueue = {
    sizeof(coordinator_queue),
    nothing<std::uint64_t, coordinator_visit_mention, void*>,
    Cancelled<coordinator_call, std::uint64_t>::call,
};

using Change = const coordinator_project_change*;
using Progress = void (*)(void*, coordinator_string);
const coordinator_projects kProjects = {
    sizeof(coordinator_projects),
    nothing<coordinator_visit_project, void*>,
    just<kNotFound, std::uint64_t, coordinator_visit_project, void*>,
    Cancelled<coordinator_call, Change, Progress>::call,
    Cancelled<coordinator_call, Change>::call,
    Cancelled<coordinator_call, coordinator_string>::call,
};

const coordinator_models kModels = {
    sizeof(coordinator_models),
    nothing<std::uint64_t, void (*)(void*, coordinator_string, coordinator_string), void*>,
    no_text<std::uint64_t>,
    ById::call,
};

const coordinator_storage kStorage = {
    sizeof(coordinator_storage),
    no_text<coordinator_string>,
    just<kOk, coordinator_string, coordinator_string>,
    nothing<coordinator_string, void (*)(void*, coordinator_string, coordinator_string), void*>,
};

std::uint64_t start_timer(Host host, std::uint64_t, void (*fire)(void*, int), void* context) {
  if (fire) InertHost::of(host).cancel_later([=] { fire(context, COORDINATOR_CANCELLED); });
  return 1;
}
const coordinator_timers kTimers = {sizeof(coordinator_timers), start_timer, nothing<std::uint64_t>};

using Answered = void (*)(void*, const coordinator_http_response*);
void send_http(Host host, const coordinator_http_request*, Answered answered, void* context) {
  if (!answered) return;
  InertHost::of(host).cancel_later([=] {
    coordinator_http_response response{};
    response.size = sizeof response;
    response.body = COORDINATOR_STRING("nothing is sent while a plugin is only tried");
    answered(context, &response);
  });
}
const coordinator_http kHttp = {sizeof(coordinator_http), send_http};

const coordinator_metrics kMetrics = {
    sizeof(coordinator_metrics),
    just<kOk, coordinator_string, double>,
    just<kOk, coordinator_string, double>,
};

const coordinator_usage kUsage = {
    sizeof(coordinator_usage),
    Cancelled<std::int64_t, void (*)(void*, const coordinator_usage_row*)>::call,
};

const coordinator_audit kAudit = {
    sizeof(coordinator_audit),
    Cancelled<coordinator_call, std::uint64_t, void (*)(void*, const coordinator_audit_row*)>::call,
};

constexpr std::uint64_t kNoId = 0;
using ByName = Cancelled<coordinator_call, coordinator_string>;
const coordinator_plugins kPlugins = {
    sizeof(coordinator_plugins),
    nothing<void (*)(void*, const coordinator_plugin_info*), void*>,
    ByName::call,
    ByName::call,
    ByName::call,
    just<kNoId, coordinator_string>,
};

const void* extension(Host, const char* name) {
  static const std::map<std::string_view, const void*> tables = {
      {COORDINATOR_INTERACTIONS, &kInteractions},
      {COORDINATOR_SESSIONS, &kSessions},
      {COORDINATOR_QUEUE, &kQueue},
      {COORDINATOR_PROJECTS, &kProjects},
      {COORDINATOR_MODELS, &kModels},
      {COORDINATOR_STORAGE, &kStorage},
      {COORDINATOR_TIMERS, &kTimers},
      {COORDINATOR_HTTP, &kHttp},
      {COORDINATOR_METRICS, &kMetrics},
      {COORDINATOR_USAGE, &kUsage},
      {COORDINATOR_AUDIT, &kAudit},
      {COORDINATOR_PLUGINS, &kPlugins},
  };
  auto found = tables.find(name ? name : "");
  return found == tables.end() ? nullptr : found->second;
}

void write_log(Host host, int level, coordinator_string text) { InertHost::of(host).log(level, text); }

}  // namespace

InertHost::InertHost(Instance& instance, std::string& said)
    : instance_(instance),
      table_{
          {sizeof(coordinator_host), COORDINATOR_MAJOR, COORDINATOR_MINOR, write_log, extension,
           no_text<coordinator_call, coordinator_string>, just<kGone, coordinator_call, coordinator_string>,
           just<kGone, coordinator_call>, nothing<coordinator_call>},
          this},
      said_(said) {}

InertHost& InertHost::of(const coordinator_host* host) { return *reinterpret_cast<const Table*>(host)->self; }

void InertHost::settle() {
  for (int told = 0; told < kMostTold && !due_.empty(); ++told) {
    auto tell = std::move(due_.front());
    due_.pop_front();
    instance_.enter("the answer that it is cancelled", [&tell](const coordinator_plugin&, void*) { tell(); });
  }
}

void InertHost::log(int level, coordinator_string text) {
  said_ = text::valid_utf8(view(text).substr(0, 1000));
  static constexpr log::Level kLevels[] = {log::Level::debug, log::Level::info, log::Level::warning,
                                           log::Level::error};
  bool known = level >= COORDINATOR_DEBUG && level <= COORDINATOR_ERROR;
  log::write(known ? kLevels[level] : log::Level::info, "plugin", instance_.name() + ": " + said_);
}

}  // namespace coordinator::command
