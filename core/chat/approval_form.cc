#include "chat/approval_form.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "chat/approval_button.h"
#include "chat/approval_phrases.h"
#include "chat/house_button.h"
#include "chat/question.h"
#include "discord/limits.h"
#include "render/answer.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kShown = 1200;        // code points of an input while it waits
constexpr std::size_t kShownDecided = 300;  // and when it is over
constexpr std::size_t kPlan = 1700, kPlanDecided = 900;
constexpr std::size_t kWords = 1000;  // that may be written in a form
enum Style { kPrimary = 1, kSecondary = 2, kSuccess = 3, kDanger = 4 };

// https://discord.com/developers/docs/components/reference#button
Json button(const ApprovalButton& what, std::string_view label, Style style) {
  constexpr int kButton = 2;
  return Json::object()
      .set("type", kButton)
      .set("style", static_cast<int>(style))
      .set("label", label)
      .set("custom_id", what.text());
}

Json row(Json components) {
  constexpr int kRow = 1;
  return Json::object().set("type", kRow).set("components", std::move(components));
}

// The buttons work for as long as anything is known of the request: who presses too late is told so.
ApprovalButton about(const store::Approval& record, ApprovalButton::What what) {
  return {what, record.mention, record.chunk, 0, -1, record.asked + kRetryable};
}

Json leave_buttons(const store::Approval& record) {
  using What = ApprovalButton::What;
  Json buttons = Json::array();
  buttons.push(button(about(record, What::allow), phrases::kAllowOnce, kSuccess));
  if (!record.rules.empty())
    buttons.push(button(about(record, What::session), phrases::kAllowSession, kPrimary));
  buttons.push(button(about(record, What::deny), phrases::kDeny, kDanger));
  buttons.push(button(about(record, What::why), phrases::kDenyWhy, kSecondary));
  return Json::array().push(row(std::move(buttons)));
}

// What cannot be seen could say the opposite of what is read: direction marks, zero-width characters.
std::string with_hidden_shown(std::string_view text) {
  std::string out;
  for (text::CodePoint next; (next = text::first(text)).size; text.remove_prefix(next.size)) {
    bool plain = next.value == '\n' || next.value == '\t' || text::white(next.value);
    if (plain || (next.valid && text::visible(next.value)))
      out += text.substr(0, next.size);
    else
      out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(next.value));
  }
  return out;
}

std::string fenced(std::string_view language, std::string words) {
  constexpr std::string_view kFence = "```", kBroken = "`\u200b``";  // invisible, and no fence
  for (std::size_t at = 0; (at = words.find(kFence, at)) != std::string::npos; at += kBroken.size())
    words.replace(at, kFence.size(), kBroken);
  return fmt::format("```{}\n{}\n```", language, words);
}

std::string input_block(const store::Approval& record, std::size_t most) {
  std::string_view language = record.tool == "Bash" ? "sh" : "";
  return fenced(language, text::ellipsized(readable_input(record.tool, record.input), most));
}

bool is_cut(const store::Approval& record, std::string_view input) {
  return input.size() > record.input.size() ||
         text::code_points(readable_input(record.tool, record.input)) > kShown;
}

ApprovalForm leave_form(const store::Approval& record, WallTime until, std::string_view input) {
  ApprovalForm form;
  bool cut = is_cut(record, input);
  form.content = phrases::asks_leave(record) + "\n" + input_block(record, kShown) + "\n";
  if (cut) form.content += phrases::input_cut(!input.empty()) + "\n";
  form.content += phrases::what_leave_means(record, until);
  form.components = leave_buttons(record).dump();
  if (cut && !input.empty()) form.files.push_back({"input.json", std::string(input), "The whole input"});
  return form;
}

// ---- Plans

render::Message plan_shown(std::string plan, std::size_t limit) {
  render::AnswerOptions options;
  options.messages = 1;
  options.limit = limit;
  auto messages = render::answer_with_files({agent::Text{std::move(plan)}}, options);
  return messages.empty() ? render::Message() : std::move(messages.front());
}

ApprovalForm plan_form(const store::Approval& record, WallTime until, std::string_view input) {
  store::Approval whole = record;
  if (!input.empty()) whole.input = input;
  render::Message plan = plan_shown(plan_of(whole), kPlan);
  ApprovalForm form;
  form.content = phrases::shows_plan(record) + "\n" + plan.content + "\n" + phrases::denied_by_itself(until);
  Json buttons = Json::array();
  buttons.push(button(about(record, ApprovalButton::What::allow), phrases::kApprove, kSuccess));
  buttons.push(button(about(record, ApprovalButton::What::why), phrases::kRevise, kSecondary));
  form.components = Json::array().push(row(std::move(buttons))).dump();
  if (!input.empty()) form.files = std::move(plan.files);
  for (render::File& file : form.files)
    if (file.name == "answer.md") file.name = "plan.md";
  return form;
}

