#include "shim/protocol.h"

#include <array>
#include <charconv>
#include <utility>

namespace coordinator::shim {

namespace {

constexpr std::array<std::string_view, 3> kStates = {"running", "ending", "ended"};

template <class Number>
std::optional<Number> number(std::string_view digits) {
  Number value{};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// The word before the first blank, and what follows that blank.
std::pair<std::string_view, std::string_view> split(std::string_view line) {
  auto blank = line.find(' ');
  if (blank == std::string_view::npos) return {line, {}};
  return {line.substr(0, blank), line.substr(blank + 1)};
}

std::optional<Command> write_stdin(std::string_view rest) {
  auto bytes = number<std::size_t>(rest);
  return bytes ? std::optional<Command>(WriteStdin{*bytes}) : std::nullopt;
}

std::optional<Command> send_signal(std::string_view rest) {
  auto signal = number<int>(rest);
  return signal && *signal > 0 && *signal < 64 ? std::optional<Command>(SendSignal{*signal}) : std::nullopt;
}

std::optional<AgentState> state(std::string_view word) {
  for (std::size_t i = 0; i < kStates.size(); ++i)
    if (kStates[i] == word) return static_cast<AgentState>(i);
  return std::nullopt;
}

template <class Field>
bool set(Field& field, std::optional<Field> value) {
  if (value) field = *value;
  return value.has_value();
}

bool set_field(Status& status, std::string_view name, std::string_view value) {
  if (name == "agent") return set(status.agent, number<std::int64_t>(value));
  if (name == "state") return set(status.state, state(value));
  if (name == "spool") return set(status.spool, number<std::uint64_t>(value));
  if (name == "stdin") return set(status.stdin_, number<std::uint64_t>(value));
  if (name == "queued") return set(status.queued, number<std::uint64_t>(value));
  if (name == "closed") return set(status.closed, std::optional<bool>(value == "1"));
  if (name == "age") return set(status.age_ms, number<std::uint64_t>(value));
  return true;  // a later version's field
}

std::optional<Notice> status(std::string_view rest) {
  Status status;
  while (!rest.empty()) {
    auto [field, after] = split(rest);
    auto equals = field.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!set_field(status, field.substr(0, equals), field.substr(equals + 1))) return std::nullopt;
    rest = after;
  }
  return status;
}

template <class T, class Number>
std::optional<Notice> numbered(std::string_view rest) {
  auto value = number<Number>(rest);
  return value ? std::optional<Notice>(T{*value}) : std::nullopt;
}

std::string text(const Command& command) {
  if (auto* write = std::get_if<WriteStdin>(&command)) return "stdin " + std::to_string(write->bytes);
  if (std::holds_alternative<CloseStdin>(command)) return "close-stdin";
  if (auto* signal = std::get_if<SendSignal>(&command)) return "signal " + std::to_string(signal->number);
  if (std::holds_alternative<AskStatus>(command)) return "status";
  if (std::holds_alternative<Settle>(command)) return "settle";
  return "end";
}

std::string text(const Status& status) {
  return "status agent=" + std::to_string(status.agent) +
         " state=" + std::string(kStates[static_cast<std::size_t>(status.state)]) +
         " spool=" + std::to_string(status.spool) + " stdin=" + std::to_string(status.stdin_) +
         " queued=" + std::to_string(status.queued) + " closed=" + (status.closed ? "1" : "0") +
         " age=" + std::to_string(status.age_ms);
}

std::string text(const Notice& notice) {
  if (auto* hello = std::get_if<Hello>(&notice)) return "hello " + std::to_string(hello->version);
  if (auto* now = std::get_if<Status>(&notice)) return text(*now);
  if (auto* grew = std::get_if<SpoolGrew>(&notice)) return "spool " + std::to_string(grew->bytes);
  if (auto* settled = std::get_if<Settled>(&notice)) return "settled " + std::to_string(settled->memory);
  if (auto* refused = std::get_if<Refused>(&notice)) return "refused " + refused->words;
  return "exit";
}

}  // namespace

std::optional<Command> parse_command(std::string_view line) {
  auto [word, rest] = split(line);
  if (word == "stdin") return write_stdin(rest);
  if (word == "signal") return send_signal(rest);
  if (!rest.empty()) return std::nullopt;
  if (word == "close-stdin") return CloseStdin{};
  if (word == "status") return AskStatus{};
  if (word == "settle") return Settle{};
  if (word == "end") return EndAll{};
  return std::nullopt;
}

std::optional<Notice> parse_notice(std::string_view line) {
  auto [word, rest] = split(line);
  if (word == "hello") return numbered<Hello, int>(rest);
  if (word == "status") return status(rest);
  if (word == "spool") return numbered<SpoolGrew, std::uint64_t>(rest);
  if (word == "settled") return numbered<Settled, std::uint64_t>(rest);
  if (word == "refused") return Refused{std::string(rest)};
  if (word == "exit" && rest.empty()) return Exited{};
  return std::nullopt;
}

std::string command_line(const Command& command) { return text(command) + "\n"; }
std::string notice_line(const Notice& notice) { return text(notice) + "\n"; }

}  // namespace coordinator::shim
