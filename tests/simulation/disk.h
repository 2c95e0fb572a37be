// The simulated store: a durable side that survives the daemon, and a batch that does not.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/overloaded.h"
#include "store/batch.h"
#include "store/overlay.h"
#include "store/store.h"

namespace coordinator::simulation {

// What is on the disk.
struct Disk {
  std::vector<MessageId> arrival;  // in the order in which they were first written
  std::map<MessageId, store::Inbox> inbox;
  std::map<std::pair<ChannelId, std::string>, store::Session> sessions;  // earlier ones too
  std::map<std::string, store::Turn> turns;
  std::map<std::pair<MessageId, int>, store::Outbox> outbox;
  std::vector<std::pair<MessageId, int>> promised;  // in the order in which they were first written
  std::map<std::string, std::string> notes;
  std::map<MessageId, store::Mark> marks;
  std::map<std::pair<MessageId, int>, store::Approval> approvals;
};

// One daemon's view of it. A commit is all or nothing, and takes its time.
class DiskStore : public store::Store {
 public:
  using Task = std::function<void()>;

  // `beside` does the job at some time and is done at some later one, unless the daemon dies before.
  DiskStore(Disk& disk, std::function<void(Task job, Task done)> beside)
      : disk_(disk), beside_(std::move(beside)) {}

  bool full = false;
  bool reserve = false;  // for a few commits there is room all the same

  void load(std::function<void(Result<store::Snapshot>)> done) override;
  void seen(MessageId message, std::function<void(Result<bool>)> done) override {
    done(batch_.has(message) || (saving_ && saving_->has(message)) || disk_.inbox.contains(message));
  }
  void mention(MessageId message, std::function<void(Result<std::optional<store::Kept>>)> done) override;
  void files(MessageId source, int chunk,
             std::function<void(Result<std::vector<store::File>>)> done) override {
    auto found = disk_.outbox.find({source, chunk});
    done(found == disk_.outbox.end() ? std::vector<store::File>() : found->second.files);
  }
  void seen(InteractionId, std::function<void(Result<bool>)> done) override { done(false); }
  void history(ChannelId channel, std::function<void(Result<std::vector<store::Session>>)> done) override;
  void usage(WallTime, std::function<void(Result<std::vector<store::Usage>>)> done) override { done({}); }
  void audit(std::optional<ChannelId>,
             std::function<void(Result<std::vector<store::Approval>>)> done) override {
    done({});
  }
  void write(store::Write record) override { batch_.add(std::move(record)); }
  bool dirty() const override { return !batch_.empty(); }
  void commit(std::function<void(Status)> done) override;
  // What is being saved, if it is not yet: does it now.
  void save();
  bool give_up_reserve() {
    if (reserve) room_ = 3;
    return std::exchange(reserve, false);
  }

 private:
  void demote(ChannelId channel) {
    auto it = disk_.sessions.lower_bound({channel, ""});
    for (; it != disk_.sessions.end() && it->first.first == channel; ++it) it->second.current = false;
  }
  template <class Found, class Id>
  Found with_pending(Found found, Id id) const;
  void put(const store::Write& record);
  void committed(const std::function<void(Status)>& done);

  // Behind what the source was promised at the same time.
  std::vector<std::pair<MessageId, int>>::iterator place_of(const store::Outbox& entry) {
    auto same = [&](const auto& key) {
      return key.first == entry.source && disk_.outbox.at(key).created == entry.created;
    };
    auto last = std::find_if(disk_.promised.rbegin(), disk_.promised.rend(), same);
    return last == disk_.promised.rend() ? disk_.promised.end() : last.base();
  }

