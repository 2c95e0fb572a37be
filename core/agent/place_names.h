// The directory .coordinator in a project's directory: files that people attached for its agent, and files
// that its agent made for people.
//
//   .coordinator/.gitignore                 so that none of it is committed
//   .coordinator/inbox/MESSAGE/NAME         what came with a message
//   .coordinator/outbox/CHANNEL/NAME        what the agent of that channel's turn wants to give
//   .coordinator/sent/TURN/NAME             what was taken from there when that turn ended
#pragma once

namespace coordinator::agent {

inline constexpr const char* kPlace = ".coordinator";
inline constexpr const char* kInbox = "inbox";
inline constexpr const char* kOutbox = "outbox";
inline constexpr const char* kSent = "sent";

// The outbox of a turn, in its environment: an absolute path.
inline constexpr const char* kOutboxVariable = "COORDINATOR_OUTBOX";

}  // namespace coordinator::agent
