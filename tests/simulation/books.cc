#include "books.h"

#include <fmt/format.h>

#include <algorithm>

namespace coordinator::simulation {

void Books::process(const std::string& turn, bool alive, const Disk& disk) {
  auto record = disk.turns.find(turn);
  if (record == disk.turns.end()) return found("turn " + turn + " runs, and the store knows nothing of it");
  ChannelId channel = record->second.channel;
  MessageId message = record->second.message;
  if (!alive) {
    running_.erase(channel);
    return;
  }
  if (running_.contains(channel)) found("two turns run in channel " + channel.text());
  running_[channel] = turn;
  if (running_.size() > limits_.turns_at_once) found("more turns run than the cap allows");
  if (message < last_started_[channel]) found("mention " + message.text() + " was overtaken in its channel");
  last_started_[channel] = message;
}

void Books::balance(const Disk& disk, const Discord& discord) {
  if (!running_.empty()) found("a turn is left running in channel " + running_.begin()->first.text());
  std::map<std::string, int> nonces;
  for (const Posting& posting : discord.postings)
    if (++nonces[posting.nonce] > 1) found("message " + posting.nonce + " was posted twice");
  for (const discord::Message& message : asked_) {
    auto inbox = disk.inbox.find(message.id);
    if (inbox == disk.inbox.end()) {
      found("mention " + message.id.text() + " was lost");
    } else if (unfinished(inbox->second.state)) {
      found(fmt::format("mention {} is left in state {}", message.id.text(),
                        static_cast<int>(inbox->second.state)));
    } else if (!nonces.contains(message.id.text() + "-0") && !discord.forbidden.contains(message.channel)) {
      found("mention " + message.id.text() + " is entered as finished, but nothing was said to it");
    }
  }
  for (const auto& [key, entry] : disk.outbox)
    if (entry.state == store::OutboxState::sent &&
        !nonces.contains(key.first.text() + "-" + std::to_string(key.second)))
      found("message " + key.first.text() + " is entered as sent, but is not there");
  check_order(discord.postings);
}

// Within one answer the parts stand in order, and nothing of another answer stands between them.
void Books::check_order(const std::vector<Posting>& postings) {
  std::map<ChannelId, std::pair<std::string, int>> last;
  for (const Posting& posting : postings) {
    std::size_t dash = posting.nonce.find('-');
    std::string source = posting.nonce.substr(0, dash);
    int chunk = std::stoi(posting.nonce.substr(dash + 1));
    auto& [last_source, last_chunk] = last[posting.channel];
    int expected = source == last_source ? last_chunk + 1 : 0;
    if (chunk != expected) found("part " + posting.nonce + " does not follow the one before it");
    last_source = source;
    last_chunk = chunk;
  }
}

}  // namespace coordinator::simulation
