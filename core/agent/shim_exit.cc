#include "agent/shim_exit.h"

#include <array>
#include <optional>
#include <utility>

#include "base/json.h"

namespace coordinator::agent {

namespace {

using Reason = ShimExit::Reason;

constexpr std::array<std::pair<std::string_view, Reason>, 9> kReasons = {
    {{"exited", Reason::exited},
     {"not_started", Reason::not_started},
     {"ended", Reason::ended},
     {"spool_full", Reason::spool_full},
     {"spool_failed", Reason::spool_failed},
     {"disk_full", Reason::disk_full},
     {"memory_limit", Reason::memory_limit},
     {"process_limit", Reason::process_limit},
     {"cpu_limit", Reason::cpu_limit}}};

std::optional<Reason> reason_of(std::string_view word) {
  for (auto [name, reason] : kReasons)
    if (name == word) return reason;
  return std::nullopt;
}

}  // namespace

Result<ShimExit> parse_shim_exit(std::string_view text) {
  auto json = Json::parse(text);
  if (!json) return tl::unexpected(json.error());
  auto reason = reason_of(json->view()["reason"].text_or(""));
  if (!reason) return fail("exit.json names no reason that is known");
  auto number = [&json](const char* key, std::int64_t otherwise) {
    return json->view()[key].integer().value_or(otherwise);
  };
  ShimExit exit;
  exit.reason = *reason;
  exit.status = static_cast<int>(number("status", -1));
  exit.signal = static_cast<int>(number("signal", 0));
  exit.error = json->view()["error"].text_or("");
  exit.cpu = Millis(number("user_ms", 0) + number("system_ms", 0));
  exit.max_rss_kib = number("max_rss_kib", 0);
  if (auto bytes = json->view()["stdin_bytes"].integer())
    exit.stdin_bytes = static_cast<std::uint64_t>(*bytes);
  exit.stragglers = static_cast<int>(number("stragglers", 0));
  exit.left = static_cast<int>(number("left", 0));
  return exit;
}

std::string words(const ShimExit& exit) {
  switch (exit.reason) {
    case Reason::not_started:
      return "could not be run: " + exit.error;
    case Reason::ended:
      return "was ended from outside";
    case Reason::spool_full:
      return "wrote more than it may";
    case Reason::spool_failed:
      return "was ended because its output could not be kept: " + exit.error;
    case Reason::disk_full:
      return "was ended because the disk is nearly full";
    case Reason::memory_limit:
      return "used more memory than it may";
    case Reason::process_limit:
      return "ran more processes than it may";
    case Reason::cpu_limit:
      return "used more CPU time than it may";
    case Reason::vanished:
      return "is lost: " + exit.error;
    case Reason::not_begun:
      return "was not begun: " + exit.error;
    case Reason::exited:
      break;
  }
  if (exit.signal != 0) return "was ended by signal " + std::to_string(exit.signal);
  return "ended with status " + std::to_string(exit.status);
}

}  // namespace coordinator::agent
