// One chaos run: performs its plan against the real daemon, waits for peace, and balances the books.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "books.h"
#include "plan.h"
#include "stage.h"

namespace coordinator::chaos {

struct Done {
  int kills = 0, orderly = 0, lost_processes = 0, faults = 0;
  std::size_t messages = 0;
  int identifies = 0, resumes = 0;
};

class Run {
 public:
  explicit Run(const Options& options);

  // What does not balance, in sentences with their evidence; empty when all is well.
  std::vector<std::string> go();
  const Done& done() const { return done_; }
  const std::string& directory() const { return stage_.directory(); }

 private:
  void perform(const Ask& ask);
  void perform(const Kill& kill) { kills_.push_back(kill); }
  void perform(const LoseProcess& lose);
  void perform(const Fault& fault);
  void forbid_some_files();
  void advance_to(Millis at);
  void cancel_what_should_be();
  void cross_out(const Asked& asked);

  // The daemon's deaths and births, looked after again and again.
  void tend();
  void arm(const Kill& kill);
  void something_was_said();
  void strike();
  void note_in_log(const std::string& words);

  void make_peace();
  bool calm();
  Ledger ledger();
  static std::vector<std::string> files_of(const playground::Message& message);
  bool is_marked(const Asked& asked);
  void look_behind();
  void report(const Imbalance& imbalance);
  void found(std::string what) { found_.push_back(std::move(what)); }
  Millis now() const;
  std::string state() const { return stage_.directory() + "/state"; }

  Options options_;
  e2e::Stage stage_;
  Instant begun_;
  std::vector<Asked> asked_;
  std::set<std::string> disturbed_;  // turns
  std::set<std::string> no_files_;   // channels where the bot may attach none
  Millis looked_for_crosses_{0};
  std::deque<Kill> kills_;  // whose time has come
  std::optional<Kill> armed_;
  Millis armed_at_{0};
  std::optional<Millis> strike_at_;
  std::optional<Millis> revive_at_;  // while it is dead
  std::vector<std::string> found_;
  Done done_;
};

}  // namespace coordinator::chaos
