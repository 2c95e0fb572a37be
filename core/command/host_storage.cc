// coordinator.storage/1: values of the plugin's own.
#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/text.h"
#include "command/host_tables.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kKeys = 1000, kKeyBytes = 128, kValueBytes = 64 * 1024;

coordinator_string get(const coordinator_host* table, coordinator_string key) {
  Host& host = Host::of(table);
  if (host.closed()) return {};
  const auto& values = host.room().services.storage.values(host.name());
  auto found = values.find(view_of(key));
  return found == values.end() ? coordinator_string{} : lend(found->second);
}

int refused(Host& host, int result, std::string_view why) {
  host.log(log::Level::warning, fmt::format("storage set: {}", why));
  return result;
}

int set(const coordinator_host* table, coordinator_string key, coordinator_string value) {
  Host& host = Host::of(table);
  if (host.closed()) return COORDINATOR_CANCELLED;
  StorageService& storage = host.room().services.storage;
  std::string name(view_of(key));
  if (name.empty()) return refused(host, COORDINATOR_INVALID, "a key has at least one byte");
  if (name.size() > kKeyBytes)
    return refused(host, COORDINATOR_LIMIT,
                   fmt::format("a key of {} bytes, at most {}", name.size(), kKeyBytes));
  if (absent(value)) {
    storage.put(host.name(), name, std::nullopt);
    return COORDINATOR_OK;
  }
  if (value.size > kValueBytes)
    return refused(host, COORDINATOR_LIMIT,
                   fmt::format("a value of {} bytes, at most {}", value.size, kValueBytes));
  const auto& values = storage.values(host.name());
  if (values.size() >= kKeys && !values.contains(name))
    return refused(host, COORDINATOR_LIMIT, fmt::format("it has {} keys already", kKeys));
  std::string text(view_of(value));
  if (text != text::valid_utf8(text) || name != text::valid_utf8(name))
    return refused(host, COORDINATOR_INVALID, "keys and values are UTF-8 without zero bytes");
  storage.put(host.name(), name, std::move(text));
  return COORDINATOR_OK;
}

// By key, not by place: the visitor may set others meanwhile.
void each(const coordinator_host* table, coordinator_string prefix,
          void (*visit)(void* context, coordinator_string key, coordinator_string value), void* context) {
  Host& host = Host::of(table);
  if (host.closed() || !visit) return;
  std::string begin(view_of(prefix));
  const auto& values = host.room().services.storage.values(host.name());
  auto at = values.lower_bound(begin);
  while (at != values.end() && at->first.starts_with(begin)) {
    std::string key = at->first;
    visit(context, lend(key), lend(at->second));
    at = values.upper_bound(key);
  }
}

}  // namespace

const coordinator_storage& storage_table() {
  static const coordinator_storage table = {sizeof table, get, set, each};
  return table;
}

}  // namespace coordinator::command
