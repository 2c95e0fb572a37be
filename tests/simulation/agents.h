// The simulated process table: agents under their shims, which live on when the daemon dies and tell their
// story again.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/runner.h"
#include "base/json.h"
#include "chat/parcel.h"
#include "scheduler.h"

namespace coordinator::simulation {

class Agents {
 public:
  using Listener = std::function<void(const std::string& turn_id, const agent::TurnReport& report)>;

  explicit Agents(Scheduler& clock) : clock_(clock) {}

  Listener listener;  // the daemon that lives now
  // That daemon is gone: its turns go on, and nobody hears them until they are adopted.
  void detach() {
    listener = nullptr;
    attached_.clear();
    ++daemons_;
  }
  std::function<void(const std::string& turn_id, bool alive)> watch;
  std::function<void(const agent::TurnSpec& spec)> begun;
  std::function<void(const std::string& turn_id, const agent::PermissionAnswer& answer)> answered;
  std::function<void(const std::string& turn_id)> asked;  // by one that did not refuse its session

  void start(const agent::TurnSpec& spec) {
    table_[spec.turn_id] = {};
    attached_.insert(spec.turn_id);
    watch(spec.turn_id, true);
    begun(spec);
    story(spec);
  }
  void adopt(const agent::TurnSpec& spec) {
    clock_.after(1ms, [this, id = spec.turn_id, asked = daemons_] {
      if (asked == daemons_) tell_again(id);
    });
  }
  void cancel(const std::string& turn_id) {
    auto found = table_.find(turn_id);
    if (found == table_.end() || !found->second.alive) return;
    clock_.after(clock_.between(5ms, 3s), [this, turn_id] {
      agent::TurnEnded end;
      end.outcome = agent::Outcome::aborted;
      finish(turn_id, end);
    });
  }
  // It goes on with its story. Who has not asked, or was answered before, hears nothing.
  void answer(const std::string& turn_id, const agent::PermissionAnswer& answer) {
    auto found = table_.find(turn_id);
    if (found == table_.end() || !found->second.alive) return;
    Process& process = found->second;
    if (process.asks != answer.request_id) return;
    answered(turn_id, answer);
    process.asks.clear();
    clock_.after(1ms, std::exchange(process.goes_on, nullptr));
  }
  void forget(const std::string& turn_id) { table_.erase(turn_id); }
  // As at a start: turns that nobody answers for any more are ended.
  void forget_all_but(const std::set<std::string>& wanted) {
    std::erase_if(table_, [&](const auto& entry) {
      if (wanted.contains(entry.first)) return false;
      if (entry.second.alive) watch(entry.first, false);
      return true;
    });
  }
  // What it said, as far as it was written down.
  std::vector<agent::Text> said(const std::string& turn_id) const {
    auto found = said_.find(turn_id);
    return found == said_.end() ? std::vector<agent::Text>() : found->second;
  }
  // What it left for people.
  chat::Parcel given(const std::string& turn_id) const {
    auto found = given_.find(turn_id);
    return found == given_.end() ? chat::Parcel{} : found->second;
  }
  // What this turn made its session dearer by.
  double cost_of(const std::string& turn_id) const {
    auto found = costs_.find(turn_id);
    return found == costs_.end() ? 0 : found->second;
  }
  // Power cut, out of memory: the shim and everything that it wrote are gone.
  void lose(const std::string& turn_id) {
    auto found = table_.find(turn_id);
    if (found == table_.end() || !found->second.alive) return;
    found->second.alive = false;
    watch(turn_id, false);
    agent::TurnEnded lost;
    lost.outcome = agent::Outcome::failed;
    lost.failure = agent::Failure::lost;
    auto& spool = found->second.spool;
    if (clock_.chance(0.3)) spool.resize(clock_.random.below(spool.size() + 1));  // not on the disk yet
    spool.push_back(lost);
    tell(turn_id, lost);
  }
  std::vector<std::string> alive() const {
    std::vector<std::string> turns;
    for (const auto& [id, process] : table_)
      if (process.alive) turns.push_back(id);
    return turns;
  }

