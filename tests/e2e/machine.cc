#include "machine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/json.h"
#include "faults/faults.h"

namespace coordinator::e2e {

namespace fs = std::filesystem;

namespace {

std::string make_directory() {
  std::string name = (fs::temp_directory_path() / "coordinator-machine-XXXXXX").string();
  return mkdtemp(name.data()) ? name : std::string();
}

coordinator_faults* map(const std::string& path) {
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(coordinator_faults)) != 0) std::abort();
  void* memory = mmap(nullptr, sizeof(coordinator_faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return static_cast<coordinator_faults*>(memory);
}

bool works(const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& word : command) line += "'" + word + "' ";
  return std::system((line + "> /dev/null 2>&1").c_str()) == 0;
}

}  // namespace

Machine::Machine() : directory_(make_directory()), faults_(map(directory_ + "/faults")) {}

Machine::~Machine() {
  munmap(faults_, sizeof *faults_);
  fs::remove_all(directory_);
}

// Every state directory of a stage is below the directory for temporary files.
StageOptions Machine::options(StageOptions options) {
  options.environment.insert(options.environment.end(),
                             {"LD_PRELOAD=" FAULTS, "COORDINATOR_FAULTS=" + directory_ + "/faults",
                              "COORDINATOR_FULL=" + (fs::temp_directory_path() / "coordinator-e2e-").string(),
                              "ASAN_OPTIONS=verify_asan_link_order=0"});
  return options;
}

void Machine::clock(Millis ahead) { faults_->clock_seconds = ahead / 1s; }
void Machine::slow_disk(Millis wait) { faults_->disk_wait = wait.count(); }
void Machine::hanging_disk(bool hangs) { faults_->disk_hangs = hangs ? 1 : 0; }
void Machine::disk_full(bool full) { faults_->disk_full = full ? 1 : 0; }

std::vector<std::string> small_disk(std::size_t bytes) {
  std::vector<std::string> as_root = {"unshare", "--mount"},
                           as_user = {"unshare", "--user", "--map-root-user", "--mount"};
  for (auto* way : {&as_user, &as_root}) {
    std::vector<std::string> trial = *way;
    trial.insert(trial.end(), {"mount", "-t", "tmpfs", "none", "/mnt"});
    if (!works(trial)) continue;
    way->insert(
        way->end(),
        {"sh", "-c",
         fmt::format("mkdir -p -m 700 \"$STATE_DIRECTORY\" && mount -t tmpfs -o mode=700,size={} none "
                     "\"$STATE_DIRECTORY\" && exec \"$@\"",
                     bytes),
         "sh"});
    return *way;
  }
  return {};
}

void limit_files(int pid, std::size_t soft) {
  rlimit files{};
  prlimit(pid, RLIMIT_NOFILE, nullptr, &files);
  files.rlim_cur = soft;
  prlimit(pid, RLIMIT_NOFILE, &files, nullptr);
}

std::size_t open_files(int pid) {
  auto listing = fs::directory_iterator(fmt::format("/proc/{}/fd", pid));
  return static_cast<std::size_t>(std::distance(fs::begin(listing), fs::end(listing)));
}

double metric(Stage& stage, const std::string& name) {
  auto answer = Json::parse(stage.control(Json::object().set("request", "metrics")));
  std::string text = answer ? "\n" + answer->view()["answer"].text_or("") : std::string();
  std::size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

}  // namespace coordinator::e2e
