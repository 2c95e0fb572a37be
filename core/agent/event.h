// What an agent can say during a turn, whichever CLI it is. Adapters make these; the turn machine and the
// renderer read them.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace coordinator::agent {

// The turn has begun in this session. `session_id` may differ from the one that was asked for: then it is the
// new truth.
struct Started {
  std::string session_id;
  std::string model;
};

// A piece of the text being written: a preview only. Text carries the same words again when they are final.
struct TextDelta {
  std::string text;
};

// What TextDelta gave since the last Text is void: the agent's stream broke and is tried again.
struct TextAbandoned {};

// A finished block of the answer, in order. Subagents' text never appears here.
struct Text {
  std::string text;
};

// The agent uses a tool. `input` is the tool's argument as JSON text; `summary` is one short line for people.
struct ToolUse {
  std::string id, name, summary, input;
};

struct ToolResult {
  std::string id;
  bool is_error = false;
};

// The agent's own API call failed and is tried again by the agent: a state, not an error.
struct ApiRetry {
  int attempt = 0;
  int limit = 0;
  Millis delay{};
  int status = 0;  // HTTP status, 0 where there is none
};

// The agent asks whether it may use a tool, and waits for the answer.
struct PermissionRequest {
  std::string request_id, tool_use_id, tool, summary, input;
  // What allowing it for the whole session would allow: "Bash(npm test)", or a tool whatever its input.
  std::vector<std::string> rules = {};
  bool question = false;  // the tool is itself a question to people, and its answer is a part of its input
};

// The agent no longer waits for the answer to that request.
struct PermissionWithdrawn {
  std::string request_id;
};

enum class Outcome { success, aborted, failed };

// What made a turn fail, as far as a person should be told a different thing.
enum class Failure {
  none,
  not_logged_in,
  session_unknown,  // resume was asked for, but the agent does not know the session: begin a new one
  session_exists,   // the session was begun already (a crash forgot it): ask again with resume
  model_unknown,
  rate_limited,
  overloaded,
  prompt_too_long,
  limit_reached,  // one of the agent's own
  line_limit,     // Limits::line_bytes, and so on
  output_limit,
  memory_limit,
  process_limit,
  cpu_limit,
  silent,       // Limits::inactivity
  out_of_time,  // Limits::wall_clock
  disk_full,    // what it said could not be kept any more
  network,
  not_started,   // the agent's program could not be run
  no_directory,  // the project's directory is not there
  busy,          // the machine had no descriptors or processes left for it
  not_begun,     // an earlier daemon meant to begin it and did not come to it: nobody was asked anything yet
  lost,          // the shim vanished (power cut, out of memory): what was told until then is all there is
  other
};

// The agent has read a user message of ours, and will come to it.
struct Heard {
  std::string message_uuid;
};

// The agent has taken what was said into the running turn (Runner::steer). May be told more than once.
struct Steered {
  std::string message_uuid;
};

// The end of the turn as the agent tells it. `cost_usd` is cumulative for the session: take differences.
struct TurnResult {
  Outcome outcome = Outcome::success;
  Failure failure = Failure::none;
  std::string text;  // the last text, or the error in the agent's words
  std::string session_id;
  std::vector<std::string> message_uuids;  // which user messages this answers; empty: none of ours
  bool unprompted = false;                 // the agent began this turn by itself (a background task ended)
  double cost_usd = 0;
  std::int64_t input_tokens = 0, output_tokens = 0;
};

// A line that means nothing to us, but shows that the agent lives.
struct Alive {};

// A line that is no line of the protocol. `what` names the fault without repeating the line.
struct Malformed {
  std::string what;
};

using Event =
    std::variant<Started, TextDelta, TextAbandoned, Text, ToolUse, ToolResult, ApiRetry, PermissionRequest,
                 PermissionWithdrawn, Heard, Steered, TurnResult, Alive, Malformed>;

}  // namespace coordinator::agent
