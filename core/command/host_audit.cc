// coordinator.audit/1: what agents asked people to allow, and who decided.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "command/host_tables.h"

namespace coordinator::command {

namespace {

using Visit = void (*)(void* context, const coordinator_audit_row* row);

static_assert(COORDINATOR_WITHDRAWN == 1 + static_cast<int>(store::ApprovalState::withdrawn));

coordinator_audit_row shown(const store::Approval& from) {
  auto out = sized<coordinator_audit_row>();
  out.decision = 1 + static_cast<std::uint32_t>(from.state);
  out.channel = from.channel.value;
  out.message = from.mention.value;
  out.requester = from.requester.value;
  out.decided_by = from.decided_by.value;
  out.requester_name = lend(from.requester_name);
  out.decided_by_name = lend(from.decided_by_name);
  out.turn = lend(from.turn_id);
  out.tool = lend(from.tool);
  out.input = lend(from.input);
  out.reason = lend_words(from.reason);
  out.asked = from.asked.time_since_epoch().count();
  out.decided = from.decided.time_since_epoch().count();
  return out;
}

void tell(const AuditService::Rows& rows, Visit visit, coordinator_done done, void* context) {
  for (std::size_t i = 0; rows && visit && i < rows->size(); ++i) {
    coordinator_audit_row out = shown((*rows)[i]);
    visit(context, &out);
  }
  if (!done) return;
  if (rows) return done(context, COORDINATOR_OK, {});
  done(context, rows.error().result, lend_words(rows.error().words));
}

void each(const coordinator_host* table, coordinator_call number, std::uint64_t channel, Visit visit,
          coordinator_done done, void* context) {
  Host& host = Host::of(table);
  if (host.closed()) return;
  if (host.full("audit"))
    return host.refuse(done, context, COORDINATOR_LIMIT, "Too much at once. Try again in a moment.");
  auto call = host.call(number, "audit");
  if (!call) return host.refuse(done, context, COORDINATOR_GONE, "This command is over. Use it again.");
  auto promise = host.expect([done, context] {
    if (done) done(context, COORDINATOR_CANCELLED, {});
  });
  auto told = [self = host.self(), promise, visit, done, context](AuditService::Rows rows) {
    if (!*self) return;
    auto kept = std::make_shared<AuditService::Rows>(std::move(rows));
    (*self)->keep(promise, [kept, visit, done, context] { tell(*kept, visit, done, context); });
  };
  auto of = channel == 0 ? std::nullopt : std::optional(ChannelId{channel});
  host.room().services.audit.audit(call->interaction.person, of, std::move(told));
}

}  // namespace

const coordinator_audit& audit_table() {
  static const coordinator_audit table = {sizeof table, each};
  return table;
}

}  // namespace coordinator::command
