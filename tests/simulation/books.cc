#include "books.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chat/answer.h"

namespace coordinator::simulation {

namespace {

bool ends_with(const std::vector<const Posting*>& postings, const std::vector<render::Message>& wanted) {
  if (postings.size() < wanted.size()) return false;
  auto same_file = [](const SharedBytes& there, const render::File& file) {
    return there.view() == file.content;
  };
  return std::equal(wanted.begin(), wanted.end(), postings.end() - static_cast<std::ptrdiff_t>(wanted.size()),
                    [&](const render::Message& message, const Posting* posting) {
                      return posting->content == message.content &&
                             std::equal(posting->files.begin(), posting->files.end(), message.files.begin(),
                                        message.files.end(), same_file);
                    });
}

// It is what people were asked, and no part of an answer.
bool asks_leave(const Posting& posting, const Disk& disk) {
  std::size_t dash = posting.nonce.find('-');
  MessageId mention{std::stoull(posting.nonce.substr(0, dash))};
  return disk.approvals.contains({mention, std::stoi(posting.nonce.substr(dash + 1))});
}

std::vector<render::Message> without_files(const chat::Answer& answer, std::size_t at) {
  std::vector<render::Message> messages(answer.messages.begin(),
                                        answer.messages.begin() + static_cast<std::ptrdiff_t>(at));
  for (std::string& content : chat::instead_of(answer, at)) messages.push_back({std::move(content), {}});
  return messages;
}

}  // namespace

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
  if (running_.size() > turns_at_once_) found("more turns run than the cap allows");
  if (retried_.contains(message)) return;  // behind those that waited, whatever its number
  if (message < last_started_[channel]) found("mention " + message.text() + " was overtaken in its channel");
  last_started_[channel] = message;
}

void Books::begun(const agent::TurnSpec& spec, const Disk& disk) {
  check_files(spec, disk);
  ChannelId channel = disk.turns.contains(spec.turn_id) ? disk.turns.at(spec.turn_id).channel : ChannelId{};
  const Choices& choices = choices_[channel];
  for (std::size_t i = choices.confirmed; i < choices.models.size(); ++i) {
    const std::string& model = choices.models[i];
    if (model.empty() ? spec.model.starts_with("model of ") : spec.model == model) return;
  }
  found(fmt::format("turn {} runs with the model {}, but {} was chosen", spec.turn_id, spec.model,
                    choices.models[choices.confirmed]));
}

// Each of a mention's attachments is there before its turn begins, or is known not to be, and the agent is
// told of each.
void Books::check_files(const agent::TurnSpec& spec, const Disk& disk) {
  auto turn = disk.turns.find(spec.turn_id);
  auto mention = turn == disk.turns.end() ? disk.inbox.end() : disk.inbox.find(turn->second.message);
  if (mention == disk.inbox.end()) return;
  for (const store::Attachment& file : mention->second.attachments)
    if (file.state == store::AttachmentState::wanted || spec.prompt.find(file.name) == std::string::npos)
      found("turn " + spec.turn_id + " begins without its files");
}

void Books::agent_asked(const std::string& turn, const Disk& disk) {
  auto record = disk.turns.find(turn);
  if (record == disk.turns.end()) return;  // which process() tells
  MessageId message = record->second.message;
  int wished = 1 + (retried_.contains(message) ? retried_.at(message) : 0);
  if (++asked_of_agents_[message] > wished)
    found("mention " + message.text() + " was asked of its agent once too often");
}

std::size_t Books::chose(ChannelId channel, const std::string& model) {
  Choices& choices = choices_[channel];
  choices.models.push_back(model);
  return choices.models.size() - 1;
}

void Books::confirmed(ChannelId channel, std::size_t choice) { choices_[channel].confirmed = choice; }

void Books::balance(const Disk& disk, const Discord& discord, const Agents& agents) {
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
    if (entry.state == store::OutboxState::sent && !entry.payload.empty() &&
        !nonces.contains(key.first.text() + "-" + std::to_string(key.second)))
      found("message " + key.first.text() + " is entered as sent, but is not there");
  for (MessageId message : discord.marked) found("mention " + message.text() + " is left marked as waiting");
  if (!disk.marks.empty())
    found("the store knows a mark on " + disk.marks.begin()->first.text() + " that is gone");
  for (const Posting& posting : discord.postings)
    if (posting.stop_button && !posting.deleted)
      found("message " + posting.nonce + " is left with a button to stop it");
  check_order(discord.postings);
  check_words(disk, discord, agents);
  check_sessions(disk, agents);
  check_approvals(disk, discord);
}

