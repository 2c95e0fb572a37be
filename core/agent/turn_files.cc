#include "agent/turn_files.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "io/file.h"
#include "shim/protocol.h"

namespace coordinator::agent {

namespace {

constexpr std::size_t kExitCap = 64u << 10;
constexpr std::size_t kStderrCap = 1u << 20;
constexpr std::size_t kTail = 4000;  // of the stderr, for a log

constexpr std::size_t kPlaceCap = 4096;
constexpr const char* kPlaceName = "process.json";

bool there(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0;
}

}  // namespace

std::string TurnFiles::socket() const { return directory_ + "/" + shim::kSocketName; }
std::string TurnFiles::spool() const { return directory_ + "/" + shim::kSpoolName; }

Status TurnFiles::write_place(const TurnPlace& place) const {
  if (auto made = io::make_directories(directory_); !made) return made;
  auto json = Json::object()
                  .set("process", place.process)
                  .set("spool_bytes", static_cast<std::int64_t>(place.spool_bytes))
                  .set("stdin_bytes", static_cast<std::int64_t>(place.stdin_bytes))
                  .set("age_ms", place.age.count());
  return io::write_file(directory_ + "/" + kPlaceName, json.dump() + "\n", 0600);
}

Result<TurnPlace> TurnFiles::place() const {
  if (!there(directory_ + "/" + kPlaceName)) return TurnPlace{};
  auto text = io::read_file(directory_ + "/" + kPlaceName, kPlaceCap);
  if (!text) return tl::unexpected(text.error());
  auto json = Json::parse(*text);
  if (!json) return tl::unexpected(json.error());
  auto number = [&json](const char* key) { return json->view()[key].integer().value_or(0); };
  return TurnPlace{json->view()["process"].text_or(""), static_cast<std::uint64_t>(number("spool_bytes")),
                   static_cast<std::uint64_t>(number("stdin_bytes")), Millis(number("age_ms"))};
}

bool TurnFiles::begun() const { return there(spool()) || there(directory_ + "/" + kPlaceName); }
bool TurnFiles::has_spool() const { return there(spool()); }
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
