// The tables of the extensions, and what their functions need to read what plugins pass.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "command/host.h"
#include "coordinator/extensions.h"

namespace coordinator::command {

// One file each: host_interactions.cc, ...
const coordinator_interactions& interactions_table();
const coordinator_sessions& sessions_table();
const coordinator_queue& queue_table();
const coordinator_projects& projects_table();
const coordinator_models& models_table();
const coordinator_storage& storage_table();
const coordinator_timers& timers_table();
const coordinator_http& http_table();
const coordinator_metrics& metrics_table();
const coordinator_usage& usage_table();
const coordinator_audit& audit_table();
const coordinator_plugins& plugins_table();

// The six functions (host_table.cc).
coordinator_host host_functions();
// Null where there is none of this name and version.
const void* extension_table(std::string_view name);

// ---- Across the border ----

inline bool absent(coordinator_string text) { return text.data == nullptr; }
inline std::string_view view_of(coordinator_string text) {
  return text.data ? std::string_view(text.data, text.size) : std::string_view();
}
// Borrowed: an empty text is not an absent one.
inline coordinator_string lend(std::string_view text) {
  return {text.data() ? text.data() : "", text.size()};
}
inline coordinator_string lend_words(std::string_view words) {
  return words.empty() ? coordinator_string{} : lend(words);
}

// What a plugin has filled in, as far as its size goes; the rest is zero.
template <class Struct>
Struct taken(const Struct* given) {
  Struct out{};
  if (!given) return out;
  std::memcpy(&out, given, std::min<std::size_t>(given->size, sizeof out));
  return out;
}

// A struct for the plugin to read.
template <class Struct>
Struct sized() {
  Struct out{};
  out.size = sizeof out;
  return out;
}

// ---- What is asked for the person behind a call ----

// Hands the person and a Done to `ask`; where the call is over, `done` hears that.
template <class Ask>
void for_person(const coordinator_host* table, coordinator_call number, std::string_view what,
                coordinator_done done, void* context, Ask ask) {
  Host& host = Host::of(table);
  if (host.closed()) return;
  if (host.full(what))
    return host.refuse(done, context, COORDINATOR_LIMIT, "Too much at once. Try again in a moment.");
  if (auto call = host.call(number, what)) return ask(host, *call, host.promise(done, context));
  host.refuse(done, context, COORDINATOR_GONE, "This command is over. Use it again.");
}

}  // namespace coordinator::command
