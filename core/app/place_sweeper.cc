#include "app/place_sweeper.h"

#include <utility>

#include "agent/project_place.h"
#include "base/log.h"
#include "io/background.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

constexpr const char* kArea = "files";
constexpr Millis kBetween = 1h;
constexpr std::size_t kMostEntries = 10'000;  // the next time takes what is beyond

using Entry = io::Directory::Entry;

Status sweep(const io::Directory& directory, WallTime before) {
  auto entries = directory.list(kMostEntries);
  if (!entries) return tl::unexpected(entries.error());
  for (const Entry& entry : *entries)
    if (entry.changed < before)
      if (auto gone = directory.remove(entry.name); !gone) return gone;
  return {};
}

// Each channel's stays, since its agent was told of it.
Status sweep_outboxes(const io::Directory& outboxes, WallTime before) {
  auto channels = outboxes.list(kMostEntries);
  if (!channels) return tl::unexpected(channels.error());
  for (const Entry& channel : *channels) {
    if (channel.kind != Entry::Kind::directory) continue;
    auto outbox = outboxes.inside(channel.name);
    if (!outbox) return tl::unexpected(outbox.error());
    if (*outbox)
      if (auto swept = sweep(**outbox, before); !swept) return swept;
  }
  return {};
}

}  // namespace

void sweep_place(const std::string& project, WallTime now) {
  for (const char* name : {agent::kInbox, agent::kSent, agent::kOutbox}) {
    auto place = agent::find_place(project, {agent::kPlace, name});
    Status swept = place ? Status() : tl::unexpected(place.error());
    if (place && *place)
      swept = name == agent::kOutbox ? sweep_outboxes(**place, now - kFilesKept)
                                     : sweep(**place, now - kFilesKept);
    if (!swept) log::warning(kArea, "old files stay in {}: {}", project, swept.error().what);
  }
}

void PlaceSweeper::look(const std::vector<std::string>& projects) {
  Instant now = loop_.now().instant;
  if (*busy_ || (last_ && now < *last_ + kBetween)) return;
  last_ = now;
  *busy_ = true;
  auto work = [projects, wall = loop_.now().wall] {
    for (const std::string& project : projects) sweep_place(project, wall);
  };
  io::in_background(loop_, std::move(work), [busy = busy_] { *busy = false; });
}

}  // namespace coordinator::app
