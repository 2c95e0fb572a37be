// coordinator.queue/1: mentions that wait or run.
#include <optional>
#include <utility>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

coordinator_mention shown(const MentionView& view) {
  const store::Inbox& from = view.mention;
  auto out = sized<coordinator_mention>();
  out.running = view.running ? 1 : 0;
  out.message = from.message.value;
  out.channel = from.channel.value;
  out.user = from.author.value;
  out.user_name = lend(from.author_name);
  out.project = lend(from.project);
  out.prompt = lend(from.prompt);
  out.arrived = from.arrived.time_since_epoch().count();
  out.started = from.started.time_since_epoch().count();
  return out;
}

void each(const coordinator_host* table, std::uint64_t channel, coordinator_visit_mention visit,
          void* context) {
  Host& host = Host::of(table);
  if (host.closed() || !visit) return;
  auto of = channel == 0 ? std::nullopt : std::optional(ChannelId{channel});
  for (const MentionView& view : host.room().services.queue.mentions(of)) {
    coordinator_mention mention = shown(view);
    visit(context, &mention);
  }
}

void cancel(const coordinator_host* table, coordinator_call call, std::uint64_t message,
            coordinator_done done, void* context) {
  for_person(table, call, "queue cancel", done, context, [=](Host& host, const Call& by, Done told) {
    host.room().services.queue.cancel(by.interaction.person, MessageId{message}, std::move(told));
  });
}

}  // namespace

const coordinator_queue& queue_table() {
  static const coordinator_queue table = {sizeof table, each, cancel};
  return table;
}

}  // namespace coordinator::command
