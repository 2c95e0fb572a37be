// coordinator.models/1: the models that a channel's agent knows.
#include <utility>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

void each(const coordinator_host* table, std::uint64_t channel,
          void (*visit)(void* context, coordinator_string alias, coordinator_string description),
          void* context) {
  Host& host = Host::of(table);
  if (host.closed() || !visit) return;
  for (const ModelView& model : host.room().services.models.models(ChannelId{channel}))
    visit(context, lend(model.alias), lend(model.description));
}

coordinator_string current(const coordinator_host* table, std::uint64_t channel) {
  Host& host = Host::of(table);
  if (host.closed()) return {};
  auto alias = host.room().services.models.current_model(ChannelId{channel});
  return alias ? host.keep_text(std::move(*alias)) : coordinator_string{};
}

void set(const coordinator_host* table, coordinator_call call, std::uint64_t channel,
         coordinator_string alias, coordinator_done done, void* context) {
  for_person(table, call, "models set", done, context, [=](Host& host, const Call& by, Done told) {
    host.room().services.models.set_model(by.interaction.person, ChannelId{channel}, view_of(alias),
                                          std::move(told));
  });
}

}  // namespace

const coordinator_models& models_table() {
  static const coordinator_models table = {sizeof table, each, current, set};
  return table;
}

}  // namespace coordinator::command
