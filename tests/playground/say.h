// When the bot's answer to a message is complete: it is there, nothing happened to it for a while, and the
// bot is not typing.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace coordinator::playground {

// Told what the bot does in the message's channel after the message.
class SayWatch {
 public:
  SayWatch(MessageId said, Millis quiet) : said_(said), quiet_(quiet) {}

  // A message of the bot that replies to `refers`, or to nothing. It ends the bot's typing.
  void created(MessageId id, std::optional<MessageId> refers, WallTime now) {
    if (refers && *refers != said_) return;
    answers_.push_back(id);
    touched(now);
    typing_until_.reset();
  }
  // One of its messages was edited, or deleted.
  void changed(MessageId id, bool deleted, WallTime now) {
    if (std::find(answers_.begin(), answers_.end(), id) == answers_.end()) return;
    if (deleted) std::erase(answers_, id);
    touched(now);
  }
  void typing(WallTime until) { typing_until_ = until; }

  bool complete(WallTime now) const { return !answers_.empty() && now >= due(); }
  // When to ask complete() again, if nothing happens; nothing while there is no answer at all.
  std::optional<WallTime> next() const {
    if (answers_.empty()) return std::nullopt;
    return due();
  }
  const std::vector<MessageId>& answers() const { return answers_; }

 private:
  void touched(WallTime now) { last_ = now; }
  WallTime due() const { return std::max(last_ + quiet_, typing_until_.value_or(WallTime{})); }

  MessageId said_;
  Millis quiet_;
  std::vector<MessageId> answers_;
  WallTime last_{};
  std::optional<WallTime> typing_until_;
};

}  // namespace coordinator::playground
