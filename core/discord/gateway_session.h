// What is needed to resume a gateway session, also by another process, and what the close codes say about it.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/json.h"

namespace coordinator::discord {

// Who the bot is: READY says it, and a process that resumes gets no READY.
struct Identity {
  UserId user;
  ApplicationId application;
  std::string user_name;

  bool operator==(const Identity&) const = default;
};

struct GatewaySession {
  std::string id;
  std::string resume_url;
  std::int64_t seq = 0;  // of the last event that was received
  Identity identity;

  bool operator==(const GatewaySession&) const = default;
};

Json to_json(const GatewaySession& session);
// As one line of JSON, to be kept in a Note and read again.
std::string to_text(const GatewaySession& session);
// An error when a field is missing, for example in a note of another version: then identify anew.
Result<GatewaySession> parse_session(std::string_view text);

enum class AfterClose { resume, identify, give_up };

struct CloseAdvice {
  AfterClose next = AfterClose::resume;
  std::string_view meaning;  // for the log; with give_up: a sentence that says what to do
};

// `code` is absent where the connection broke without one. When in doubt: resume, and op 9 tells the truth.
CloseAdvice advice_for(std::optional<int> code);

}  // namespace coordinator::discord
