#include "chat/question.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kQuestions = 10, kChoices = 24;

Question question_of(JsonView from) {
  Question question;
  question.words = from["question"].text_or("");
  question.header = from["header"].text_or("");
  question.several = from["multiSelect"].truthy();
  for (JsonView choice : from["options"])
    if (question.choices.size() < kChoices && !text::blank(choice["label"].text_or("")))
      question.choices.push_back({choice["label"].text_or(""), choice["description"].text_or("")});
  return question;
}

}  // namespace

// What demands people and has questions is one; the only other thing of the kind is a plan.
Kind kind_of(const store::Approval& record) {
  if (!record.question) return Kind::leave;
  return record.tool == "ExitPlanMode"  ? Kind::plan
         : questions_of(record).empty() ? Kind::leave
                                        : Kind::question;
}

// Two that read the same would have one answer: the second is left out.
std::vector<Question> questions_of(const store::Approval& record) {
  std::vector<Question> questions;
  auto input = Json::parse(record.input);
  if (!input) return questions;
  for (JsonView each : (*input)["questions"]) {
    Question question = question_of(each);
    bool known = std::ranges::find(questions, question.words, &Question::words) != questions.end();
    if (!known && !text::blank(question.words) && questions.size() < kQuestions)
      questions.push_back(std::move(question));
  }
  return questions;
}

std::size_t answered_of(const store::Approval& record) {
  auto answers = Json::parse(record.answers);
  return answers ? answers->view().size() : 0;
}

std::string with_answer(const store::Approval& record, const Question& question, std::string_view answer) {
  auto answers = Json::parse(record.answers);
  if (!answers || !answers->view().is_object()) answers = Json::object();
  answers->set(question.words, answer);
  return answers->dump();
}

std::string plan_of(const store::Approval& record) {
  auto input = Json::parse(record.input);
  return input ? (*input)["plan"].text_or("") : std::string();
}

// As a part of the input, or written into the file that its agent keeps plans in.
std::string plan_in(const agent::ToolUse& use) {
  bool ends = use.name == "ExitPlanMode";
  if (!ends && use.name != "Write") return {};
  auto input = Json::parse(use.input);
  if (!input) return {};
  if (ends) return (*input)["plan"].text_or("");
  bool kept = (*input)["file_path"].text_or("").find("/plans/") != std::string::npos;
  return kept ? (*input)["content"].text_or("") : std::string();
}

}  // namespace coordinator::chat
