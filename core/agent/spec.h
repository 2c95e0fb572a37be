// What it takes to run one turn: the project's side (what to run where) and the conversation's side (which
// session, which words).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace coordinator::agent {

// The `[agents.NAME]` table: how one agent CLI is started.
struct AgentSettings {
  std::string kind = "claude";                     // which adapter speaks with it
  std::vector<std::string> command = {"claude"};   // argv[0] is looked up in PATH
  std::map<std::string, std::string> environment;  // given to the agent beside the allow-list
  std::vector<std::string> pass_environment;       // names taken from the daemon's own environment
  Millis warm_for{0};  // so long an agent waits for its session's next turn; 0: it ends with its turn
};

struct Limits {
  Millis inactivity = 5min;                         // without a line, while no permission is pending
  std::optional<Millis> wall_clock = std::nullopt;  // for the whole turn
  std::size_t line_bytes = 16u << 20;               // a longer line ends the turn
  std::size_t spool_bytes = 1u << 30;               // more output ends the turn
  // Of the agent and all that it started, together; 0: no limit. Going beyond one ends the turn.
  std::uint64_t memory_bytes = 0;
  std::uint64_t processes = 1000;
  Millis cpu_time{0};
  std::uint64_t cpus_percent =
      0;  // 200: what two CPUs can do; it is slowed down, not ended. Control groups only
};

// A picture that goes along with the words: a file below the project's directory.
struct Picture {
  std::vector<std::string> path;  // the names that lead to it
  std::string type;               // "image/png"
  std::string bytes;              // read when the prompt is sent; empty: it cannot be read any more
};

struct TurnSpec {
  std::string turn_id;    // 16 hexadecimal digits; names the turn's directory and marks its processes
  std::string directory;  // the project's directory: the agent's working directory
  AgentSettings agent;
  std::string model;  // an alias; empty: the agent's own default
  std::vector<std::string> allowed_tools;
  std::string system_prompt;
  std::string session_id;  // a UUID, chosen by us
  bool resume = false;     // the session exists already
  std::string fork_of;     // where it does not: the session that it begins as a copy of; empty: none
  std::string message_uuid;
  bool ask_permissions = false;  // people are there to answer; else what is not allowed is refused at once
  std::string prompt;            // the user's words (with the quoted message, when there is one); not trusted
  std::vector<Picture> pictures;
  std::string outbox;  // the name of its directory for files that it wants to give; empty: none
  Limits limits;
};

}  // namespace coordinator::agent
