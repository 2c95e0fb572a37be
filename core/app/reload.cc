#include "app/reload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "base/log.h"
#include "io/loop.h"

namespace coordinator::app {

namespace {

constexpr const char* kArea = "config";
constexpr std::string_view kNothing = "nothing has changed";

std::string words_of(const ConfigDifference& difference) {
  std::string words;
  if (!difference.live.empty()) words = fmt::format("changed: {}", fmt::join(difference.live, "; "));
  if (difference.restart.empty()) return words;
  if (!words.empty()) words += ". ";
  return words + fmt::format("Only a restart brings into force: {}", fmt::join(difference.restart, "; "));
}

Config adjusted(Config config, bool verbose) {
  if (verbose) config.log.level = log::Level::debug;
  return config;
}

}  // namespace

Reload::Reload(io::Loop& loop, Config config, Options options, Apply apply)
    : loop_(loop),
      options_(std::move(options)),
      apply_(std::move(apply)),
      config_(std::make_unique<const Config>(adjusted(std::move(config), options_.verbose))) {}

void Reload::watch() {
  auto watch = io::FileWatch::make(loop_, config_->file, [this] { (void)read("the file has changed"); });
  if (watch)
    watch_ = std::move(*watch);
  else
    log::warning(kArea, "{}: changes of the configuration are seen on SIGHUP only", watch.error().what);
}

// Somebody asked, and wants to see that it was heard; a file that we have written ourselves is no news.
Result<std::string> Reload::again(std::string_view why) {
  auto words = read(why);
  if (words && *words == kNothing) log::info(kArea, "{}: {}", why, kNothing);
  return words;
}

Result<std::string> Reload::read(std::string_view why) {
  io::Doing doing(loop_, "reading the configuration");
  auto next = load_config(config_->file, options_.environment);
  if (!next) return refused(next.error(), why);
  return take(std::move(*next), why);
}

Result<std::string> Reload::refused(const ConfigProblems& problems, std::string_view why) {
  for (const ConfigProblem& problem : problems) log::error(kArea, "{}", problem.text());
  log::error(kArea, "{}: {} mistake{}; what was read before stays in force", why, problems.size(),
             problems.size() == 1 ? "" : "s");
  std::string more =
      problems.size() > 1 ? fmt::format(" (and {} more, in the log)", problems.size() - 1) : "";
  return fail("{}{}; what was read before stays in force", problems.front().text(), more);
}

std::string Reload::take(Config next, std::string_view why) {
  next = adjusted(std::move(next), options_.verbose);
  ConfigDifference what = difference(*config_, next);
  if (what.empty()) return std::string(kNothing);
  for (const ConfigProblem& warning : next.warnings) log::warning(kArea, "{}", warning.text());
  if (!what.live.empty()) put_in_force(std::move(next));
  std::string words = words_of(what);
  log::info(kArea, "{}: {}", why, words);
  return words;
}

void Reload::put_in_force(Config next) {
  next.discord = config_->discord;
  next.plugins = config_->plugins;
  next.control_group = config_->control_group;
  auto whole = std::make_unique<const Config>(std::move(next));
  apply_(*whole);
  if (whole->log != config_->log) log::configure(whole->log);
  config_ = std::move(whole);
}

}  // namespace coordinator::app
