// The store's interface: writes gather in a batch, a commit makes the batch durable, a load tells what was
// promised. It carries no type of any database, and no call promises to have finished when it returns:
// results come by callback.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "store/records.h"

namespace coordinator::store {

class Store {
 public:
  virtual ~Store() = default;

  // What a starting daemon must know. The callback comes once, perhaps before load() returns.
  virtual void load(std::function<void(Result<Snapshot>)> done) = 0;

  // Whether this mention was ever taken in, finished ones included (kept for at least 30 days).
  virtual void seen(MessageId message, std::function<void(Result<bool>)> done) = 0;

  // The mention as it was written last, committed or not; absent where it was never taken in, or is
  // forgotten.
  virtual void mention(MessageId message, std::function<void(Result<std::optional<Kept>>)> done) = 0;

  // The files of a message that is pending, in their order, as committed. None where it has none or is no
  // longer pending.
  virtual void files(MessageId source, int chunk, std::function<void(Result<std::vector<File>>)> done) = 0;

  // Whether this interaction was taken in (kept for at least a day).
  virtual void seen(InteractionId interaction, std::function<void(Result<bool>)> done) = 0;

  // The sessions that the channel had, as they were written last, committed or not: the current one first,
  // then those before it that their agent has confirmed, the one that was active last first. At most 100.
  virtual void history(ChannelId channel, std::function<void(Result<std::vector<Session>>)> done) = 0;

  // What turns that ended since then used, as committed: a row for each day, channel and person, the latest
  // day first. At most 10,000.
  virtual void usage(WallTime since, std::function<void(Result<std::vector<Usage>>)> done) = 0;

  // What agents asked people to allow, as committed, in a channel or in all, what was asked last first (kept
  // for at least 30 days). At most 200.
  virtual void audit(std::optional<ChannelId> channel,
                     std::function<void(Result<std::vector<Approval>>)> done) = 0;

  // Adds to the batch that is open. A record replaces the earlier one of the same identity.
  virtual void write(Write record) = 0;

  // True when something was written since the last commit.
  virtual bool dirty() const = 0;

  // Makes the batch durable (an fsync), all of it or nothing. On an error the batch is kept and can be
  // committed again; an error whose cause is Cause::no_room passes when there is room. With nothing to
  // commit it succeeds at once.
  virtual void commit(std::function<void(Status)> done) = 0;
};

}  // namespace coordinator::store
