#include "books.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/json.h"
#include "chat/answer.h"
#include "chat/phrases.h"

namespace coordinator::chaos {

namespace {

struct Part {
  MessageId source;
  int chunk = 0;
};

// "123-0", as chat/outbox.h makes them.
std::optional<Part> part_of(const std::string& nonce) {
  auto dash = nonce.find('-');
  auto source = MessageId::parse(std::string_view(nonce).substr(0, dash));
  if (!source || dash == std::string::npos) return std::nullopt;
  return Part{*source, std::atoi(nonce.c_str() + dash + 1)};
}

// Told by the next daemon of a turn whose shim is gone.
bool is_interruption(const std::string& content) { return content.starts_with(chat::phrases::interrupted()); }
bool is_failure(const std::string& content) { return content.find("\n-# Error id `") != std::string::npos; }

class Balance {
 public:
  explicit Balance(const Ledger& ledger) : ledger_(ledger) {
    for (const Asked& asked : ledger.asked) asked_[asked.id] = &asked;
  }

  std::vector<Imbalance> find() {
    for (const Said& said : ledger_.said) sort_in(said);
    for (const Noted& noted : ledger_.noted) hear(noted);
    check_order_of_answers();
    for (const Asked& asked : ledger_.asked) check(asked);
    return std::move(found_);
  }

 private:
  void found(MessageId mention, std::string channel, std::string what) {
    found_.push_back({mention, std::move(channel), std::move(what)});
  }

  void sort_in(const Said& said) {
    auto part = part_of(said.nonce);
    if (!part || !asked_.contains(part->source))
      return found({}, said.channel, "message " + said.id.text() + " answers nobody: " + said.content);
    const Asked& asked = *asked_.at(part->source);
    if (asked.ask.channel != said.channel) found(asked.id, said.channel, "it is answered in another channel");
    if (!nonces_.insert(said.nonce).second)
      return found(asked.id, said.channel, fmt::format("its part {} was said twice", part->chunk));
    follow(asked, *part, said);
    answers_[asked.id].push_back(&said);
  }

  // Within one answer the parts stand in order, and nothing of another answer stands between them.
  void follow(const Asked& asked, const Part& part, const Said& said) {
    auto& [last, chunk] = last_part_[said.channel];
    int expected = asked.id == last ? chunk + 1 : 0;
    if (part.chunk != expected)
      found(asked.id, said.channel, fmt::format("its part {} does not follow the one before it", part.chunk));
    if (part.chunk == 0) first_parts_[said.channel].push_back(asked.ask.number);
    bool replies = said.reply_to == asked.id;
    if (replies != (part.chunk == 0))
      found(asked.id, said.channel, fmt::format("its part {} is {} reply", part.chunk, replies ? "a" : "no"));
    last = asked.id;
    chunk = part.chunk;
  }

  void hear(const Noted& noted) {
    if (noted.number < 1 || noted.number > static_cast<int>(ledger_.asked.size()))
      return found({}, noted.channel, "an agent was asked what nobody asked");
    const Asked& asked = ledger_.asked[static_cast<std::size_t>(noted.number - 1)];
    if (!noted.begin) {
      ended_[asked.id] = &noted;
      return;
    }
    if (asked.ask.channel != noted.channel)
      found(asked.id, noted.channel, "another channel's agent was asked");
    if (!begun_.insert(noted.number).second) found(asked.id, noted.channel, "its agent was asked twice");
    if (!noted.alone) found(asked.id, noted.channel, "its agent was not alone in its channel");
    int& last = last_begun_[noted.channel];
    if (noted.number < last) found(asked.id, noted.channel, fmt::format("number {} began before it", last));
    last = noted.number;
  }

  // What never ran may be ended at any time: a mention that was cancelled while it waited.
  void check_order_of_answers() {
    for (const auto& [channel, numbers] : first_parts_) {
      int last = 0;
      for (int number : numbers) {
        if (!begun_.contains(number)) continue;
        if (number < last)
          found(ledger_.asked[static_cast<std::size_t>(number - 1)].id, channel,
                fmt::format("number {} was answered before it", last));
        last = number;
      }
    }
  }

