#include "agent/warm_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace coordinator::agent {

namespace {

// With its length before it: no list of words looks like another one.
void add(std::string& key, const std::string& word) { key += fmt::format("{}:{},", word.size(), word); }

void add(std::string& key, const std::vector<std::string>& words) {
  key += fmt::format("{}[", words.size());
  for (const auto& word : words) add(key, word);
}

void add(std::string& key, const Limits& limits) {
  key += fmt::format("{} {} {} {} {} {} {} {},", limits.inactivity.count(),
                     limits.wall_clock.value_or(Millis(-1)).count(), limits.line_bytes, limits.spool_bytes,
                     limits.memory_bytes, limits.processes, limits.cpu_time.count(), limits.cpus_percent);
}

}  // namespace

std::string warm_key(const TurnSpec& spec) {
  std::string key;
  add(key, spec.directory);
  add(key, spec.agent.kind);
  add(key, spec.agent.command);
  add(key, spec.agent.pass_environment);
  key += fmt::format("{}[", spec.agent.environment.size());
  for (const auto& [name, value] : spec.agent.environment) {
    add(key, name);
    add(key, value);
  }
  add(key, spec.model);
  add(key, spec.allowed_tools);
  add(key, spec.system_prompt);
  add(key, spec.outbox);
  add(key, spec.limits);
  return key + (spec.ask_permissions ? "asks" : "refuses");
}

WarmPool::Ended WarmPool::configure(Instant now, WarmLimits limits) {
  limits_ = limits;
  Ended ended = expire(now);
  for (auto& process : make_room()) ended.push_back(std::move(process));
  return ended;
}

WarmPool::Ended WarmPool::add(Instant now, Agent agent, Millis warm_for) {
  std::string process = agent.process;
  agents_.insert_or_assign(process, Entry{std::move(agent), now, now + warm_for});
  return make_room();
}

WarmPool::Ended WarmPool::weigh(const std::string& process, std::uint64_t memory) {
  auto found = agents_.find(process);
  if (found == agents_.end()) return {};
  found->second.agent.memory = memory;
  return make_room();
}

// One that is too heavy for the whole budget ends itself, after all others: it came last.
WarmPool::Ended WarmPool::make_room() {
  Ended ended;
  auto held = [this] {
    std::uint64_t sum = 0;
    for (const auto& [process, entry] : agents_) sum += entry.agent.memory;
    return sum;
  };
  while (!agents_.empty() && (agents_.size() > limits_.most || held() > limits_.memory_bytes)) {
    auto oldest = std::ranges::min_element(
        agents_, [](const auto& a, const auto& b) { return a.second.since < b.second.since; });
    ended.push_back(oldest->first);
    agents_.erase(oldest);
  }
  return ended;
}

std::optional<WarmPool::Agent> WarmPool::take(const std::string& session) {
  auto found = std::ranges::find_if(
      agents_, [&session](const auto& entry) { return entry.second.agent.session == session; });
  if (found == agents_.end()) return std::nullopt;
  Agent agent = std::move(found->second.agent);
  agents_.erase(found);
  return agent;
}

WarmPool::Ended WarmPool::expire(Instant now) {
  Ended ended;
  for (auto next = agents_.begin(); next != agents_.end();) {
    if (now >= next->second.until) {
      ended.push_back(next->first);
      next = agents_.erase(next);
    } else {
      ++next;
    }
  }
  return ended;
}

std::optional<Instant> WarmPool::next_deadline() const {
  std::optional<Instant> next;
  for (const auto& [process, entry] : agents_) next = std::min(next.value_or(entry.until), entry.until);
  return next;
}

std::string WarmPool::key_of(const std::string& process) const {
  auto found = agents_.find(process);
  return found == agents_.end() ? std::string() : found->second.agent.key;
}

bool WarmPool::may_prepare() const {
  auto prepared =
      std::ranges::count_if(agents_, [](const auto& entry) { return entry.second.agent.prepared; });
  return limits_.most > 0 && static_cast<std::size_t>(prepared) < std::max<std::size_t>(1, limits_.most / 2);
}

}  // namespace coordinator::agent
