// What an agent asks people in words: questions with choices, and plans to be approved.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event.h"
#include "store/records.h"

namespace coordinator::chat {

// How an answer to a request looks to people.
enum class Kind { leave, question, plan };
Kind kind_of(const store::Approval& record);

struct Choice {
  std::string label, description;
};

struct Question {
  std::string words, header;
  std::vector<Choice> choices;  // at most 24: with one's own words they fit into a select
  bool several = false;         // more than one may be chosen
};

// Those of a request of kind question, at most 10. None where its input is damaged or was too long to keep.
std::vector<Question> questions_of(const store::Approval& record);
// The number of those that are answered: the next one is asked now.
std::size_t answered_of(const store::Approval& record);
// The answers with one more: a JSON object by the questions' words.
std::string with_answer(const store::Approval& record, const Question& question, std::string_view answer);
// The plan, as Markdown; empty where the agent sent none.
std::string plan_of(const store::Approval& record);
// The plan that the use of a tool holds; empty where it holds none. The request itself does not repeat it.
std::string plan_in(const agent::ToolUse& use);

}  // namespace coordinator::chat
