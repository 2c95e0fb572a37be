// What Coordinator itself says to people: each sentence once, and each says what to do next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/runner.h"
#include "chat/parcel.h"
#include "chat/project.h"
#include "store/records.h"

namespace coordinator::chat::phrases {

// Mark of a message that waits for its turn.
inline constexpr const char* kWaiting = "⏳";
// What a requester puts on the own message to cancel it.
inline constexpr const char* kCancel = "❌";
// Mark of a message whose answer Discord does not let us write.
inline constexpr const char* kRefused = "⚠️";
// The label of the button that asks for the same once more.
inline constexpr const char* kRetry = "Retry";
// The label of the button that ends a turn.
inline constexpr const char* kStop = "Stop";
// Where a turn had written something that it has abandoned.
inline constexpr const char* kNothingYet = "-# …";

// One small line below what the agent writes. `age` is the turn's, zero where it does not matter yet.
std::string using_tool(std::string_view tool, std::string_view summary, Millis age);
std::string retrying(int attempt, int limit, Millis age);
std::string working(Millis age);

std::string help(const Project& project);
std::string queue_full(std::size_t limit);
std::string not_allowed();
std::string nothing_written();
std::string new_session();
std::string cancelled();
std::string interrupted();
std::string closing();
std::string refused();
// Below an answer whose files Discord did not take.
std::string no_files();
std::string files_missing(const std::vector<std::string>& names);
// In place of what an agent wrote beyond what is kept of one turn.
std::string answer_cut(std::size_t bytes);
// A number of bytes, for people.
std::string size(std::uint64_t bytes);
// Why an attachment is not there: the end of a sentence that begins with its name.
std::string not_attached(const store::Attachment& file, const ChatLimits& limits);
// Above such sentences.
std::string files_lacking();
// Why a file does not go along: the end of a sentence; and what stands above, with where they are, and how
// many more there are.
std::string left_behind(const Parcel::Left& left);
std::string left_behind(const std::string& place, std::size_t more);
// An answer that is nothing but files.
std::string only_files();
// Below an answer of which these files, which the agent made, could not go along.
std::string files_kept_back(const std::vector<std::string>& names, const std::string& place);
// For the agent: how it gives people files.
std::string about_the_outbox(const std::string& directory);
std::string project_gone(std::string_view project);
// Why a turn failed, in words that hide the internals; `id` is in the log with them.
std::string failed(const agent::TurnEnded& end, const agent::Limits& limits, std::string_view id);

}  // namespace coordinator::chat::phrases
