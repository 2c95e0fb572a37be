// What agents ask people to allow, and what became of it: each request is decided once, by whoever is first.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/event.h"
#include "base/clock.h"
#include "base/ids.h"
#include "chat/effects.h"
#include "chat/verdict.h"
#include "store/records.h"

namespace coordinator::chat {

// A request is known by its turn and the agent's own name for it, so that a turn that is told again asks
// nothing twice; what was decided is answered again then, which the turn ignores where it was answered
// before. Which messages show all this is the engine's business.
class Approvals {
 public:
  static constexpr std::size_t kPending = 10;       // of one turn, at once
  static constexpr std::size_t kAsked = 200;        // of one turn, together
  static constexpr std::size_t kInput = 64u << 10;  // bytes of a tool's input that are kept

  using Key = std::pair<MessageId, int>;  // mention, chunk; the chunk is negative where nobody was asked
  struct Asked {
    store::Approval record;
    Instant until{};            // when it is too late
    std::string tool_use_id{};  // empty: its turn has not told it again yet
    MessageId message{};        // Discord's id for the message that asks, once it has one
    std::string shows{};        // what that was last changed to; empty: nothing, or nobody knows
    bool on_its_way = false;    // and has not arrived yet
    bool pending() const { return record.state == store::ApprovalState::pending; }
    Key key() const { return {record.mention, record.chunk}; }
  };

  // Of an earlier daemon. What this one is told of times is the wall's.
  void restore(store::Approval record, MessageId message, Millis patience, Now now);
  // Null where there is none. Valid until the mention is forgotten.
  Asked* find(Key key);
  const Asked* find(Key key) const;
  Asked* find(std::string_view turn_id, std::string_view request_id);
  std::vector<Asked*> pending_of(std::string_view turn_id);
  std::size_t asked_by(std::string_view turn_id) const;
  // The number of a request that people are not asked about, the `before`th of its turn.
  static int unasked(int chunks, std::size_t before) {
    return -(chunks * static_cast<int>(5 * kAsked) + static_cast<int>(before) + 1);
  }

  // Takes it in, pending; it is written down by the caller's promise to ask.
  Asked& add(store::Approval record, const agent::PermissionRequest& request, Millis patience, Now now);
  // Its turn has told it again.
  static Effects told_again(Asked& asked, const agent::PermissionRequest& request);
  // Nothing where it was decided before.
  static Effects decide(Asked& asked, Verdict verdict, Now now);

  // One question's answer. Nothing where another one is being asked by now.
  static Effects answer(Asked& asked, std::size_t question, std::string_view words, const Verdict& by,
                        Now now);

  std::vector<Asked*> too_late(Instant now);
  std::optional<Instant> next_deadline() const;
  // Nobody will ask for these any more.
  void forget(MessageId mention);

 private:
  std::map<Key, Asked> all_;  // of mentions that are not done with
};

// The record of a request that was just told.
store::Approval record_of(const store::Turn& turn, const store::Inbox& mention,
                          const agent::PermissionRequest& request, int chunk, Now now);

}  // namespace coordinator::chat
