// What a plugin may ask about conversations: sessions, the queue, models, usage and the audit log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "call.hpp"

namespace coordinator::plugin {

// In all of these `done(Outcome)` is called once, later; until then this version of the plugin stays loaded.
// Who may do something is the host's business: it looks at the person behind the call.

struct Session {
  bool current = false;
  Id channel = 0;
  std::string id, project, agent, model;  // model: an alias; empty: the agent's own default
  std::uint64_t messages = 0;
  double cost_usd = 0;
  std::int64_t created = 0, last_activity = 0;
  std::uint32_t running = 0, queued = 0;  // of the channel
};

inline Session session_of(const coordinator_session* from) {
  auto raw = taken(from);
  return {raw.current != 0, raw.channel,       owned(raw.id), owned(raw.project),
          owned(raw.agent), owned(raw.model),  raw.messages,  raw.cost_usd,
          raw.created,      raw.last_activity, raw.running,   raw.queued};
}

class Sessions {
 public:
  explicit Sessions(Host host)
      : host_(host.raw()), table_(extension<coordinator_sessions>(host_, COORDINATOR_SESSIONS)) {}

  // The current ones, the one that was active last first; channel 0: all.
  std::vector<Session> current(Id channel = 0) const {
    std::vector<Session> all;
    Visit visit([&](const coordinator_session* seen) { all.push_back(session_of(seen)); });
    need(table_.each)(host_, channel, decltype(visit)::template each<const coordinator_session*>, &visit);
    visit.finish();
    return all;
  }
  // done(Outcome, std::vector<Session>): all that the channel had, at most 100, the latest first.
  template <class Done>
  void history(const Call& call, Id channel, Done&& done) const {
    auto box = boxed<std::vector<Session>>(host_, call.number(), std::forward<Done>(done));
    using Kept = typename decltype(box)::element_type;
    need(table_.history)(host_, channel, add<Kept>, call_done<Kept>, box.release());
  }
  // The next mention begins a new one. A turn that runs goes on in the old one, unless it is cancelled.
  template <class Done>
  void reset(const Call& call, Id channel, bool cancel_running, Done&& done) const {
    auto box = boxed(host_, call.number(), std::forward<Done>(done));
    using Kept = typename decltype(box)::element_type;
    std::uint32_t flags = cancel_running ? COORDINATOR_CANCEL_RUNNING : 0;
    need(table_.reset)(host_, call.number(), channel, flags, call_done<Kept>, box.release());
  }
  // The next mention goes on in this earlier one.
  template <class Done>
  void resume(const Call& call, Id channel, std::string_view id, Done&& done) const {
    turn_to(table_.resume, call, channel, id, std::forward<Done>(done));
  }
  // The next mention goes on in a copy of it.
  template <class Done>
  void fork(const Call& call, Id channel, std::string_view id, Done&& done) const {
    turn_to(table_.fork, call, channel, id, std::forward<Done>(done));
  }

 private:
  template <class Kept>
  static void add(void* context, const coordinator_session* seen) noexcept {
    auto* box = static_cast<Kept*>(context);
    guarded(box->host, 0, [&] { box->gathered.push_back(session_of(seen)); });
  }
  template <class Done>
  void turn_to(decltype(coordinator_sessions::resume) how, const Call& call, Id channel, std::string_view id,
               Done&& done) const {
    auto box = boxed(host_, call.number(), std::forward<Done>(done));
    using Kept = typename decltype(box)::element_type;
    need(how)(host_, call.number(), channel, borrowed(id), call_done<Kept>, box.release());
  }

  const coordinator_host* host_;
  coordinator_sessions table_;
};

// A mention that waits or runs.
struct Mention {
  bool running = false;
  Id message = 0, channel = 0, user = 0;
  std::string user_name, project, prompt;
  std::int64_t arrived = 0, started = 0;
};

class Queue {
 public:
  explicit Queue(Host host)
      : host_(host.raw()), table_(extension<coordinator_queue>(host_, COORDINATOR_QUEUE)) {}

  // Of one channel, the running one first, then as they wait; channel 0: all, channel by channel.
  std::vector<Mention> mentions(Id channel = 0) const {
    std::vector<Mention> all;
    Visit visit([&](const coordinator_mention* seen) {
      auto raw = taken(seen);
      all.push_back({raw.running != 0, raw.message, raw.channel, raw.user, owned(raw.user_name),
                     owned(raw.project), owned(raw.prompt), raw.arrived, raw.started});
    });
    need(table_.each)(host_, channel, decltype(visit)::template each<const coordinator_mention*>, &visit);
    visit.finish();
    return all;
  }
  // Takes it out, or ends its turn.
  template <class Done>
  void cancel(const Call& call, Id message, Done&& done) const {
    auto box = boxed(host_, call.number(), std::forward<Done>(done));
    using Kept = typename decltype(box)::element_type;
    need(table_.cancel)(host_, call.number(), message, call_done<Kept>, box.release());
  }

