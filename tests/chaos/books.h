// The books of a chaos run: what was asked, what the agents noted, what stands in Discord; and the rules by
// which they must balance, the simulator's own (tests/simulation/books.h) on what can be seen from outside.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "plan.h"

namespace coordinator::chaos {

struct Asked {
  MessageId id;
  Ask ask;
  bool disturbed = false;  // a process of its turn was killed by us
  bool marked = false;     // it still carries the mark of what waits
};

// A message of the bot.
struct Said {
  MessageId id;
  std::string channel;
  std::string nonce;
  std::optional<MessageId> reply_to;
  std::string content;
  std::vector<std::string> files;
};

// A line of the demo agent's notes (tests/demo_agent/notes.h).
struct Noted {
  bool begin = false;
  std::string channel;
  std::string turn;
  bool alone = true;
  int number = 0;                 // of the mention
  std::vector<std::string> said;  // of an end: every block of the answer
};

struct Ledger {
  std::vector<Asked> asked;        // by number
  std::vector<Said> said;          // in each channel by id
  std::vector<Noted> noted;        // as they came
  std::set<std::string> no_files;  // channels where the bot may attach none
};

struct Imbalance {
  MessageId mention;  // none: it is nobody's
  std::string channel;
  std::string what;
};

// Every mention is answered once, with all that its agent said, or ended with a reason that its channel saw;
// in the order of asking, each agent alone in its channel; and nothing is said that nobody asked for.
std::vector<Imbalance> balance(const Ledger& ledger);

// Lines as the demo agents write them; a line that is cut short or names no mention is an error.
std::optional<Noted> read_note(std::string_view line);

}  // namespace coordinator::chaos
