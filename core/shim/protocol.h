// The words between coordinator-shim and its clients: lines of text, both ways, on
// TURN_DIRECTORY/control.sock.
//
//   client to shim
//     stdin BYTES          exactly BYTES bytes follow the line's end: the agent will read them. Taken whole
//     or not at all. close-stdin          the agent sees the end of its input once it has read what was
//     queued signal NUMBER        to the agent's process group status               asks for a status line
//     settle               a turn is over and the agent stays: ends what it has orphaned, and counts anew
//     what
//                          a turn may write and compute. A status line and `settled` follow
//     end                  SIGKILL for everything that the agent has started, and for itself
//
//   shim to client
//     hello VERSION        the first line on every connection; a status line follows
//     status agent=PID state=STATE spool=BYTES stdin=BYTES queued=BYTES closed=0|1 age=MILLISECONDS
//     spool BYTES          the spool has grown to that size; growth in between is not told
//     settled BYTES        nothing of the turn is left but the agent and its own children, which hold so much
//                          memory
//     refused WORDS        a command was not carried out; WORDS say why
//     exit                 exit.json is written, nothing of the process tree is left, the shim goes
//
// `stdin` counts every byte that the shim has ever taken, so a client that comes later knows whether an
// earlier one has asked the question already. An agent that is settled and not asked again is idle: it is
// ended when nobody listens for a minute. A line that is none of these ends the connection, never the
// agent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace coordinator::shim {

inline constexpr int kProtocolVersion = 2;    // 2: settle
inline constexpr std::size_t kMaxLine = 256;  // without the bytes that follow `stdin`

// The files of a turn's directory.
inline constexpr const char* kSocketName = "control.sock";
inline constexpr const char* kSpoolName = "stdout.spool";
inline constexpr const char* kStderrName = "stderr.tail";
inline constexpr const char* kExitName = "exit.json";

// Every process of a turn carries the turn's id under this name in its environment.
inline constexpr const char* kMarker = "COORDINATOR_TURN";
// The exit status of a shim that could not begin, since the machine had no descriptor or no room on the disk
// for it.
inline constexpr int kNoRoom = 3;
// What the shim writes to its stdout once it listens; a failure to get so far is a sentence on its stderr.
inline constexpr std::string_view kReady = "ready\n";

struct WriteStdin {
  std::size_t bytes = 0;
};
struct CloseStdin {};
struct SendSignal {
  int number = 0;
};
struct AskStatus {};
struct Settle {};
struct EndAll {};
using Command = std::variant<WriteStdin, CloseStdin, SendSignal, AskStatus, Settle, EndAll>;

enum class AgentState { running, ending, ended };

struct Hello {
  int version = kProtocolVersion;
};
struct Status {
  std::int64_t agent = 0;  // its process id, 0 where it could not be started
  AgentState state = AgentState::running;
  std::uint64_t spool = 0;   // bytes
  std::uint64_t stdin_ = 0;  // bytes taken, ever
  std::uint64_t queued = 0;  // bytes taken that the agent has not read yet
  bool closed = false;       // the agent's stdin is closed, or will be once the queue is empty
  std::uint64_t age_ms = 0;  // since the shim was started, whatever the wall clock says
};
struct SpoolGrew {
  std::uint64_t bytes = 0;
};
struct Settled {
  std::uint64_t memory = 0;  // bytes
};
struct Refused {
  std::string words;
};
struct Exited {};
using Notice = std::variant<Hello, Status, SpoolGrew, Settled, Refused, Exited>;

// Lines come without their line end, and are made with it. Absent: not a line of this protocol.
std::optional<Command> parse_command(std::string_view line);
std::string command_line(const Command& command);
std::optional<Notice> parse_notice(std::string_view line);
std::string notice_line(const Notice& notice);

}  // namespace coordinator::shim