// ---- Questions

ApprovalButton choice(const store::Approval& record, std::size_t question, int option) {
  ApprovalButton made = about(record, ApprovalButton::What::choose);
  made.question = static_cast<int>(question);
  made.option = option;
  return made;
}

// https://discord.com/developers/docs/components/reference#string-select
Json select_of(const store::Approval& record, const Question& question, std::size_t number) {
  constexpr int kSelect = 3;
  namespace limits = discord::limits;
  Json options = Json::array();
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    const Choice& each = question.choices[i];
    Json option = Json::object()
                      .set("label", text::ellipsized(each.label, limits::kSelectOptionText))
                      .set("value", std::to_string(i));
    if (!text::blank(each.description))
      option.set("description", text::ellipsized(each.description, limits::kSelectOptionText));
    options.push(std::move(option));
  }
  return Json::object()
      .set("type", kSelect)
      .set("custom_id", choice(record, number, -1).text())
      .set("placeholder", question.several ? phrases::kChooseSeveral : phrases::kChoose)
      .set("min_values", 1)
      .set("max_values", question.several ? question.choices.size() : 1)
      .set("options", std::move(options));
}

Json choice_buttons(const store::Approval& record, const Question& question, std::size_t number) {
  Json buttons = Json::array();
  for (std::size_t i = 0; i < question.choices.size(); ++i)
    buttons.push(button(choice(record, number, static_cast<int>(i)),
                        text::ellipsized(question.choices[i].label, discord::limits::kButtonLabel),
                        kPrimary));
  return buttons;
}

// A few are buttons; many, or several at once, are a select.
ApprovalForm question_form(const store::Approval& record, WallTime until) {
  std::size_t number = answered_of(record);
  Question question = questions_of(record)[number];
  Json rows = Json::array();
  bool select = question.several || question.choices.size() > discord::limits::kButtonsInRow;
  if (select && !question.choices.empty())
    rows.push(row(Json::array().push(select_of(record, question, number))));
  else if (!question.choices.empty())
    rows.push(row(choice_buttons(record, question, number)));
  ApprovalButton other = about(record, ApprovalButton::What::other);
  other.question = static_cast<int>(number);
  Json more = Json::array();
  more.push(button(other, phrases::kOther, kSecondary));
  more.push(button(about(record, ApprovalButton::What::deny), phrases::kNoAnswer, kDanger));
  rows.push(row(std::move(more)));
  return {phrases::asks_question(record) + phrases::denied_by_itself(until), rows.dump()};
}

ApprovalForm decided(const store::Approval& record) {
  std::string content = phrases::verdict(record);
  Kind kind = kind_of(record);
  if (kind == Kind::leave) content += "\n" + input_block(record, kShownDecided);
  if (kind == Kind::plan) content += "\n" + plan_shown(plan_of(record), kPlanDecided).content;
  return {std::move(content), "[]"};
}

}  // namespace

ApprovalForm form_of(const store::Approval& record, Millis patience, std::string_view input) {
  if (record.state != store::ApprovalState::pending) return decided(record);
  WallTime until = record.asked + patience;
  switch (kind_of(record)) {
    case Kind::question:
      return question_form(record, until);
    case Kind::plan:
      return plan_form(record, until, input);
    case Kind::leave:
      break;
  }
  return leave_form(record, until, input);
}

// https://discord.com/developers/docs/components/reference#text-input
std::string reason_form(const store::Approval& record, const std::string& custom_id) {
  constexpr int kLabel = 18, kTextInput = 4, kParagraph = 2;
  Json field = Json::object()
                   .set("type", kTextInput)
                   .set("custom_id", ApprovalButton::kField)
                   .set("style", kParagraph)
                   .set("required", true)
                   .set("max_length", kWords);
  Json label = Json::object()
                   .set("type", kLabel)
                   .set("label", phrases::form_label(record))
                   .set("component", std::move(field));
  return Json::object()
      .set("custom_id", custom_id)
      .set("title", phrases::form_title(record))
      .set("components", Json::array().push(std::move(label)))
      .dump();
}

// A command is what is run; what stands beside it only describes it.
std::string readable_input(std::string_view tool, std::string_view input) {
  auto parsed = Json::parse(input);
  if (!parsed) return with_hidden_shown(input);
  if (auto command = (*parsed)["command"].text(); command && tool == "Bash")
    return with_hidden_shown(*command);
  std::string lines;
  for (JsonView member : parsed->view()) {
    std::string value = member.text() ? std::string(*member.text()) : member.dump();
    lines += fmt::format("{}{}: {}", lines.empty() ? "" : "\n", member.key(), value);
  }
  return with_hidden_shown(lines);
}

}  // namespace coordinator::chat
