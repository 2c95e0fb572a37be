#include "agent/turn_files.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/text.h"
#include "io/file.h"
#include "shim/protocol.h"

namespace coordinator::agent {

namespace {

constexpr std::size_t kExitCap = 64u << 10;
constexpr std::size_t kStderrCap = 1u << 20;
constexpr std::size_t kTail = 4000;  // of the stderr, for a log

bool there(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0;
}

}  // namespace

std::string TurnFiles::socket() const { return directory_ + "/" + shim::kSocketName; }
std::string TurnFiles::spool() const { return directory_ + "/" + shim::kSpoolName; }

bool TurnFiles::begun() const { return there(spool()); }
bool TurnFiles::has_socket() const { return there(socket()); }

Result<std::optional<ShimExit>> TurnFiles::exit() const {
  auto text = io::read_file(directory_ + "/" + shim::kExitName, kExitCap);
  if (!text && text.error().cause == Cause::busy) return tl::unexpected(text.error());
  if (!text) return std::nullopt;
  auto exit = parse_shim_exit(*text);
  if (!exit) return vanished(exit.error().what);
  exit->stderr_tail = stderr_tail();
  return *exit;
}

ShimExit TurnFiles::vanished(std::string why) const {
  ShimExit exit;
  exit.reason = ShimExit::Reason::vanished;
  exit.error = std::move(why);
  exit.stderr_tail = stderr_tail();
  return exit;
}

std::string TurnFiles::stderr_tail() const {
  auto bytes = io::read_file(directory_ + "/" + shim::kStderrName, kStderrCap);
  if (!bytes) return {};
  std::string end = bytes->substr(bytes->size() - std::min(bytes->size(), kTail));
  return std::string(text::trimmed(text::valid_utf8(end)));
}

}  // namespace coordinator::agent
