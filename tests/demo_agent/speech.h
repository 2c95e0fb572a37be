// The demo agent's lines, in the words of Claude Code's stream-json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "session.h"

namespace demo {

// One line on stdout or stderr, whole and at once.
void say(const coordinator::Json& line);
void say_raw(std::string_view line);
void say_error(std::string_view words);

void say_init(const Session& session, const std::string& model);
void say_stream_event(const Session& session, coordinator::Json event);
// A delta of a preview, and the block that makes it final.
void say_delta(const Session& session, std::string_view text);
void say_text(const Session& session, const std::string& text);
void say_tool_use(const Session& session, const std::string& id, const std::string& command);
void say_tool_result(const Session& session, const std::string& id, const std::string& content,
                     bool is_error);
void say_retry(const Session& session, int attempt);

// What becomes of the user's message with that uuid: "queued", "started".
void say_lifecycle(const std::string& uuid, const char* state);

struct Result {
  std::string text;
  std::vector<std::string> said;   // every block; not in the line, which knows the last one only
  std::vector<std::string> uuids;  // of the messages that it answers
  std::string terminal_reason = "completed";
  bool is_error = false;
  int api_status = 0;
};
void say_result(const Session& session, const Result& result);

}  // namespace demo
