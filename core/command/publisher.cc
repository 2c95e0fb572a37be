#include "command/publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "command/canonical.h"
#include "discord/limits.h"

namespace coordinator::command {

namespace {

namespace limits = discord::limits;
using discord::RestError;

constexpr std::int64_t kEntryPoint =
    4;                          // a command that Discord itself made, of an application with activities
constexpr int kUsedUp = 30034;  // the day's creations

bool is_entry_point(JsonView command) { return command["type"].integer() == kEntryPoint; }

// Kept in a bulk overwrite, or Discord refuses it.
Json kept_entry_point(JsonView known) {
  Json out = Json::object();
  for (const char* key : {"id", "type", "name", "description", "handler", "contexts", "integration_types"})
    if (known[key] && !known[key].is_null()) out.set(key, Json::clone(known[key]));
  return out;
}

std::set<std::string> identities(JsonView commands) {
  std::set<std::string> out;
  for (JsonView command : commands) out.insert(identity(command));
  return out;
}

// More than Discord takes: the first by name stay, so that it does not change from one load to the next.
std::vector<Json> capped(std::vector<Json> commands, Effects& out) {
  std::sort(commands.begin(), commands.end(),
            [](const Json& a, const Json& b) { return identity(a.view()) < identity(b.view()); });
  while (commands.size() > limits::kCommands) {
    out.log(log::Level::warning,
            fmt::format("the command /{} is not published: Discord takes {}; remove plugins",
                        commands.back()["name"].text_or(""), limits::kCommands));
    commands.pop_back();
  }
  return commands;
}

bool same_set(const std::vector<Json>& a, const std::vector<Json>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Json& one, const Json& other) { return one.dump() == other.dump(); });
}

}  // namespace

void Publisher::restore(std::string_view note) {
  auto list = Json::parse(note);
  if (!list) return;
  for (JsonView entry : list->view())
    creations_.push_back(
        {WallTime(Millis(entry[0].integer().value_or(0))),
         static_cast<std::size_t>(std::max<std::int64_t>(0, entry[1].integer().value_or(0)))});
}

Effects Publisher::connected(ApplicationId application, Now now) {
  application_ = application;
  known_.reset();
  satisfied_ = false;
  not_before_.reset();
  stale_ = wire_ != Wire::idle;
  return move(now);
}

Effects Publisher::offer(std::vector<Json> commands, Now now) {
  Effects out;
  commands = capped(std::move(commands), out);
  if (!wanted_ || !same_set(*wanted_, commands)) {
    satisfied_ = false;
    not_before_.reset();  // what Discord refused was another set
  }
  wanted_ = std::move(commands);
  calm_at_ = now.instant + kCalm;
  out += move(now);
  return out;
}

Effects Publisher::move(Now now) {
  if (!application_ || wire_ != Wire::idle) return {};
  if (not_before_ && now.instant < *not_before_) return {};
  not_before_.reset();
  if (known_) return compare(now);
  Effects out;
  wire_ = Wire::listing;
  out.act(ListCommands{application_});
  return out;
}

Effects Publisher::compare(Now now) {
  if (!due() || now.instant < calm_at_) return {};
  std::size_t fresh = fresh_names();
  if (auto later = allowed_at(fresh, now.wall)) {
    not_before_ = now.instant + (*later - now.wall);
    Effects out;
    out.log(log::Level::warning,
            fmt::format("{} new commands would exceed the {} that Discord lets be created in a day: they are "
                        "published in {} min",
                        fresh, kCreations, (*later - now.wall) / 1min + 1));
    return out;
  }
  return put(fresh, now);
}

Effects Publisher::put(std::size_t fresh, Now now) {
  Effects out;
  counted_ = fresh > 0;
  if (counted_) {
    creations_.push_back({now.wall, fresh});
    out.write(note());
  }
  Json body = Json::array();
  for (const Json& command : *wanted_) body.push(command.clone());
  for (JsonView known : known_->view())
    if (is_entry_point(known)) body.push(kept_entry_point(known));
  wire_ = Wire::publishing;
  satisfied_ = true;
  out.log(log::Level::info, fmt::format("{} commands are published, {} of them new", wanted_->size(), fresh));
  out.act(PublishCommands{application_, body.dump()});
  return out;
}

