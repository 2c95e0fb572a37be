// Which nonces were used lately: with enforce_nonce the second message with one is the first message.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace coordinator::playground {

class Nonces {
 public:
  // Discord says "the past few minutes"; nobody knows how many.
  explicit Nonces(Millis window = 5min) : window_(window) {}

  // The message that this author made with this nonce within the window.
  std::optional<MessageId> find(UserId author, const std::string& nonce, WallTime now) {
    std::erase_if(used_, [&](const auto& entry) { return entry.second.when + window_ < now; });
    auto found = used_.find({author, nonce});
    return found == used_.end() ? std::nullopt : std::optional(found->second.message);
  }

  void remember(UserId author, const std::string& nonce, MessageId message, WallTime now) {
    used_[{author, nonce}] = {message, now};
  }

 private:
  struct Use {
    MessageId message;
    WallTime when;
  };
  Millis window_;
  std::map<std::pair<UserId, std::string>, Use> used_;
};

}  // namespace coordinator::playground
