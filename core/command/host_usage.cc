// coordinator.usage/1: what turns used.
#include <memory>
#include <utility>
#include <vector>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

using Visit = void (*)(void* context, const coordinator_usage_row* row);

coordinator_usage_row shown(const UsageRow& from) {
  auto out = sized<coordinator_usage_row>();
  out.turns = from.turns;
  out.day = from.day.time_since_epoch().count();
  out.channel = from.channel.value;
  out.user = from.user.value;
  out.user_name = lend(from.user_name);
  out.input_tokens = from.input_tokens;
  out.output_tokens = from.output_tokens;
  out.cost_usd = from.cost_usd;
  return out;
}

void visit_all(const std::vector<UsageRow>& rows, Visit visit, void* context) {
  for (const UsageRow& row : rows) {
    coordinator_usage_row out = shown(row);
    visit(context, &out);
  }
}

void since(const coordinator_host* table, std::int64_t from, Visit visit, coordinator_done done,
           void* context) {
  Host& host = Host::of(table);
  if (host.closed()) return;
  if (host.full("usage since")) return host.refuse(done, context, COORDINATOR_LIMIT, "");
  auto promise = host.expect([done, context] {
    if (done) done(context, COORDINATOR_CANCELLED, {});
  });
  auto told = [self = host.self(), promise, visit, done, context](Result<std::vector<UsageRow>> rows) {
    if (!*self) return;
    auto kept = std::make_shared<Result<std::vector<UsageRow>>>(std::move(rows));
    (*self)->keep(promise, [kept, visit, done, context] {
      if (*kept && visit) visit_all(**kept, visit, context);
      if (!done) return;
      if (*kept) return done(context, COORDINATOR_OK, {});
      done(context, COORDINATOR_FAILED, lend_words(kept->error().what));
    });
  };
  host.room().services.usage.usage(WallTime(Millis(from)), std::move(told));
}

}  // namespace

const coordinator_usage& usage_table() {
  static const coordinator_usage table = {sizeof table, since};
  return table;
}

}  // namespace coordinator::command
