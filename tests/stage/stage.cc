#include "stage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <stdlib.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "io/file.h"
#include "io/timer.h"

namespace coordinator::e2e {

namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string make_directory() {
  std::string name = (fs::temp_directory_path() / "coordinator-e2e-XXXXXX").string();
  return mkdtemp(name.data()) ? name : std::string();
}

std::vector<int> processes_with(const std::string& variable) {
  std::vector<int> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    int pid = 0;
    std::string name = entry.path().filename();
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size()) continue;
    std::string environment = '\0' + contents(entry.path() / "environ");
    if (environment.find('\0' + variable + '\0') != std::string::npos) found.push_back(pid);
  }
  return found;
}

}  // namespace

Stage::Stage(StageOptions options) : options_(std::move(options)), directory_(make_directory()) {
  playground_ = std::make_unique<playground::Playground>(loop_, options_.playground);
  std::vector<std::pair<std::string, ChannelId>> more;
  for (const std::string& name : options_.more_channels)
    more.emplace_back(name, playground_->add_channel(name));
  write_config(more);
}

Stage::~Stage() {
  if (running()) stop(SIGKILL);
  for (int pid : processes_with("HOME=" + directory_)) kill(pid, SIGKILL);
  daemon_.reset();
  playground_.reset();
  fs::remove_all(directory_);
}

void Stage::write_config(const std::vector<std::pair<std::string, ChannelId>>& more) {
  std::vector<std::pair<std::string, std::string>> projects = {{"major-domo", "1100000000000000010"},
                                                               {"testing", "1100000000000000011"}};
  for (const auto& [name, channel] : more) projects.emplace_back(name, channel.text());
  std::string agent =
      options_.agent.empty() ? fmt::format("\"{}/coordinator-demo-agent\"", PROGRAMS) : options_.agent;
  std::ofstream config(directory_ + "/coordinator.toml");
  const char* warm = getenv("COORDINATOR_TEST_WARM");  // whatever the test is about, its agents stay so long
  config << "[agents.demo]\nkind = \"claude\"\nwarm_for = \"" << (warm ? warm : "0s") << "\"\ncommand = ["
         << agent << "]\n\n[limits]\n"
         << options_.limits << "\n[plugins]\nenabled = " << (options_.plugins ? "true" : "false") << "\n\n";
  for (const auto& [name, channel] : projects) {
    fs::create_directories(directory_ + "/projects/" + name);
    config << fmt::format(
        "[projects.{0}]\nchannels = [\"{1}\"]\ndirectory = \"{2}/projects/{0}\"\nagent = \"demo\"\nallow = "
        "[\"user:1100000000000000101\"]\n{3}\n\n",
        name, channel, directory_, options_.project);
  }
  config.close();
  fs::permissions(directory_ + "/coordinator.toml", fs::perms::owner_read | fs::perms::owner_write);
}

std::vector<std::string> Stage::environment() const {
  const char* path = getenv("PATH");
  std::vector<std::string> all = {fmt::format("PATH={}", path ? path : "/usr/bin:/bin"),
                                  "HOME=" + directory_,
                                  "STATE_DIRECTORY=" + directory_ + "/state",
                                  "DISCORD_TOKEN=playground",
                                  "DISCORD_API_URL=" + playground_->api_url(),
                                  "ASAN_OPTIONS=detect_leaks=1"};
  all.insert(all.end(), options_.environment.begin(), options_.environment.end());
  return all;
}

void Stage::spawn(std::vector<std::string> argv, const std::vector<std::string>& more_environment) {
  io::ProcessSpec spec;
  spec.argv = std::move(argv);
  spec.argv.insert(spec.argv.begin(), PROGRAMS "/coordinatord");
  spec.argv.insert(spec.argv.begin(), options_.under.begin(), options_.under.end());
  spec.environment = more_environment.empty() ? environment() : more_environment;
  spec.errors_file = spec.output_file = directory_ + "/daemon.log";
  exit_.reset();
  io::Process::Callbacks callbacks;
  callbacks.exited = [this](const io::ProcessExit& exit) { exit_ = exit; };
  daemon_ = io::Process::spawn(loop_, spec, std::move(callbacks)).value();
}

void Stage::start() {
  launch();
  until([this] { return playground_->connected() || exit_; });
}

void Stage::launch() { spawn({"--verbose", "--config", directory_ + "/coordinator.toml"}, {}); }

int Stage::stop(int signal) {
  if (!running()) return exit_ ? exit_->status : 0;
  daemon_->kill(signal);
  until([this] { return exit_.has_value(); });
  int status = exit_ ? (exit_->signal ? -exit_->signal : exit_->status) : -999;
  daemon_.reset();
  until([this] { return !playground_->connected(); });
  return status;
}

int Stage::run_to_its_end(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment) {
  spawn(arguments, environment);
  until([this] { return exit_.has_value(); });
  return exit_ ? exit_->status : -999;
}

bool Stage::until(const std::function<bool()>& condition, Millis patience) {
  bool late = false;
  io::Timer timer(loop_, [&] { late = true; });
  io::Timer ticks(loop_, [] {});  // conditions may depend on more than what this loop sees
  timer.start(patience);
  ticks.repeat(20ms);
  while (!condition()) {
    if (late) return false;
    loop_.run_once(true);
  }
  return true;
}

void Stage::pause(Millis time) {
  until([] { return false; }, time);
}

MessageId Stage::ask(const std::string& channel, const std::string& content) {
  return playground_->inject_message({.channel = channel, .content = content});
}

std::string Stage::answer(MessageId message) {
  auto over = [&] {
    auto replies = playground_->replies_to(message);
    return !replies.empty() && replies.front()->components.dump().find(":stop:") == std::string::npos;
  };
  return until(over) ? playground_->replies_to(message).front()->content : "(no answer)";
}

std::string Stage::said(const std::string& channel) {
  std::string all;
  for (const playground::Message* message : playground_->bot_messages(channel))
    all += message->content + "\n";
  return all;
}

std::string Stage::state() const { return fmt::format("/proc/{}/root{}/state", pid(), directory_); }

std::string Stage::log() const { return contents(directory_ + "/daemon.log"); }

int Stage::processes() const {
  int count = static_cast<int>(processes_with("HOME=" + directory_).size());
  return running() ? count - 1 : count;
}

void Stage::kill_turns() {
  until([this] {
    auto left = processes_with("HOME=" + directory_);
    for (int pid : left) ::kill(pid, SIGKILL);
    return left.empty();
  });
}

int Stage::turn_directories() const {
  fs::path turns = directory_ + "/state/turns";
  if (!fs::exists(turns)) return 0;
  return static_cast<int>(std::distance(fs::directory_iterator(turns), fs::directory_iterator()));
}

std::size_t Stage::resident() const {
  std::istringstream statm(contents(fmt::format("/proc/{}/statm", daemon_->pid())));
  std::size_t size = 0, pages = 0;
  statm >> size >> pages;
  return pages * 4096;
}

}  // namespace coordinator::e2e