  void check(const Asked& asked) {
    auto answer = answers_.find(asked.id);
    if (answer == answers_.end()) return found(asked.id, asked.ask.channel, "nothing was said to it");
    if (asked.marked) found(asked.id, asked.ask.channel, "it is answered, and marked as waiting");
    std::vector<render::Message> messages;
    for (const Said* said : answer->second) {
      messages.push_back({said->content, {}});
      for (const std::string& file : said->files) messages.back().files.push_back({"", file, ""});
    }
    std::string wrong = judge(asked, messages);
    if (!wrong.empty()) found(asked.id, asked.ask.channel, wrong);
  }

  // Empty: that is how it had to end.
  std::string judge(const Asked& asked, const std::vector<render::Message>& messages) {
    const std::string& last = messages.back().content;
    if (asked.disturbed && (is_failure(last) || is_interruption(last))) return {};
    if (asked.ask.wish == Wish::crash)
      return is_failure(last) ? "" : "its agent crashed, and nobody was told";
    // A daemon that dies while it ends a turn leaves the next one without knowing who wished for that.
    if (asked.ask.wish == Wish::cancelled && (last == chat::phrases::cancelled() || is_interruption(last)))
      return {};
    auto ended = ended_.find(asked.id);
    if (ended == ended_.end()) return "its agent said nothing to the end, and it was told: " + last;
    std::vector<render::Message> expected =
        answer_of(*ended->second, ledger_.no_files.contains(asked.ask.channel));
    if (asked.ask.wish == Wish::failure) {
      if (!is_failure(last)) return "its agent failed, and nobody was told";
      expected.push_back({last, {}});
    }
    if (std::equal(messages.begin(), messages.end(), expected.begin(), expected.end(), same)) return {};
    return fmt::format("its answer has {} messages instead of {}, or other words or files; the last is: {}",
                       messages.size(), expected.size(), last);
  }

  static bool same(const render::Message& a, const render::Message& b) {
    auto same_bytes = [](const render::File& one, const render::File& other) {
      return one.content == other.content;
    };
    return a.content == b.content &&
           std::equal(a.files.begin(), a.files.end(), b.files.begin(), b.files.end(), same_bytes);
  }

  static std::vector<render::Message> answer_of(const Noted& noted, bool no_files) {
    std::vector<agent::Text> blocks;
    for (const std::string& text : noted.said) blocks.push_back({text});
    chat::Answer answer{render::answer_with_files(blocks), render::answer(blocks)};
    std::size_t first = 0;
    while (first < answer.messages.size() && answer.messages[first].files.empty()) ++first;
    if (!no_files || first == answer.messages.size()) return answer.messages;
    std::vector<std::string> instead = chat::instead_of(answer, first);
    answer.messages.resize(first);
    for (std::string& content : instead) answer.messages.push_back({std::move(content), {}});
    return answer.messages;
  }

  const Ledger& ledger_;
  std::map<MessageId, const Asked*> asked_;
  std::map<MessageId, std::vector<const Said*>> answers_;
  std::map<MessageId, const Noted*> ended_;
  std::set<std::string> nonces_;
  std::set<int> begun_;
  std::map<std::string, std::pair<MessageId, int>> last_part_;
  std::map<std::string, int> last_begun_;
  std::map<std::string, std::vector<int>> first_parts_;
  std::vector<Imbalance> found_;
};

}  // namespace

std::vector<Imbalance> balance(const Ledger& ledger) { return Balance(ledger).find(); }

std::optional<Noted> read_note(std::string_view line) {
  constexpr std::string_view kName = "mention-";
  auto json = Json::parse(line);
  if (!json) return std::nullopt;
  Noted noted;
  noted.begin = (*json)["event"].text_or("") == "begin";
  noted.channel = (*json)["directory"].text_or("");
  noted.turn = (*json)["turn"].text_or("");
  noted.alone = (*json)["alone"].truthy();
  std::string prompt = (*json)["prompt"].text_or("");
  auto name = prompt.find(kName);
  if (name == std::string::npos) return std::nullopt;
  noted.number = std::atoi(prompt.c_str() + name + kName.size());
  for (JsonView text : (*json)["said"]) noted.said.push_back(text.text_or(""));
  return noted;
}

}  // namespace coordinator::chaos
