// coordinator.sessions/1: conversations with agents.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

std::optional<ChannelId> channel_or_all(std::uint64_t channel) {
  return channel == 0 ? std::nullopt : std::optional(ChannelId{channel});
}

coordinator_session shown(const SessionView& view) {
  const store::Session& from = view.session;
  auto out = sized<coordinator_session>();
  out.current = from.current ? 1 : 0;
  out.channel = from.channel.value;
  out.id = lend(from.session_id);
  out.project = lend(from.project);
  out.agent = lend(from.agent);
  out.model = lend(from.model);
  out.messages = static_cast<std::uint64_t>(from.messages);
  out.cost_usd = from.cost_usd;
  out.created = from.created.time_since_epoch().count();
  out.last_activity = from.last_activity.time_since_epoch().count();
  out.running = view.running;
  out.queued = view.queued;
  return out;
}

void visit_all(const std::vector<SessionView>& views, coordinator_visit_session visit, void* context) {
  for (const SessionView& view : views) {
    coordinator_session session = shown(view);
    visit(context, &session);
  }
}

void each(const coordinator_host* table, std::uint64_t channel, coordinator_visit_session visit,
          void* context) {
  Host& host = Host::of(table);
  if (host.closed() || !visit) return;
  visit_all(host.room().services.sessions.sessions(channel_or_all(channel)), visit, context);
}

void history(const coordinator_host* table, std::uint64_t channel, coordinator_visit_session visit,
             coordinator_done done, void* context) {
  Host& host = Host::of(table);
  if (host.closed()) return;
  if (host.full("history")) return host.refuse(done, context, COORDINATOR_LIMIT, "");
  auto promise = host.expect([done, context] {
    if (done) done(context, COORDINATOR_CANCELLED, {});
  });
  auto told = [self = host.self(), promise, visit, done, context](Result<std::vector<SessionView>> views) {
    if (!*self) return;
    auto kept = std::make_shared<Result<std::vector<SessionView>>>(std::move(views));
    (*self)->keep(promise, [kept, visit, done, context] {
      if (*kept && visit) visit_all(**kept, visit, context);
      if (!done) return;
      if (*kept) return done(context, COORDINATOR_OK, {});
      done(context, COORDINATOR_FAILED, lend_words(kept->error().what));
    });
  };
  host.room().services.sessions.history(ChannelId{channel}, std::move(told));
}

void reset(const coordinator_host* table, coordinator_call call, std::uint64_t channel, std::uint32_t flags,
           coordinator_done done, void* context) {
  for_person(table, call, "sessions reset", done, context, [=](Host& host, const Call& by, Done told) {
    host.room().services.sessions.reset(by.interaction.person, ChannelId{channel},
                                        (flags & COORDINATOR_CANCEL_RUNNING) != 0, std::move(told));
  });
}

void resume(const coordinator_host* table, coordinator_call call, std::uint64_t channel,
            coordinator_string id, coordinator_done done, void* context) {
  for_person(table, call, "sessions resume", done, context, [=](Host& host, const Call& by, Done told) {
    host.room().services.sessions.resume(by.interaction.person, ChannelId{channel}, view_of(id),
                                         std::move(told));
  });
}

void fork(const coordinator_host* table, coordinator_call call, std::uint64_t channel, coordinator_string id,
          coordinator_done done, void* context) {
  for_person(table, call, "sessions fork", done, context, [=](Host& host, const Call& by, Done told) {
    host.room().services.sessions.fork(by.interaction.person, ChannelId{channel}, view_of(id),
                                       std::move(told));
  });
}

}  // namespace

const coordinator_sessions& sessions_table() {
  static const coordinator_sessions table = {sizeof table, each, history, reset, resume, fork};
  return table;
}

}  // namespace coordinator::command