 private:
  const coordinator_host* host_;
  coordinator_queue table_;
};

struct Model {
  std::string alias, description;
};

class Models {
 public:
  explicit Models(Host host)
      : host_(host.raw()), table_(extension<coordinator_models>(host_, COORDINATOR_MODELS)) {}

  // Those that the channel's agent knows.
  std::vector<Model> known(Id channel) const {
    std::vector<Model> all;
    Visit visit([&](coordinator_string alias, coordinator_string description) {
      all.push_back({owned(alias), owned(description)});
    });
    need(table_.each)(host_, channel, decltype(visit)::template each<coordinator_string, coordinator_string>,
                      &visit);
    visit.finish();
    return all;
  }
  // The alias in force; empty: the agent's default; none where the channel has no project.
  std::optional<std::string> current(Id channel) const {
    auto alias = need(table_.current)(host_, channel);
    return alias.data ? std::optional(owned(alias)) : std::nullopt;
  }
  // Kept for the channel, over resets and restarts; "default" goes back to the project's own.
  template <class Done>
  void set(const Call& call, Id channel, std::string_view alias, Done&& done) const {
    auto box = boxed(host_, call.number(), std::forward<Done>(done));
    using Kept = typename decltype(box)::element_type;
    need(table_.set)(host_, call.number(), channel, borrowed(alias), call_done<Kept>, box.release());
  }

 private:
  const coordinator_host* host_;
  coordinator_models table_;
};

// What turns of one day, channel and user used.
struct UsageRow {
  std::int64_t day = 0;  // its first millisecond, UTC
  Id channel = 0, user = 0;
  std::string user_name;
  std::uint32_t turns = 0;
  std::uint64_t input_tokens = 0, output_tokens = 0;
  double cost_usd = 0;
};

// done(Outcome, std::vector<UsageRow>): the latest day first, at most 10,000.
template <class Done>
void usage_since(const Call& call, std::int64_t since, Done&& done) {
  auto* host = call.host().raw();
  auto table = extension<coordinator_usage>(host, COORDINATOR_USAGE);
  auto box = boxed<std::vector<UsageRow>>(host, call.number(), std::forward<Done>(done));
  using Kept = typename decltype(box)::element_type;
  auto add = [](void* context, const coordinator_usage_row* row) {
    auto* kept = static_cast<Kept*>(context);
    guarded(kept->host, 0, [&] {
      auto raw = taken(row);
      kept->gathered.push_back({raw.day, raw.channel, raw.user, owned(raw.user_name), raw.turns,
                                raw.input_tokens, raw.output_tokens, raw.cost_usd});
    });
  };
  need(table.since)(host, since, add, call_done<Kept>, box.release());
}

// What an agent asked people to allow, and who decided.
struct AuditRow {
  std::uint32_t decision = COORDINATOR_UNDECIDED;  // one of coordinator_decision
  Id channel = 0, message = 0, requester = 0, decided_by = 0;
  std::string requester_name, decided_by_name, turn, tool, input, reason;
  std::int64_t asked = 0, decided = 0;
};

// done(Outcome, std::vector<AuditRow>): the latest first, at most 200. Channel 0: all of them.
template <class Done>
void audit(const Call& call, Id channel, Done&& done) {
  auto* host = call.host().raw();
  auto table = extension<coordinator_audit>(host, COORDINATOR_AUDIT);
  auto box = boxed<std::vector<AuditRow>>(host, call.number(), std::forward<Done>(done));
  using Kept = typename decltype(box)::element_type;
  auto add = [](void* context, const coordinator_audit_row* row) {
    auto* kept = static_cast<Kept*>(context);
    guarded(kept->host, 0, [&] {
      auto raw = taken(row);
      kept->gathered.push_back({raw.decision, raw.channel, raw.message, raw.requester, raw.decided_by,
                                owned(raw.requester_name), owned(raw.decided_by_name), owned(raw.turn),
                                owned(raw.tool), owned(raw.input), owned(raw.reason), raw.asked,
                                raw.decided});
    });
  };
  need(table.each)(host, call.number(), channel, add, call_done<Kept>, box.release());
}

}  // namespace coordinator::plugin