// The last words to a mention are all that its agent said, files byte by byte; or, where files were refused,
// what stands for them from one of the messages that have some.
void Books::check_words(const Disk& disk, const Discord& discord, const Agents& agents) {
  std::map<std::string, std::vector<const Posting*>> answers;
  for (const Posting& posting : discord.postings)
    if (!posting.deleted && !asks_leave(posting, disk))
      answers[posting.nonce.substr(0, posting.nonce.find('-'))].push_back(&posting);
  for (const auto& [message, mention] : disk.inbox) {
    auto turn = disk.turns.find(mention.turn_id);
    bool answered = mention.state == store::InboxState::answered && turn != disk.turns.end() &&
                    turn->second.state == store::TurnState::succeeded;
    std::vector<agent::Text> said = agents.said(mention.turn_id);
    if (!answered || said.empty()) continue;
    chat::Answer answer{render::answer_with_files(said), {}};
    chat::add_parcel(answer, agents.given(mention.turn_id), mention.turn_id);
    const std::vector<const Posting*>& found_there = answers[message.text()];
    bool complete = ends_with(found_there, answer.messages);
    if (!complete) {
      std::vector<std::string> plain = render::answer(said);
      answer.plain.insert(answer.plain.begin(), plain.begin(), plain.end());
    }
    for (std::size_t at = 0; at < answer.messages.size() && !complete; ++at)
      complete = !answer.messages[at].files.empty() && ends_with(found_there, without_files(answer, at));
    if (!complete) found("the answer to mention " + message.text() + " is not what its agent said");
  }
}

void Books::answered(const std::string& turn, const agent::PermissionAnswer& answer, const Disk& disk) {
  for (const auto& [key, approval] : disk.approvals) {
    if (approval.turn_id != turn || approval.request_id != answer.request_id) continue;
    bool allowed = approval.state == store::ApprovalState::allowed ||
                   approval.state == store::ApprovalState::allowed_session;
    if (approval.state == store::ApprovalState::pending || allowed != answer.allow)
      found("turn " + turn + " got another answer to " + answer.request_id + " than was written down");
    return;
  }
  found("turn " + turn + " got an answer to " + answer.request_id + ", which nobody was asked for");
}

// Each request is decided, and as people were told. No message is left with buttons.
void Books::check_approvals(const Disk& disk, const Discord& discord) {
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& [key, approval] : disk.approvals) {
    if (approval.state == store::ApprovalState::pending)
      found("request " + approval.request_id + " is left undecided");
    if (!known.emplace(approval.turn_id, approval.request_id).second)
      found("request " + approval.request_id + " was written down twice");
    auto decided = decided_.find(key);
    if (decided != decided_.end() && decided->second != approval.state)
      found("request " + approval.request_id + " was decided twice");
  }
  for (const Posting& posting : discord.postings)
    if (posting.asks && !posting.deleted)
      found("message " + posting.nonce + " is left with buttons to decide what is over");
}

// A channel has one current session at the most, and each turn is entered with what it cost. A turn that was
// written off is paid for by the next one in its conversation.
void Books::check_sessions(const Disk& disk, const Agents& agents) {
  std::map<ChannelId, int> current;
  for (const auto& [key, session] : disk.sessions)
    if (session.current && ++current[key.first] > 1)
      found("channel " + key.first.text() + " has two current sessions");
  std::set<ChannelId> written_off;
  for (const auto& [id, turn] : disk.turns)
    if (turn.state == store::TurnState::interrupted && agents.cost_of(id) > 0)
      written_off.insert(turn.channel);
  for (const auto& [id, turn] : disk.turns) {
    if (turn.state == store::TurnState::running) found("turn " + id + " is left running in the store");
    if (written_off.contains(turn.channel)) continue;
    if (double cost = agents.cost_of(id); std::abs(turn.cost_usd - cost) > 1e-9)
      found(fmt::format("turn {} is entered with {:.2f} dollars and cost {:.2f}", id, turn.cost_usd, cost));
  }
}

// Within one answer the parts stand in order, and nothing of another answer stands between them. One that was
// asked for again goes on counting, and so does one that was told before why it waits; between the parts of
// one that grew people may have been told something.
void Books::check_order(const std::vector<Posting>& postings) {
  std::map<ChannelId, std::string> last;
  std::map<std::string, int> parts;
  std::set<std::string> hindered, grown;  // those that grew were not promised at once
  for (const Posting& posting : postings)
    if (posting.edited) grown.insert(posting.nonce.substr(0, posting.nonce.find('-')));
  for (const Posting& posting : postings) {
    std::size_t dash = posting.nonce.find('-');
    std::string source = posting.nonce.substr(0, dash);
    int chunk = std::stoi(posting.nonce.substr(dash + 1));
    bool again = retried_.contains(MessageId{std::stoull(source)}) || grown.contains(source);
    bool begins = chunk == 0 || hindered.erase(source) > 0;
    bool follows = chunk == parts[source]++ && (begins || again || last[posting.channel] == source);
    if (!follows) found("part " + posting.nonce + " does not follow the one before it");
    if (posting.content.starts_with(kHindrance)) hindered.insert(source);
    last[posting.channel] = source;
  }
}

}  // namespace coordinator::simulation