  Disk& disk_;
  std::function<void(Task job, Task done)> beside_;
  store::Batch batch_;
  std::optional<store::Batch> saving_;
  std::optional<Status> saved_;  // what became of it
  int room_ = 0;                 // on a full disk, in commits
};

inline bool unfinished(store::InboxState state) {
  return state == store::InboxState::queued || state == store::InboxState::running ||
         state == store::InboxState::answering;
}

inline void DiskStore::load(std::function<void(Result<store::Snapshot>)> done) {
  store::Snapshot snapshot;
  for (MessageId id : disk_.arrival)
    if (unfinished(disk_.inbox.at(id).state)) snapshot.inbox.push_back(disk_.inbox.at(id));
  std::set<std::pair<ChannelId, std::string>> occupied;
  for (auto& [id, turn] : disk_.turns)
    if (turn.state == store::TurnState::running) {
      snapshot.turns.push_back(turn);
      occupied.emplace(turn.channel, turn.session_id);
    }
  for (auto& [key, session] : disk_.sessions)
    if (session.current || occupied.contains(key)) snapshot.sessions.push_back(session);
  for (const auto& key : disk_.promised) {
    const store::Outbox& entry = disk_.outbox.at(key);
    if (entry.state != store::OutboxState::pending && !unfinished(disk_.inbox.at(key.first).state)) continue;
    snapshot.outbox.push_back(entry);
    snapshot.outbox.back().files.clear();
  }
  for (const auto& [key, approval] : disk_.approvals)
    if (unfinished(disk_.inbox.at(key.first).state)) snapshot.approvals.push_back(approval);
  for (const auto& [name, value] : disk_.notes) snapshot.notes.push_back({name, value});
  for (const auto& [message, mark] : disk_.marks) snapshot.marks.push_back(mark);
  done(std::move(snapshot));
}

inline void DiskStore::mention(MessageId message,
                               std::function<void(Result<std::optional<store::Kept>>)> done) {
  auto found = disk_.inbox.find(message);
  if (found == disk_.inbox.end()) return done(with_pending(std::optional<store::Kept>(), message));
  store::Kept kept{found->second};
  for (const auto& [key, entry] : disk_.outbox)
    if (key.first == message) {
      kept.chunks = key.second + 1;
      kept.said = std::max(kept.said, entry.sent);
    }
  done(with_pending(std::optional(std::move(kept)), message));
}

inline void DiskStore::history(ChannelId channel,
                               std::function<void(Result<std::vector<store::Session>>)> done) {
  std::vector<store::Session> sessions;
  for (const auto& [key, session] : disk_.sessions)
    if (key.first == channel && (session.current || session.begun)) sessions.push_back(session);
  done(with_pending(std::move(sessions), channel));
}

template <class Found, class Id>
Found DiskStore::with_pending(Found found, Id id) const {
  if (saving_) store::lay_over(found, id, *saving_);
  store::lay_over(found, id, batch_);
  return found;
}

inline void DiskStore::commit(std::function<void(Status)> done) {
  saving_ = std::exchange(batch_, {});
  saved_.reset();
  beside_([this] { save(); }, [this, done = std::move(done)] { committed(done); });
}

inline void DiskStore::save() {
  if (!saving_ || saved_) return;
  if (full && room_ == 0) {
    saved_ = fail_as(Cause::no_room, "the disk is full");
    return;
  }
  if (full) --room_;
  for (const store::Write& record : saving_->records()) put(record);
  saved_ = Status();
}

// As SqliteStore: what could not be saved is tried again, with what was written since.
inline void DiskStore::committed(const std::function<void(Status)>& done) {
  store::Batch saved = std::move(*saving_);
  saving_.reset();
  if (*saved_) return done({});
  for (const store::Write& record : batch_.records()) saved.add(record);
  batch_ = std::move(saved);
  done(*saved_);
}

inline void DiskStore::put(const store::Write& record) {
  std::visit(Overloaded{[&](const store::Inbox& r) {
                          auto known = disk_.inbox.find(r.message);
                          bool again = known != disk_.inbox.end() && !unfinished(known->second.state) &&
                                       r.state == store::InboxState::queued;
                          if (again) std::erase(disk_.arrival, r.message);
                          if (again || known == disk_.inbox.end()) disk_.arrival.push_back(r.message);
                          disk_.inbox[r.message] = r;
                        },
                        [&](const store::Session& r) {
                          if (r.current) demote(r.channel);
                          disk_.sessions[{r.channel, r.session_id}] = r;
                        },
                        [&](const store::Turn& r) { disk_.turns[r.turn_id] = r; },
                        [&](const store::Outbox& r) {
                          if (!disk_.outbox.contains({r.source, r.chunk}))
                            disk_.promised.insert(place_of(r), {r.source, r.chunk});
                          disk_.outbox[{r.source, r.chunk}] = r;
                        },
                        [&](const store::Approval& r) {
                          disk_.approvals[{r.mention, r.chunk}] = r;
                        },
                        [&](const store::Note& r) { disk_.notes[r.name] = r.value; },
                        [&](const store::Mark& r) {
                          if (r.present)
                            disk_.marks[r.message] = r;
                          else
                            disk_.marks.erase(r.message);
                        },
                        [](const auto&) {}},
             record);
}

}  // namespace coordinator::simulation
