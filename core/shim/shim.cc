#include "shim/shim.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace coordinator::shim {

namespace {

constexpr std::chrono::seconds kFarewell{1};  // for clients that are slow to hear of the end
constexpr int kLookAgainMs = 20;              // who is left, while a tree is being ended
constexpr std::int64_t kLongestWaitMs = 3'600'000;

Time now() { return std::chrono::steady_clock::now(); }

Fd open_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int number : {SIGCHLD, SIGTERM, SIGINT, SIGQUIT}) sigaddset(&set, number);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  return Fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

ExitReason reason_of(Spool::Taken taken) {
  if (taken == Spool::Taken::full) return ExitReason::spool_full;
  return taken == Spool::Taken::no_room ? ExitReason::disk_full : ExitReason::spool_failed;
}

std::int64_t millis(const timeval& time) { return time.tv_sec * 1000 + time.tv_usec / 1000; }

}  // namespace

Shim::Shim(Options options, std::string turn, mode_t umask)
    : options_(std::move(options)),
      turn_(std::move(turn)),
      umask_(umask),
      watch_(options_.limits, getpid(), now()),
      began_(now()),
      heard_from_(began_) {}

std::string Shim::prepare() {
  const std::string& path = options_.directory;
  directory_.reset(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory_) return cannot("open the directory", errno);
  if (int error = spool_.open(directory_.get(), options_.spool_bytes, options_.keep_free_bytes))
    return cannot("make the spool", error);
  if (int error = tail_.open(directory_.get(), options_.stderr_bytes))
    return cannot("make the file for stderr", error);
  if (int error = reserve_exit_report(directory_.get())) return cannot("make room for the end", error);
  if (int error = control_.listen(directory_.get())) return cannot("listen", error);
  signals_ = open_signals();
  return signals_ ? std::string() : cannot("take signals", errno);
}

std::string Shim::cannot(const char* what, int error) {
  error_ = error;
  return std::string("cannot ") + what + " in " + options_.directory + ": " + std::strerror(error);
}

bool Shim::no_room() const {
  const int causes[] = {ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM};
  return std::find(std::begin(causes), std::end(causes), error_) != std::end(causes);
}

int Shim::run() {
  start_agent();
  [[maybe_unused]] int moved = chdir("/");  // the project's directory is not ours to keep busy
  while (!over() || (!control_.all_told() && now() < std::get<Leaving>(phase_).at)) turn_the_wheel();
  unlinkat(directory_.get(), kSocketName, 0);
  return report_.left == 0 ? 0 : 1;
}

// Without its control group a turn still runs, under the shim's own watch.
void Shim::start_agent() {
  if (!options_.control_group.empty()) group_.make(options_.control_group, options_.limits);
  Spawned agent = spawn(options_, umask_, group_.entrance());
  if (agent.error != 0) {
    report_.error = options_.agent.front() + ": " + std::strerror(agent.error);
    return end(ExitReason::not_started, options_.grace);
  }
  agent_ = agent.pid;
  agent_lives_ = true;
  stdin_.attach(std::move(agent.input));
  output_ = std::move(agent.output);
  errors_ = std::move(agent.errors);
}

// One wait, and everything that it brought. poll(2) skips negative descriptors: what is closed stays in its
// place.
void Shim::turn_the_wheel() {
  std::vector<pollfd> polled = {{signals_.get(), POLLIN, 0},
                                {output_.get(), POLLIN, 0},
                                {errors_.get(), POLLIN, 0},
                                {stdin_.waits_on(), POLLOUT, 0}};
  control_.add_to(polled);
  if (poll(polled.data(), polled.size(), timeout()) < 0) return;
  if (polled[0].revents) take_signals();
  if (polled[1].revents) copy_output();
  if (polled[2].revents) copy_errors();
  if (polled[3].revents) stdin_.flush();
  control_.serve(&polled[4], options_.stdin_bytes, status(),
                 [this](Connection& client, const Command& command, std::string bytes) {
                   obey(client, command, std::move(bytes));
                 });
  look_at_tree();
  look_who_listens();
  advance();
}

// Until there is something to look at; a millisecond more, so that it is not too early.
int Shim::timeout() const {
  if (!std::holds_alternative<Running>(phase_) || strays_) return kLookAgainMs;
  Time next = control_.anyone() ? Time::max() : heard_from_ + alone();
  if (auto look = watch_.next_look()) next = std::min(next, *look);
  if (next == Time::max()) return -1;
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, kLongestWaitMs));
}

void Shim::look_at_tree() {
  if (!std::holds_alternative<Running>(phase_)) return;
  if (auto limit = watch_.look(now())) end(*limit, {});
}

// A daemon that does not come back must not leave an agent behind for ever.
void Shim::look_who_listens() {
  if (control_.anyone()) heard_from_ = now();
  if (std::holds_alternative<Running>(phase_) && now() >= heard_from_ + alone())
    end(ExitReason::ended, options_.grace);
}

void Shim::take_signals() {
  signalfd_siginfo info;
  while (read(signals_.get(), &info, sizeof info) == sizeof info)
    if (info.ssi_signo != SIGCHLD) end(ExitReason::ended, options_.grace);
  reap();
}