 private:
  struct Process {
    bool alive = true;
    std::string asks;               // the request that it waits for
    std::function<void()> goes_on;  // when that is answered
    std::vector<agent::TurnReport> spool;
  };

  void story(const agent::TurnSpec& spec) {
    if (spec.resume && clock_.chance(0.02)) sessions_.erase(spec.session_id);
    if (auto refusal = refusal_of(spec); refusal != agent::Failure::none) {
      agent::TurnEnded end;
      end.outcome = agent::Outcome::failed;
      end.failure = refusal;
      clock_.after(clock_.between(100ms, 1s), [this, id = spec.turn_id, end] { finish(id, end); });
      return;
    }
    asked(spec.turn_id);
    if (clock_.chance(0.1))
      given_[spec.turn_id].files = {{"given.bin", "by " + spec.turn_id, {}, "text/plain"}};
    if (!spec.resume) sessions_[spec.session_id] = spec.fork_of.empty() ? 0 : sessions_[spec.fork_of];
    Millis at = clock_.between(10ms, 2s);
    say(at, spec.turn_id, agent::Started{spec.session_id, "model"});
    clock_.after(at, [this, spec, parts = clock_.random.below(3)] { go_on(spec, parts); });
  }
  // So many parts follow. Before each it may want something that has to be allowed.
  void go_on(const agent::TurnSpec& spec, std::uint64_t parts) {
    auto found = table_.find(spec.turn_id);
    if (found == table_.end() || !found->second.alive) return;
    if (clock_.chance(0.15)) return ask(spec, parts);
    if (parts == 0) return conclude(spec);
    Millis at = clock_.between(10ms, 1min);
    std::string text = words(spec.prompt);
    write(0ms, at, spec.turn_id, text);
    say(at, spec.turn_id, agent::Text{text});
    clock_.after(at, [this, spec, parts] { go_on(spec, parts - 1); });
  }
  void ask(const agent::TurnSpec& spec, std::uint64_t parts) {
    agent::PermissionRequest request;
    request.request_id = "request-" + std::to_string(++requests_);
    request.tool_use_id = "tool-" + request.request_id;
    request.tool = "Bash";
    std::string command = "do " + std::to_string(clock_.random.below(clock_.chance(0.5) ? 5 : 100000));
    if (clock_.chance(0.05)) command += std::string(3000, 'x');
    request.input = Json::object().set("command", command).dump();
    request.rules = {"Bash(" + command + ")"};
    Process& process = table_.at(spec.turn_id);
    process.asks = request.request_id;
    process.goes_on = [this, spec, parts] { go_on(spec, parts); };
    report(spec.turn_id, agent::Event(request));
    if (clock_.chance(0.1))
      clock_.after(clock_.between(1ms, 5min),
                   [this, spec, parts, id = request.request_id] { think_better(spec, parts, id); });
  }
  void think_better(const agent::TurnSpec& spec, std::uint64_t parts, const std::string& request) {
    auto found = table_.find(spec.turn_id);
    if (found == table_.end() || !found->second.alive || found->second.asks != request) return;
    found->second.asks.clear();
    report(spec.turn_id, agent::Event(agent::PermissionWithdrawn{request}));
    go_on(spec, parts);
  }
  void conclude(const agent::TurnSpec& spec) {
    agent::TurnEnded end;
    if (clock_.chance(0.1)) end.outcome = agent::Outcome::failed, end.failure = agent::Failure::other;
    clock_.after(clock_.between(1ms, clock_.chance(0.05) ? 30min : 20s),
                 [this, id = spec.turn_id, session = spec.session_id, end] { pay(id, session, end); });
  }
  // As it is being written; now and then the first attempt breaks and is written again.
  void write(Millis from, Millis to, const std::string& id, const std::string& text) {
    constexpr std::size_t kPieces = 10;
    bool breaks = clock_.chance(0.1);
    for (std::size_t piece = 0, size = text.size() / kPieces + 1; piece * size < text.size(); ++piece) {
      Millis at = from + (to - from) * piece / kPieces;
      if (breaks && piece == kPieces / 2) {
        say(at, id, agent::TextAbandoned{});
        piece = 0, breaks = false, from = at;
      }
      say(at, id, agent::TextDelta{text.substr(piece * size, size)});
    }
  }
  // Some are longer than an answer may be, some hold more code than messages can show.
  std::string words(const std::string& prompt) {
    std::string text = std::string(1 + clock_.random.below(5000), 'x') + " for " + prompt;
    if (clock_.chance(0.03)) text += " " + std::string(12000 + clock_.random.below(5000), 'y');
    if (!clock_.chance(0.03)) return text;
    text += "\n\n```py\n";
    for (std::uint64_t line = 0, lines = 100 + clock_.random.below(400); line < lines; ++line)
      text += "print(" + std::to_string(line) + ")  # of the program\n";
    return text + "```\n\nThat is it.";
  }
  // As the real one: a session has one name for ever, and is what was said in it.
  agent::Failure refusal_of(const agent::TurnSpec& spec) const {
    const std::string& origin = spec.resume ? spec.session_id : spec.fork_of;
    if (!spec.resume && sessions_.contains(spec.session_id)) return agent::Failure::session_exists;
    if (!origin.empty() && !sessions_.contains(origin)) return agent::Failure::session_unknown;
    return agent::Failure::none;
  }
  void pay(const std::string& id, const std::string& session, agent::TurnEnded end) {
    auto found = table_.find(id);
    if (found == table_.end() || !found->second.alive) return;
    costs_[id] = 0.01;
    end.result.cost_usd = sessions_[session] += 0.01;  // cumulative
    end.result.session_id = session;
    finish(id, end);
  }
  void say(Millis at, const std::string& id, const agent::Event& event) {
    clock_.after(at, [this, id, event] { report(id, event); });
  }
  void report(const std::string& id, const agent::TurnReport& report) {
    auto found = table_.find(id);
    if (found == table_.end() || !found->second.alive) return;
    found->second.spool.push_back(report);
    if (const auto* event = std::get_if<agent::Event>(&report))
      if (const auto* text = std::get_if<agent::Text>(event)) said_[id].push_back(*text);
    tell(id, report);
  }
  void tell(const std::string& id, const agent::TurnReport& report) {
    if (listener && attached_.contains(id)) listener(id, report);
  }
  void finish(const std::string& id, const agent::TurnEnded& end) {
    auto found = table_.find(id);
    if (found == table_.end() || !found->second.alive) return;
    found->second.spool.push_back(end);
    found->second.alive = false;
    watch(id, false);  // the end is told when nothing of the process is left
    tell(id, end);
  }
  // From its first line on; what it says from now on comes behind that.
  void tell_again(const std::string& id) {
    attached_.insert(id);
    agent::TurnEnded gone;
    gone.outcome = agent::Outcome::failed;
    gone.failure = agent::Failure::not_begun;
    auto found = table_.find(id);
    if (found == table_.end()) return tell(id, gone);
    std::vector<agent::TurnReport> said = found->second.spool;  // being told may make it be forgotten
    for (const agent::TurnReport& report : said) tell(id, report);
  }

  Scheduler& clock_;
  std::map<std::string, Process> table_;
  std::set<std::string> attached_;
  std::uint64_t requests_ = 0;
  int daemons_ = 0;                         // that are gone
  std::map<std::string, double> sessions_;  // what each has cost
  std::map<std::string, std::vector<agent::Text>> said_;
  std::map<std::string, chat::Parcel> given_;
  std::map<std::string, double> costs_;  // of each turn that was told to its end
};

}  // namespace coordinator::simulation
