#include "app/git_clone.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "io/loop.h"

namespace coordinator::app {

namespace {

constexpr std::size_t kLongestAddress = 1000;
constexpr std::array<std::string_view, 5> kSchemes = {"https", "http", "ssh", "git", "file"};

constexpr std::array<std::string_view, 16> kPassed = {
    "PATH",       "HOME",        "USER",          "LOGNAME",      "TMPDIR",     "XDG_CONFIG_HOME",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",      "ALL_PROXY",    "http_proxy", "https_proxy",
    "no_proxy",   "all_proxy",   "SSL_CERT_FILE", "SSH_AUTH_SOCK"};

bool is_odd(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }

tl::unexpected<Error> no_address(std::string_view why) {
  return fail(
      "{}: an address is like https://host/path.git, ssh://git@host/path.git, git@host:path.git or, for a "
      "repository of this machine, file:///path",
      why);
}

Status check_url(std::string_view scheme, std::string_view rest) {
  if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end())
    return no_address(fmt::format("repositories are not fetched by \"{}\"", scheme));
  std::string_view authority = rest.substr(0, rest.find('/'));
  std::size_t sign = authority.rfind('@');
  if (sign != std::string_view::npos) {
    bool secret = scheme != "ssh" || authority.substr(0, sign).find(':') != std::string_view::npos;
    if (secret)
      return fail(
          "leave the user, password or token out of the address: it would be kept in the repository, where "
          "the "
          "agent can read it. Give git on the daemon's machine a credential helper or an ssh key");
    authority.remove_prefix(sign + 1);
  }
  bool local = scheme == "file";
  if (local ? !rest.starts_with('/') : authority.empty() || authority.starts_with('-'))
    return no_address("this names no host");
  return {};
}

// user@host:path, as scp writes it.
Status check_short(std::string_view address) {
  std::size_t colon = address.find(':'), slash = address.find('/');
  if (colon == std::string_view::npos || slash < colon || address.substr(colon).starts_with("::"))
    return no_address("this is no address of a repository");
  std::string_view host = address.substr(0, colon), path = address.substr(colon + 1);
  host.remove_prefix(std::min(host.find('@') + 1, host.size()));
  if (host.empty() || host.starts_with('-') || path.empty() || path.starts_with('-'))
    return no_address("this names no repository");
  return {};
}

}  // namespace

Status check_repository(std::string_view address) {
  if (address.empty() || address.size() > kLongestAddress)
    return no_address("an address is missing, or too long");
  if (address.starts_with('-') || std::any_of(address.begin(), address.end(), is_odd))
    return no_address("an address has no blanks in it and does not begin with a dash");
  std::size_t scheme = address.find("://");
  if (scheme == std::string_view::npos) return check_short(address);
  return check_url(address.substr(0, scheme), address.substr(scheme + 3));
}

// Whatever would ask a person something is answered with no: nobody is there.
// https://git-scm.com/docs/git#_environment_variables
Environment git_environment(const Environment& own) {
  Environment environment;
  for (std::string_view name : kPassed)
    if (auto found = own.find(name); found != own.end()) environment.insert(*found);
  environment["LC_ALL"] = "C";  // its words are read
  environment["GIT_TERMINAL_PROMPT"] = "0";
  environment["GIT_ASKPASS"] = "";
  environment["SSH_ASKPASS_REQUIRE"] = "never";
  environment["GCM_INTERACTIVE"] = "never";
  environment["GIT_ALLOW_PROTOCOL"] = "https:http:ssh:git:file";
  return environment;
}

Result<std::unique_ptr<GitClone>> GitClone::start(io::Loop& loop, const Request& request,
                                                  Callbacks callbacks) {
  std::unique_ptr<GitClone> clone(new GitClone(loop, request.patience, std::move(callbacks)));
  if (auto spawned = clone->spawn(request); !spawned) return tl::unexpected(spawned.error());
  return clone;
}

GitClone::GitClone(io::Loop& loop, Millis patience, Callbacks callbacks)
    : loop_(loop), allowed_(patience), callbacks_(std::move(callbacks)), patience_(loop, [this] {
        late_ = true;
        end();
      }) {
  patience_.start(patience);
}

GitClone::~GitClone() { end(); }

// In a session of its own: git's helpers end with it, and there is no terminal to ask at.
Status GitClone::spawn(const Request& request) {
  io::ProcessSpec spec;
  spec.argv = {"git", "clone", "--depth", "1", "--progress", "--", request.address, request.directory};
  spec.environment = as_strings(request.environment);
  spec.directory = request.directory.substr(0, request.directory.rfind('/') + 1);
  spec.errors = io::Stdio::pipe;
  spec.detached = true;
  io::Process::Callbacks callbacks;
  callbacks.errors = [this](std::string_view bytes) { heard(bytes); };
  callbacks.exited = [this](const io::ProcessExit& exit) { exited(exit); };
  auto process = io::Process::spawn(loop_, spec, std::move(callbacks));
  if (!process) return fail("{}: is git installed on the daemon's machine?", process.error().what);
  process_ = std::move(*process);
  return {};
}

void GitClone::heard(std::string_view bytes) {
  auto words = words_.hear(bytes, loop_.now().instant);
  if (words && callbacks_.progress) callbacks_.progress(*words);
}

void GitClone::exited(const io::ProcessExit& exit) {
  patience_.stop();
  callbacks_.progress = nullptr;
  if (late_)
    return callbacks_.done(fail("git had not cloned it after {} min, and was ended", allowed_ / 1min));
  if (exit.status == 0 && exit.signal == 0) return callbacks_.done({});
  std::string complaint = words_.complaint();
  if (complaint.empty()) complaint = fmt::format("status {}, signal {}", exit.status, exit.signal);
  callbacks_.done(fail("git could not clone it: {}", complaint));
}

void GitClone::end() {
  if (process_) process_->kill(SIGKILL, true);
}

}  // namespace coordinator::app
