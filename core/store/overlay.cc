#include "store/overlay.h"

#include <algorithm>
#include <cstddef>
#include <variant>

namespace coordinator::store {

namespace {

constexpr std::size_t kHistory = 100;

void put(std::vector<Session>& history, const Session& session) {
  if (session.current)
    for (Session& earlier : history) earlier.current = false;
  auto found = std::find_if(history.begin(), history.end(),
                            [&](const Session& known) { return known.session_id == session.session_id; });
  if (found == history.end())
    history.push_back(session);
  else
    *found = session;
}

bool comes_first(const Session& a, const Session& b) {
  return a.current != b.current ? a.current : a.last_activity > b.last_activity;
}

}  // namespace

void lay_over(std::vector<Session>& history, ChannelId channel, const Batch& batch) {
  for (const Write& record : batch.records())
    if (const auto* session = std::get_if<Session>(&record); session && session->channel == channel)
      put(history, *session);
  std::erase_if(history, [](const Session& session) { return !session.current && !session.begun; });
  std::stable_sort(history.begin(), history.end(), comes_first);
  if (history.size() > kHistory) history.resize(kHistory);
}

// A mention stands before the messages to it.
void lay_over(std::optional<Kept>& kept, MessageId message, const Batch& batch) {
  for (const Write& record : batch.records()) {
    if (const auto* mention = std::get_if<Inbox>(&record); mention && mention->message == message) {
      if (!kept) kept.emplace();
      kept->mention = *mention;
    }
    if (const auto* entry = std::get_if<Outbox>(&record); kept && entry && entry->source == message) {
      kept->chunks = std::max(kept->chunks, entry->chunk + 1);
      kept->said = std::max(kept->said, entry->sent);
    }
  }
}

}  // namespace coordinator::store
