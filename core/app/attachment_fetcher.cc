#include "app/attachment_fetcher.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/project_place.h"
#include "base/log.h"
#include "chat/file_type.h"
#include "io/background.h"
#include "io/disk.h"
#include "io/download.h"
#include "io/loop.h"
#include "io/url.h"

namespace coordinator::app {

namespace {

using store::Attachment;
using State = store::AttachmentState;

constexpr const char* kArea = "files";
constexpr std::size_t kAtOnce = 8;       // mentions
constexpr Millis kOne = 1min;            // for one file
constexpr Millis kAll = 3min;            // for those of one mention
constexpr Millis kLeast = 1s;            // that is tried
constexpr const char* kHalf = ".part-";  // no attachment is called so: their names have no dot first

// Where a mention's files come to lie, and what one is called until it is whole: a name of the errand's own,
// since a thread may still be at work for one that was withdrawn.
struct Place {
  std::string directory, message, half;

  Result<io::Directory> open() const {
    return agent::make_place(directory, {agent::kPlace, agent::kInbox, message});
  }
};

State state_of(const Error& error) {
  return error.cause == Cause::no_room ? State::no_room : State::no_place;
}

State state_of(const io::DownloadError& error) {
  using Kind = io::DownloadError::Kind;
  switch (error.kind) {
    case Kind::too_large:
      return State::too_large;
    case Kind::full:
      return State::no_room;
    case Kind::disk:
      return State::no_place;
    case Kind::refused:
      return error.status >= 400 && error.status < 500 ? State::gone : State::unreachable;
    case Kind::lost:
      return State::unreachable;
  }
  return State::unreachable;
}

void note_type(const io::Directory& place, Attachment& file, std::uint64_t bytes) {
  auto beginning = place.read(file.name, chat::kTypeBytes);
  chat::FileType type = chat::type_of(beginning.value_or(std::string()));
  file.bytes = bytes;
  file.picture = chat::can_be_looked_at(type, bytes);
  file.type = std::move(type.mime);
  file.state = State::there;
}

// What is to be written to; none where the file is there already, or cannot be.
struct Prepared {
  Attachment file;
  io::Descriptor half;
  std::string problem;
};

Status prepare(const Place& where, std::uint64_t keep_free, Prepared& out) {
  auto place = where.open();
  if (!place) return tl::unexpected(place.error());
  auto there = place->look(out.file.name);
  if (!there) return tl::unexpected(there.error());
  if (*there && (*there)->kind == io::Directory::Entry::Kind::file && (*there)->links == 1)
    return note_type(*place, out.file, (*there)->bytes), Status();
  auto space = io::disk_space(place->path());
  if (space && space->free_bytes < keep_free + out.file.bytes)
    return fail_as(Cause::no_room, "there is no room on the disk");
  if (auto gone = place->remove(where.half); !gone) return gone;
  auto half = place->create(where.half);
  if (!half) return tl::unexpected(half.error());
  out.half = std::move(*half);
  return {};
}

Status finish(const Place& where, std::uint64_t bytes, Attachment& file) {
  auto place = where.open();
  if (!place) return tl::unexpected(place.error());
  if (auto moved = place->rename(where.half, file.name); !moved) return moved;
  note_type(*place, file, bytes);
  return {};
}

}  // namespace

// The files of one mention.
class AttachmentFetcher::Errand {
 public:
  Errand(AttachmentFetcher& house, chat::FetchFiles wanted)
      : house_(house),
        wanted_(std::move(wanted)),
        place_{wanted_.directory, wanted_.message.text(), kHalf + std::to_string(++house.errands_)},
        late_(house.loop_.now().instant + kAll),
        self_(std::make_shared<Errand*>(this)) {
    next();
  }
  ~Errand() { *self_ = nullptr; }
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;

  const std::vector<Attachment>& files() const { return wanted_.attachments; }

 private:
  // Does `work` beside the loop, and goes on if there is still somebody who waits.
  template <class Value>
  void beside(std::shared_ptr<Value> value, std::function<void(Value&)> work, void (Errand::*then)(Value&)) {
    io::in_background(
        house_.loop_, [value, work = std::move(work)] { work(*value); },
        [self = self_, value, then] {
          if (*self) ((*self)->*then)(*value);
        });
  }

