#include "app/outbox_collector.h"

#include <string>
#include <utility>
#include <vector>

#include "agent/project_place.h"
#include "base/log.h"
#include "chat/file_name.h"
#include "chat/file_type.h"
#include "discord/limits.h"
#include "io/background.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

constexpr const char* kArea = "files";
constexpr std::size_t kMostEntries = 1000;

using Entry = io::Directory::Entry;

// Hidden files are somebody's own, or not finished.
bool is_hidden(const Entry& entry) { return entry.name.starts_with('.'); }

Status move_all(const io::Directory& outbox, const chat::CollectFiles& wanted) {
  auto entries = outbox.list(kMostEntries);
  if (!entries) return tl::unexpected(entries.error());
  std::erase_if(*entries, is_hidden);
  if (entries->empty()) return {};
  auto sent = agent::make_place(wanted.directory, {agent::kPlace, agent::kSent, wanted.turn_id});
  if (!sent) return tl::unexpected(sent.error());
  for (const Entry& entry : *entries)
    if (auto moved = outbox.move(entry.name, *sent); !moved) return moved;
  return {};
}

Result<std::vector<chat::Found>> look(const io::Directory& sent) {
  auto entries = sent.list(kMostEntries);
  if (!entries) return tl::unexpected(entries.error());
  std::vector<chat::Found> found;
  for (Entry& entry : *entries)
    found.push_back(
        {std::move(entry.name), entry.kind == Entry::Kind::file && entry.links == 1, entry.bytes});
  return found;
}

void read(const io::Directory& sent, const std::string& name, chat::Parcel& parcel) {
  auto bytes = sent.read(name, discord::limits::kFileBytes);
  if (!bytes) {
    log::warning(kArea, "{}", bytes.error().what);
    parcel.left.push_back({name, chat::LeftBehind::unreadable});
    return;
  }
  std::vector<std::string> taken;
  for (const render::File& file : parcel.files) taken.push_back(file.name);
  std::string type = chat::type_of(*bytes).mime;
  parcel.files.push_back(
      {chat::free_name(chat::safe_name(name), taken), std::move(*bytes), {}, std::move(type)});
}

// A project that is gone has no directory.
Status collect(const chat::CollectFiles& wanted, chat::Parcel& parcel) {
  if (wanted.directory.empty()) return {};
  auto outbox = agent::find_place(wanted.directory, {agent::kPlace, agent::kOutbox, wanted.outbox});
  if (!outbox) return tl::unexpected(outbox.error());
  if (*outbox)
    if (auto moved = move_all(**outbox, wanted); !moved) return moved;
  auto sent = agent::find_place(wanted.directory, {agent::kPlace, agent::kSent, wanted.turn_id});
  if (!sent) return tl::unexpected(sent.error());
  if (!*sent) return {};
  auto found = look(**sent);
  if (!found) return tl::unexpected(found.error());
  for (const std::string& name : chat::packed(*found, parcel.left)) read(**sent, name, parcel);
  return {};
}

}  // namespace

void OutboxCollector::collect(const chat::CollectFiles& wanted) {
  auto told = std::make_shared<chat::FilesCollected>();
  told->turn_id = wanted.turn_id;
  auto work = [told, wanted] {
    if (auto done = app::collect(wanted, told->parcel); !done)
      log::warning(kArea, "turn {}: its files are not all attached: {}", wanted.turn_id, done.error().what);
  };
  io::in_background(loop_, std::move(work), [self = self_, told] {
    if (*self) (*self)->tell_(*told);
  });
}

}  // namespace coordinator::app
