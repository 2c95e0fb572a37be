// What is said around requests for leave: to people, and to the agents that asked.
#pragma once

#include <string>
#include <string_view>

#include "store/records.h"

namespace coordinator::chat::phrases {

inline constexpr const char* kAllowOnce = "Allow once";
inline constexpr const char* kAllowSession = "Allow for this session";
inline constexpr const char* kDeny = "Deny";
inline constexpr const char* kDenyWhy = "Deny and say why";
inline constexpr const char* kApprove = "Approve";
inline constexpr const char* kRevise = "Revise";
inline constexpr const char* kOther = "Other…";
inline constexpr const char* kNoAnswer = "Do not answer";
inline constexpr const char* kChoose = "Choose one";
inline constexpr const char* kChooseSeveral = "Choose one or several";

// Above the tool's input, while it waits.
std::string asks_leave(const store::Approval& record);
// Below it: what the wider leave would allow, and until when there is time.
std::string what_leave_means(const store::Approval& record, WallTime until);
std::string denied_by_itself(WallTime until);
// A question, one of so many; and what it was answered by, as far as it was.
std::string asks_question(const store::Approval& record);
std::string shows_plan(const store::Approval& record);
// In the place of both: who decided what.
std::string verdict(const store::Approval& record);
// Below an input that is not shown whole; with and without a file that has all.
std::string input_cut(bool with_file);
// Of the forms in which people write.
std::string form_title(const store::Approval& record);
std::string form_label(const store::Approval& record);

// To the agent whose request was not allowed.
std::string denied_to_agent(const store::Approval& record);

// Why nobody was asked, as a reason.
std::string allowed_before();
std::string too_many_wait(std::size_t most);
std::string too_many_asked(std::size_t most);
std::string could_not_ask();

// To who has pressed a button too late, or may not.
std::string decided_already(const store::Approval& record);
std::string no_longer_asked();
std::string answered_already();
std::string not_yours_to_decide();

}  // namespace coordinator::chat::phrases