  void next() {
    while (at_ < wanted_.attachments.size() && wanted_.attachments[at_].state != State::wanted) ++at_;
    if (at_ == wanted_.attachments.size()) {
      house_.loop_.later([self = self_] {
        if (*self) (*self)->house_.done((*self)->wanted_.message);
      });
      return;
    }
    auto prepared = std::make_shared<Prepared>();
    prepared->file = wanted_.attachments[at_];
    beside<Prepared>(
        prepared,
        [place = place_, keep_free = house_.options_.keep_free](Prepared& out) {
          auto done = prepare(place, keep_free, out);
          if (done) return;
          out.file.state = state_of(done.error());
          out.problem = done.error().what;
        },
        &Errand::prepared);
  }

  void prepared(Prepared& made) {
    if (!made.half) return settle(std::move(made.file), made.problem);
    Millis time = std::clamp<Millis>(late_ - house_.loop_.now().instant, kLeast, kOne);
    if (!may_be_asked(made.file.url)) return lost(State::unreachable, "its link is not one of Discord's");
    download_ =
        std::make_unique<io::Download>(house_.loop_, house_.http_, made.file.url, std::move(made.half),
                                       wanted_.most, time, [this](const auto& got) { arrived(got); });
  }

  bool may_be_asked(const std::string& url) const {
    auto parsed = io::parse_url(url);
    if (!parsed) return false;
    bool here = io::is_loopback(parsed->host);
    return here ? house_.options_.from_this_machine : parsed->secure();
  }

  void arrived(const tl::expected<std::uint64_t, io::DownloadError>& got) {
    house_.loop_.bury(std::move(download_));
    if (!got) return lost(state_of(got.error()), got.error().what);
    auto prepared = std::make_shared<Prepared>();
    prepared->file = wanted_.attachments[at_];
    beside<Prepared>(
        prepared,
        [place = place_, bytes = *got](Prepared& out) {
          auto done = finish(place, bytes, out.file);
          if (done) return;
          out.file.state = state_of(done.error());
          out.problem = done.error().what;
        },
        &Errand::finished);
  }
  void finished(Prepared& made) { settle(std::move(made.file), made.problem); }

  // What came of it is no file.
  void lost(State why, const std::string& problem) {
    io::in_background(house_.loop_, [place = place_] {
      if (auto opened = place.open()) static_cast<void>(opened->remove(place.half));
    });
    Attachment file = wanted_.attachments[at_];
    file.state = why;
    settle(std::move(file), problem);
  }

  void settle(Attachment file, const std::string& problem) {
    if (!problem.empty())
      log::warning(kArea, "message {}: \"{}\" is not there: {}", place_.message, file.name, problem);
    wanted_.attachments[at_] = std::move(file);
    next();
  }

  AttachmentFetcher& house_;
  chat::FetchFiles wanted_;
  Place place_;
  Instant late_;
  std::size_t at_ = 0;
  std::unique_ptr<io::Download> download_;
  std::shared_ptr<Errand*> self_;  // points at nothing when we are gone
};

AttachmentFetcher::AttachmentFetcher(io::Loop& loop, Options options, Tell tell)
    : loop_(loop), options_(options), tell_(std::move(tell)), http_(loop) {}
AttachmentFetcher::~AttachmentFetcher() = default;

void AttachmentFetcher::fetch(chat::FetchFiles wanted) {
  withdraw(wanted.message);
  waiting_.push_back(std::move(wanted));
  next();
}

void AttachmentFetcher::withdraw(MessageId message) {
  std::erase_if(waiting_, [&](const chat::FetchFiles& each) { return each.message == message; });
  if (going_.erase(message) > 0) next();
}

void AttachmentFetcher::next() {
  while (going_.size() < kAtOnce && !waiting_.empty()) {
    chat::FetchFiles wanted = std::move(waiting_.front());
    waiting_.pop_front();
    MessageId message = wanted.message;
    going_.emplace(message, std::make_unique<Errand>(*this, std::move(wanted)));
  }
}

void AttachmentFetcher::done(MessageId message) {
  auto over = going_.extract(message);
  chat::FilesFetched fetched{message, over.mapped()->files()};
  loop_.bury(std::move(over.mapped()));
  next();
  tell_(fetched);
}

}  // namespace coordinator::app
