#include "chat/approval_form.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "chat/approval_button.h"
#include "chat/approval_phrases.h"
#include "chat/house_button.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kShown = 1200;        // code points of an input while it waits
constexpr std::size_t kShownDecided = 300;  // and when it is over
constexpr std::size_t kWords = 1000;        // that may be written in a form
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

ApprovalForm decided(const store::Approval& record) {
  return {phrases::verdict(record) + "\n" + input_block(record, kShownDecided), "[]"};
}

}  // namespace

ApprovalForm form_of(const store::Approval& record, Millis patience, std::string_view input) {
  if (record.state != store::ApprovalState::pending) return decided(record);
  ApprovalForm form;
  bool cut = is_cut(record, input);
  form.content = phrases::asks_leave(record) + "\n" + input_block(record, kShown) + "\n";
  if (cut) form.content += phrases::input_cut() + "\n";
  form.content += phrases::what_leave_means(record, record.asked + patience);
  form.components = leave_buttons(record).dump();
  if (cut && !input.empty()) form.files.push_back({"input.json", std::string(input), {}});
  return form;
}

// https://discord.com/developers/docs/components/reference#text-input
std::string reason_form(const store::Approval& record, std::string custom_id) {
  constexpr int kLabel = 18, kTextInput = 4, kParagraph = 2;
  Json field = Json::object()
                   .set("type", kTextInput)
                   .set("custom_id", ApprovalButton::kField)
                   .set("style", kParagraph)
                   .set("required", true)
                   .set("max_length", kWords);
  Json label = Json::object()
                   .set("type", kLabel)
                   .set("label", "What should the agent know?")
                   .set("component", std::move(field));
  return Json::object()
      .set("custom_id", std::move(custom_id))
      .set("title", text::ellipsized("Deny " + record.tool, 45))
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
