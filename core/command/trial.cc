#include "command/trial.h"

#include <unistd.h>

#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "io/loop.h"

namespace coordinator::command {

namespace {

constexpr std::size_t kMostOutput = 4 * 1024 * 1024, kMostErrors = 4096;  // bytes

// What a program needs to run as ours does, and no secret: of all else that we were given, a plugin that is
// tried sees nothing.
std::vector<std::string> environment() {
  static constexpr std::string_view kNames[] = {
      "PATH=",         "HOME=",         "LANG=",         "LC_ALL=", "TZ=", "TMPDIR=", "LD_LIBRARY_PATH=",
      "ASAN_OPTIONS=", "LSAN_OPTIONS=", "UBSAN_OPTIONS="};
  std::vector<std::string> kept;
  for (char** variable = ::environ; *variable; ++variable)
    for (std::string_view name : kNames)
      if (std::string_view(*variable).starts_with(name)) kept.emplace_back(*variable);
  return kept;
}

void gather(std::string& text, std::string_view bytes, std::size_t most) {
  text.append(bytes.substr(0, most - std::min(most, text.size())));
}

}  // namespace

Trial::Trial(io::Loop& loop, TrialSpec spec, const io::Descriptor& copy, Told told)
    : spec_(std::move(spec)),
      told_(std::move(told)),
      patience_(loop, [this] { late(); }),
      soon_(loop, [this] { tell(); }) {
  spawn(loop, copy);
}

Trial::~Trial() {
  if (process_) process_->put_down();
}

void Trial::spawn(io::Loop& loop, const io::Descriptor& copy) {
  io::ProcessSpec child;
  child.argv = {spec_.probe, "plugins", "check", "--fd", "0", "--json", "--", spec_.file};
  child.environment = environment();
  child.input_descriptor = copy.get();
  child.output = io::Stdio::pipe;
  child.errors = spec_.errors_through ? io::Stdio::inherit : io::Stdio::pipe;
  child.detached = true;  // so that whatever it starts ends with it
  auto spawned = io::Process::spawn(loop, child,
                                    {[this](std::string_view bytes) { gather(output_, bytes, kMostOutput); },
                                     [this](std::string_view bytes) { gather(errors_, bytes, kMostErrors); },
                                     [this](const io::ProcessExit& exit) { ended(exit); }});
  if (spawned) {
    process_ = std::move(*spawned);
    return patience_.start(spec_.patience);
  }
  outcome_ = fail_as(Cause::busy, "it cannot be tried: {}", spawned.error().what);
  soon_.start(0ms);
}

void Trial::late() {
  process_->put_down();
  outcome_ = fail(
      "it did not come to an end when it was tried (within {:.3g} s): its start() or stop() waits for "
      "something",
      static_cast<double>(spec_.patience.count()) / 1000);
  soon_.start(0ms);
}

void Trial::ended(const io::ProcessExit& exit) {
  patience_.stop();
  process_->end_group();
  if (exit.signal)
    outcome_ = fail("it crashed when it was tried (signal {}, {})", exit.signal, ::strsignal(exit.signal));
  else if (output_.empty())
    outcome_ = fail("it ended the process when it was tried (with status {})", exit.status);
  else
    outcome_ = parse_trial(output_);
  soon_.start(0ms);
}

// From a timer of its own, so that it may be buried by the callback.
void Trial::tell() {
  log_errors();
  if (auto told = std::exchange(told_, nullptr)) told(std::move(outcome_));
}

void Trial::log_errors() const {
  if (!errors_.empty()) log::info("command", "{} wrote while it was tried: {}", spec_.file, errors_);
}

}  // namespace coordinator::command
