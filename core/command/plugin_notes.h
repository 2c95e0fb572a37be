// What is kept about plugins over restarts: which ones a person has disabled, and in whose code the daemon
// died.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "command/guard.h"

namespace coordinator::command {

class PluginNotes {
 public:
  static constexpr int kDeathsAllowed = 1;  // after one more, it stays out

  PluginNotes() = default;
  // From dump(); what is not understood is left out, so nothing at all gives no notes.
  explicit PluginNotes(std::string_view dumped);
  std::string dump() const;

  // False where there is nothing to change.
  bool disable(const std::string& plugin) { return disabled_.insert(plugin).second; }
  // Forgets its deaths too.
  bool enable(const std::string& plugin);
  bool disabled(const std::string& plugin) const { return disabled_.contains(plugin); }
  const std::set<std::string>& disabled() const { return disabled_; }

  // How many times the daemon has died in this content by now. A plugin's new content begins anew.
  int died(const Death& death);
  // The death that keeps this content out; null: it may run.
  const Death* quarantined(const std::string& content) const;
  // By the plugin's name, those that are out.
  std::map<std::string, const Death*> quarantined() const;

 private:
  struct Deaths {
    Death last;
    int count = 0;
  };

  std::set<std::string> disabled_;
  std::map<std::string, Deaths> deaths_;  // by the plugin's name
};

}  // namespace coordinator::command