Effects Publisher::listed(const Listed& listed, Now now) {
  Effects out;
  wire_ = Wire::idle;
  if (std::exchange(stale_, false)) return move(now);
  if (listed.commands && listed.commands->view().is_array()) {
    backoff_.reset();
    know(listed.commands->view());
  } else {
    failed(listed.commands ? RestError{RestError::Kind::exhausted, 200, 0, "its answer is no list"}
                           : listed.commands.error(),
           "the published commands cannot be asked for", now, out);
  }
  out += move(now);
  return out;
}

// Of a write whose answer is lost only Discord knows whether it was done.
Effects Publisher::published(const Published& published, Now now) {
  Effects out;
  wire_ = Wire::idle;
  known_.reset();
  if (std::exchange(stale_, false)) return move(now);
  if (published.commands) {
    backoff_.reset();
    if (published.commands->view().is_array()) know(published.commands->view());
  } else {
    satisfied_ = false;
    take_back(published.commands.error(), out);
    failed(published.commands.error(), "the commands cannot be published", now, out);
  }
  out += move(now);
  return out;
}

// A set that Discord refuses has created nothing.
void Publisher::take_back(const RestError& error, Effects& out) {
  bool counted = std::exchange(counted_, false);
  if (!counted || error.kind != RestError::Kind::refused || error.code == kUsedUp) return;
  creations_.pop_back();
  out.write(note());
}

void Publisher::failed(const RestError& error, std::string_view what, Now now, Effects& out) {
  Millis pause = backoff_.next(random_);
  if (error.kind == RestError::Kind::refused) pause = kRefusedPause;
  if (error.kind == RestError::Kind::token) pause = kDay;  // nothing goes until the daemon is started anew
  not_before_ = now.instant + pause;
  out.log(log::Level::error,
          fmt::format("{}: {}{}; trying again in {}", what, error.message,
                      error.code == kUsedUp ? " (the day's creations)" : "",
                      pause < 1min ? fmt::format("{} s", pause / 1s) : fmt::format("{} min", pause / 1min)));
}

std::optional<Instant> Publisher::next_deadline() const {
  if (!application_ || wire_ != Wire::idle) return std::nullopt;
  if (not_before_) return not_before_;
  if (due()) return calm_at_;
  return std::nullopt;
}

bool Publisher::due() const { return known_ && wanted_ && !satisfied_ && differs(); }

bool Publisher::differs() const {
  std::map<std::string, JsonView> there;
  for (JsonView known : known_->view())
    if (!is_entry_point(known)) there[identity(known)] = known;
  if (there.size() != wanted_->size()) return true;
  return std::any_of(wanted_->begin(), wanted_->end(), [&](const Json& command) {
    auto known = there.find(identity(command.view()));
    return known == there.end() || !same_command(command.view(), known->second);
  });
}

// Only those count against the day's limit: a command that is there already is overwritten.
std::size_t Publisher::fresh_names() const {
  std::set<std::string> there = identities(known_->view());
  return static_cast<std::size_t>(std::count_if(wanted_->begin(), wanted_->end(), [&](const Json& command) {
    return !there.contains(identity(command.view()));
  }));
}

// When so many more may be created, if not now. Creations from the future are of a clock that was wrong.
std::optional<WallTime> Publisher::allowed_at(std::size_t fresh, WallTime now) {
  std::erase_if(creations_, [now](const Creations& c) { return c.when + kDay <= now || c.when > now; });
  std::size_t used = fresh;
  for (const Creations& each : creations_) used += each.count;
  if (used <= kCreations) return std::nullopt;
  for (const Creations& each : creations_) {
    used -= each.count;
    if (used <= kCreations) return each.when + kDay;
  }
  return std::nullopt;  // not reached: a set has at most 100
}

void Publisher::know(JsonView commands) {
  known_ = Json::clone(commands);
  ids_.clear();
  for (JsonView command : commands)
    if (auto id = command["id"].id<Snowflake<struct CommandTag>>();
        id && command["type"].integer().value_or(1) == 1)
      ids_[command["name"].text_or("")] = id->value;
}

std::uint64_t Publisher::command_id(std::string_view name) const {
  auto found = ids_.find(name);
  return found == ids_.end() ? 0 : found->second;
}

store::Note Publisher::note() const {
  Json list = Json::array();
  for (const Creations& each : creations_)
    list.push(Json::array().push(each.when.time_since_epoch().count()).push(each.count));
  return {std::string(kNote), list.dump()};
}

}  // namespace coordinator::command
