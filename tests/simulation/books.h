// The books: what people asked, what ran, what was posted; and the rules by which they must balance.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agents.h"
#include "discord.h"
#include "disk.h"

namespace coordinator::simulation {

// What people are told who wait for a disk; a number follows.
inline constexpr const char* kHindrance = "The disk cannot be written to, so requests wait: ";

class Books {
 public:
  // `turns_at_once` is the highest cap that the world's configurations name.
  explicit Books(std::size_t turns_at_once) : turns_at_once_(turns_at_once) {}

  void asked(const discord::Message& message) { asked_.push_back(message); }
  // Somebody asked for one that failed once more.
  void retried(MessageId message) { ++retried_[message]; }
  // A process begins or ends; checked at once: one a channel, at most turns_at_once, in the order of asking.
  void process(const std::string& turn, bool alive, const Disk& disk);
  // An agent is started; checked at once: with the model that was chosen for its channel.
  void begun(const agent::TurnSpec& spec, const Disk& disk);
  // Its session was not refused; checked at once: a mention is asked of an agent as often as somebody wished.
  void agent_asked(const std::string& turn, const Disk& disk);
  // Somebody chose a model (empty: the project's); `confirmed` when that was told to be durable.
  std::size_t chose(ChannelId channel, const std::string& model);
  void confirmed(ChannelId channel, std::size_t choice);
  // Somebody decided what an agent had asked for, and was told so: it stays so.
  void decided(std::pair<MessageId, int> request, store::ApprovalState state) { decided_[request] = state; }
  // An agent got an answer; checked at once: what it says was written down before.
  void answered(const std::string& turn, const agent::PermissionAnswer& answer, const Disk& disk);
  // When all is quiet.
  void balance(const Disk& disk, const Discord& discord, const Agents& agents);

  const std::string& finding() const { return finding_; }
  std::size_t size() const { return asked_.size(); }

 private:
  void found(const std::string& what) {
    if (finding_.empty()) finding_ = what;
  }
  void check_files(const agent::TurnSpec& spec, const Disk& disk);
  void check_words(const Disk& disk, const Discord& discord, const Agents& agents);
  void check_order(const std::vector<Posting>& postings);
  void check_approvals(const Disk& disk, const Discord& discord);
  void check_sessions(const Disk& disk, const Agents& agents);

  struct Choices {
    std::vector<std::string> models{""};  // in the order of choosing
    std::size_t confirmed = 0;            // the last one that must be in force, or one after it
  };

  std::size_t turns_at_once_;
  std::map<ChannelId, Choices> choices_;
  std::vector<discord::Message> asked_;
  std::map<MessageId, int> retried_;  // how often
  std::map<ChannelId, std::string> running_;
  std::map<ChannelId, MessageId> last_started_;
  std::map<MessageId, int> asked_of_agents_;
  std::map<std::pair<MessageId, int>, store::ApprovalState> decided_;
  std::string finding_;
};

}  // namespace coordinator::simulation