// Children of ours are the agent, and whatever its tree orphaned.
void Shim::reap() {
  int status = 0;
  for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid != agent_ || !agent_lives_) continue;
    agent_lives_ = false;
    if (WIFEXITED(status)) report_.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) report_.signal = WTERMSIG(status);
    end(ExitReason::exited, options_.grace);
  }
}

// At most so much at a time: clients and signals get their turn while an agent floods.
void Shim::copy_output() {
  static char buffer[65536];
  ssize_t got = read(output_.get(), buffer, sizeof buffer);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return output_.reset();
  auto taken = spool_.append({buffer, static_cast<std::size_t>(got)});
  control_.spool_grew(spool_.size());
  if (taken == Spool::Taken::all) return;
  output_.reset();  // the rest has nowhere to go
  if (taken == Spool::Taken::failed) report_.error = std::strerror(spool_.error());
  end(reason_of(taken), {});
}

void Shim::copy_errors() {
  static char buffer[16384];
  ssize_t got = read(errors_.get(), buffer, sizeof buffer);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return errors_.reset();
  tail_.append({buffer, static_cast<std::size_t>(got)});
}

// The first reason stands; a later one can only make it quicker.
void Shim::end(ExitReason reason, std::chrono::milliseconds grace) {
  if (over()) return;
  auto* ending = std::get_if<Ending>(&phase_);
  if (ending && grace.count() == 0) ending->kill_now(now());
  if (grace.count() == 0) strike();
  if (ending) return;
  report_.reason = reason;
  strays_.reset();
  phase_ = Ending(getpid(), turn_, now(), grace);
}

// Before anything is looked at: what forks must not win time.
void Shim::strike() {
  group_.kill();
  if (agent_lives_) kill(-agent_, SIGKILL);
}

void Shim::advance() {
  auto* ending = std::get_if<Ending>(&phase_);
  if (!ending) return settle();
  reap();
  if (ending->step(now()) == Ending::Step::done) finish(*ending);
}

void Shim::settle() {
  if (!strays_) return;
  reap();
  if (strays_ && strays_->step(now()) == Ending::Step::done) settled(*std::exchange(strays_, std::nullopt));
}

void Shim::settled(const Ending& strays) {
  if (strays.left() > 0) return control_.tell_all(Refused{"what the turn left behind could not be ended"});
  TreeUse use = use_of_tree(getpid(), ~0ull);
  spool_.begin_anew();
  watch_.begin_anew(now(), use.cpu_ms);
  idle_ = true;
  control_.tell_all(status());
  control_.tell_all(Settled{use.memory_bytes});
}

// Nobody is left to write: what is still in the pipes is the last of it.
void Shim::finish(const Ending& ending) {
  for (std::uint64_t before = ~0ull; output_ && before != spool_.size();) {
    before = spool_.size();
    copy_output();
  }
  if (errors_) copy_errors();
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  report_.user_ms = millis(usage.ru_utime);
  report_.system_ms = millis(usage.ru_stime);
  report_.max_rss_kib = usage.ru_maxrss;
  report_.spool_bytes = spool_.size();
  report_.stdin_bytes = stdin_.taken();
  report_.stragglers = ending.signalled();
  report_.left = ending.left();
  if (group_.out_of_memory()) report_.reason = ExitReason::memory_limit;
  group_.remove();
  write_exit_report(directory_.get(), report_);
  control_.tell_all(Exited{});
  phase_ = Leaving{now() + kFarewell};
}

void Shim::obey(Connection& client, const Command& command, std::string bytes) {
  if (std::holds_alternative<AskStatus>(command)) return client.tell(status());
  if (std::holds_alternative<EndAll>(command)) return end(ExitReason::ended, {});
  if (std::holds_alternative<Settle>(command)) return begin_to_settle(client);
  if (auto* signal = std::get_if<SendSignal>(&command)) return signal_agent(client, signal->number);
  if (std::holds_alternative<CloseStdin>(command)) return stdin_.close();
  std::string refusal = stdin_.take(std::move(bytes), options_.stdin_bytes);
  if (!refusal.empty()) return client.tell(Refused{refusal});
  strays_.reset();  // another turn has begun
  idle_ = false;
}

void Shim::begin_to_settle(Connection& client) {
  if (!std::holds_alternative<Running>(phase_)) return client.tell(Refused{"the agent is ending"});
  strays_.emplace(getpid(), turn_, now(), options_.grace, agent_);
}

// Until the agent is reaped its group cannot be another one's.
void Shim::signal_agent(Connection& client, int number) {
  if (!agent_lives_) return client.tell(Refused{"the agent has ended"});
  kill(-agent_, number);
}

Status Shim::status() const {
  Status status;
  status.agent = agent_;
  status.state = over()
                     ? AgentState::ended
                     : (std::holds_alternative<Running>(phase_) ? AgentState::running : AgentState::ending);
  status.spool = spool_.size();
  status.stdin_ = stdin_.taken();
  status.queued = stdin_.queued();
  status.closed = stdin_.closed();
  status.age_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now() - began_).count());
  return status;
}

}  // namespace coordinator::shim
