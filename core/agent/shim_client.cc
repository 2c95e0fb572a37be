#include "agent/shim_client.h"

#include <csignal>
#include <utility>

#include "base/log.h"
#include "base/overloaded.h"
#include "io/loop.h"
#include "io/open_files.h"
#include "io/unix_socket.h"

namespace coordinator::agent {

namespace {

constexpr const char* kArea = "agent";
constexpr std::size_t kSlice = 256u << 10;  // of the spool at a time: other turns want the loop too
constexpr std::size_t kMaxLaunchWords = 4096;
constexpr std::size_t kMaxUnsent = 64u << 20;
constexpr Millis kAgain = 100ms;
constexpr int kMaxAttempts = 50;
constexpr int kMaxStartAttempts = 10;  // while a shim that has a spool already is about to listen

void append(std::string& words, std::string_view bytes) {
  if (words.size() < kMaxLaunchWords) words += bytes.substr(0, kMaxLaunchWords - words.size());
}

std::vector<std::string> shim_argv(const ShimClient::Place& place, const ShimLaunch& launch) {
  std::vector<std::string> argv = {place.shim, "--directory", place.directory};
  auto add = [&argv](const char* option, std::uint64_t value) {
    if (value > 0) argv.insert(argv.end(), {option, std::to_string(value)});
  };
  const Limits& limits = launch.limits;
  add("--spool-bytes", limits.spool_bytes);
  add("--keep-free", launch.keep_free_bytes);
  add("--open-files", io::open_files_of_children());
  add("--limit-memory", limits.memory_bytes);
  add("--limit-processes", limits.processes);
  add("--limit-cpu-ms", static_cast<std::uint64_t>(limits.cpu_time.count()));
  add("--limit-cpus", limits.cpus_percent);
  if (!place.control_group.empty()) argv.insert(argv.end(), {"--control-group", place.control_group});
  argv.emplace_back("--");
  argv.insert(argv.end(), launch.argv.begin(), launch.argv.end());
  return argv;
}

}  // namespace

std::vector<std::string> sweep_argv(const std::string& shim, const std::string& turn_id,
                                    const std::string& control_group) {
  std::vector<std::string> argv = {shim, "--sweep", turn_id};
  if (!control_group.empty()) argv.insert(argv.end(), {"--control-group", control_group});
  return argv;
}

ShimClient::ShimClient(io::Loop& loop, Place place, ShimListener& listener)
    : loop_(loop),
      place_(std::move(place)),
      files_(place_.directory),
      listener_(&listener),
      lines_(place_.line_bytes, {[this](std::string_view line) { listener_->on_line(line); },
                                 [this] { listener_->on_line_too_long(); }}),
      reading_(loop, [this] { read_some(); }),
      again_(loop, [this] { connect(); }),
      sweep_again_(loop, [this] { run_sweeper(); }) {}

// ---- the way in

void ShimClient::start(const ShimLaunch& launch) {
  io::ProcessSpec spec;
  spec.argv = shim_argv(place_, launch);
  spec.environment = launch.environment;
  spec.directory = launch.directory;
  spec.output = spec.errors = io::Stdio::pipe;
  spec.detached = true;
  auto shim = io::Process::spawn(loop_, spec,
                                 {[this](std::string_view bytes) { on_launch_output(bytes); },
                                  [this](std::string_view bytes) { append(launch_errors_, bytes); },
                                  [this](const io::ProcessExit& exit) { on_shim_exit(exit); }});
  if (!shim) {
    ShimExit exit;
    exit.reason = ShimExit::Reason::not_started;
    exit.error = shim.error().what;
    exit.busy = shim.error().cause == Cause::busy;
    return drain(std::move(exit));
  }
  shim_ = std::move(*shim);
  shim_runs_ = true;
}

void ShimClient::on_launch_output(std::string_view bytes) {
  append(launch_output_, bytes);
  if (phase_ == Phase::launching && launch_output_ == shim::kReady) connect();
}

// A shim that did not get as far as its own files has a sentence on its stderr.
void ShimClient::on_shim_exit(const io::ProcessExit& end) {
  shim_runs_ = false;
  if (phase_ == Phase::draining) return read_soon();
  if (phase_ != Phase::launching) return;  // the connection's end tells the same
  if (launch_output_ == shim::kReady) return look_what_is_left("the shim ended");
  ShimExit exit;
  exit.reason = ShimExit::Reason::not_started;
  exit.error = launch_errors_.empty() ? fmt::format("coordinator-shim ended with status {}", end.status)
                                      : launch_errors_;
  exit.busy = end.status == shim::kNoRoom;
  drain(std::move(exit));
}

void ShimClient::adopt() {
  if (files_.has_spool()) return connect();
  sweep("its directory holds no spool",
        ShimExit::Reason::not_begun);  // a shim that is just starting carries the marker
}

// A shim listens as long as it lives: nobody there means no shim.
void ShimClient::connect() {
  if (++attempts_ > kMaxAttempts) return sweep("the shim does not speak with us");
  begun_notice_.clear();
  greeted_ = false;
  auto socket =
      io::connect_unix(loop_, files_.socket(),
                       {[this](std::string_view bytes) { on_bytes(bytes); }, [this] { on_disconnect(); }});
  if (!socket && socket.error().cause == Cause::busy) {  // it is we who cannot
    --attempts_;
    return again_.start(kAgain);
  }
  if (!socket) return look_what_is_left(socket.error().what);
  socket_ = std::move(*socket);
  phase_ = Phase::connected;
}

// ---- what the shim says

void ShimClient::on_bytes(std::string_view bytes) {
  begun_notice_ += bytes;
  for (auto end = begun_notice_.find('\n'); end != std::string::npos; end = begun_notice_.find('\n')) {
    std::string line = begun_notice_.substr(0, end);
    begun_notice_.erase(0, end + 1);
    on_notice(line);
  }
  if (begun_notice_.size() > shim::kMaxLine) begun_notice_.clear();  // no shim of ours says that
}

void ShimClient::on_notice(std::string_view line) {
  auto notice = shim::parse_notice(line);
  if (phase_ != Phase::connected || !notice) return;
  std::visit(Overloaded{[&](const shim::Hello& hello) {
                          version_ = hello.version;
                          if (hello.version != shim::kProtocolVersion)
                            log::warning(kArea, "turn {}: its shim speaks version {}, we speak {}; going on",
                                         place_.turn_id, hello.version, shim::kProtocolVersion);
                        },
                        [&](const shim::Status& status) { on_status(status); },
                        [&](const shim::SpoolGrew&) { read_soon(); },
                        [&](const shim::Settled& settled) { listener_->on_settled(settled.memory); },
                        [&](const shim::Refused& refused) { listener_->on_refused(refused.words); },
                        [&](const shim::Exited&) {}},  // the end of the connection follows
             *notice);
}

void ShimClient::on_status(const shim::Status& status) {
  status_ = status;
  status_at_ = loop_.now().instant;
  if (std::exchange(greeted_, true)) return;
  attempts_ = 0;
  if (!unsent_.empty()) (void)socket_->write(std::exchange(unsent_, {}));
  listener_->on_ready();
  read_soon();
}

void ShimClient::on_disconnect() {
  if (phase_ != Phase::connected) return;
  loop_.bury(std::move(socket_));
  auto exit = files_.exit();
  if (exit && *exit) return drain(std::move(**exit));
  again_.start(kAgain);  // it may only have thrown us out
}

Millis ShimClient::age() const {
  return Millis(static_cast<std::int64_t>(status_.age_ms)) + (loop_.now().instant - status_at_);
}

std::uint64_t ShimClient::position() const {
  return spool_ ? spool_->offset() - lines_.held() : place_.read_from;
}

// ---- the way out

void ShimClient::look_what_is_left(const std::string& why) {
  auto exit = files_.exit();
  if (!exit) --attempts_;
  if (exit && *exit) return drain(std::move(**exit));
  if (!exit || (!files_.has_socket() && attempts_ < kMaxStartAttempts)) return again_.start(kAgain);
  sweep(why);
}

// The agent died with its shim (pdeathsig); what it had started carries the marker.
void ShimClient::sweep(const std::string& why, ShimExit::Reason reason) {
  if (phase_ == Phase::sweeping) return;
  phase_ = Phase::sweeping;
  exit_ = files_.vanished(why);
  exit_->reason = reason;
  run_sweeper();
}

void ShimClient::run_sweeper() {
  io::ProcessSpec spec;
  spec.argv = sweep_argv(place_.shim, place_.turn_id, place_.control_group);
  auto finished = [this](const io::ProcessExit&) {
    if (phase_ == Phase::sweeping) drain(std::move(*exit_));
  };
  auto sweeper = io::Process::spawn(loop_, spec, {{}, {}, finished});
  if (sweeper) {
    sweeper_ = std::move(*sweeper);
    return;
  }
  if (sweeper.error().cause == Cause::busy) return sweep_again_.start(kAgain);
  log::error(kArea, "turn {}: cannot look for processes that it left behind: {}", place_.turn_id,
             sweeper.error().what);
  drain(std::move(*exit_));
}

// What is in the spool still has to be told.
void ShimClient::drain(ShimExit exit) {
  phase_ = Phase::draining;
  exit_ = std::move(exit);
  read_soon();
}

void ShimClient::kill_shim() {
  int pid = 0;
  if (shim_ && shim_runs_) pid = shim_->pid();
  if (!pid && socket_) pid = io::peer_pid(*socket_);
  if (pid > 0) {
    ::kill(pid, SIGKILL);
  } else if (phase_ != Phase::draining && phase_ != Phase::done) {
    sweep("the shim does not answer");  // it carries the marker itself
  }
}

// ---- what the agent says

void ShimClient::pause(bool on) {
  if (std::exchange(paused_, on) && !on) read_soon();
}

void ShimClient::read_some() {
  if (phase_ == Phase::done || paused_) return;
  bool more = false;
  Status open = open_spool();
  if (!open && open.error().cause == Cause::busy) return reading_.start(kAgain);
  if (open) {
    auto read = spool_->read(kSlice, lines_);
    if (!read) log::error(kArea, "turn {}: {}", place_.turn_id, read.error().what);
    more = read.value_or(false);
  }
  if (more) return read_soon();
  if (paused_) return;  // comes again when it may
  if (phase_ == Phase::connected) listener_->on_caught_up();
  if (phase_ == Phase::draining && !shim_runs_) finish();
}

Status ShimClient::open_spool() {
  if (spool_) return {};
  auto opened = io::SpoolReader::open(files_.spool(), place_.read_from);
  if (!opened) return tl::unexpected(opened.error());
  spool_.emplace(std::move(*opened));
  return {};
}

void ShimClient::finish() {
  lines_.finish();
  phase_ = Phase::done;
  listener_->on_gone(*exit_);
}

// ---- what we say

void ShimClient::write(const std::string& bytes) { send(shim::WriteStdin{bytes.size()}, bytes); }

void ShimClient::send(const shim::Command& command, const std::string& follows) {
  if (phase_ != Phase::launching && phase_ != Phase::connected) return;
  std::string bytes = shim::command_line(command) + follows;
  if (greeted_ && socket_) {
    if (auto written = socket_->write(std::move(bytes)); !written)
      listener_->on_refused(written.error().what);
    return;
  }
  if (unsent_.size() + bytes.size() <= kMaxUnsent) unsent_ += bytes;
}

}  // namespace coordinator::agent
