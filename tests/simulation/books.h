// The books: what people asked, what ran, what was posted; and the rules by which they must balance.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "chat/project.h"
#include "discord.h"
#include "disk.h"

namespace coordinator::simulation {

class Books {
 public:
  explicit Books(const chat::ChatLimits& limits) : limits_(limits) {}

  void asked(const discord::Message& message) { asked_.push_back(message); }
  // A process begins or ends; checked at once: one a channel, at most turns_at_once, in the order of asking.
  void process(const std::string& turn, bool alive, const Disk& disk);
  // When all is quiet.
  void balance(const Disk& disk, const Discord& discord);

  const std::string& finding() const { return finding_; }
  std::size_t size() const { return asked_.size(); }

 private:
  void found(const std::string& what) {
    if (finding_.empty()) finding_ = what;
  }
  void check_order(const std::vector<Posting>& postings);

  chat::ChatLimits limits_;
  std::vector<discord::Message> asked_;
  std::map<ChannelId, std::string> running_;
  std::map<std::string, ChannelId> channel_of_;
  std::map<ChannelId, std::set<MessageId>> started_;
  std::map<ChannelId, MessageId> last_started_;
  std::string finding_;
};

}  // namespace coordinator::simulation
