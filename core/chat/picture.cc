#include "chat/picture.h"

#include <utility>

#include "base/overloaded.h"
#include "base/text.h"
#include "chat/phrases.h"
#include "discord/limits.h"
#include "render/answer.h"

namespace coordinator::chat {

namespace {

constexpr std::size_t kGrowing = 1u << 20;  // no more of it is shown
constexpr Millis kOld = 10s;                // from there on a turn's age is shown

// Where there is room for it.
void put_below(std::string& content, const std::string& line) {
  if (text::code_points(content) + 1 + text::code_points(line) > discord::limits::kContent) return;
  if (!content.empty()) content += '\n';
  content += line;
}

}  // namespace

bool Picture::hear(const agent::Event& event, Instant now) {
  bool news =
      std::visit(Overloaded{[&](const agent::TextDelta& delta) {
                              if (growing_.size() < kGrowing) growing_ += delta.text;
                              retry_ = {};
                              return true;
                            },
                            [&](const agent::Text&) {
                              growing_.clear();
                              retry_ = {};
                              return true;
                            },
                            [&](const agent::TextAbandoned&) { return !std::exchange(growing_, {}).empty(); },
                            [&](const agent::ToolUse& use) {
                              tool_ = use;
                              return true;
                            },
                            [&](const agent::ToolResult& result) {
                              bool ours = tool_.id == result.id;
                              if (ours) tool_ = {};
                              return ours;
                            },
                            [&](const agent::ApiRetry& retry) {
                              retry_ = retry;
                              return true;
                            },
                            [](const auto&) { return false; }},
                 event);
  if (news || changed_ == Instant{}) changed_ = now;
  return news;
}

std::vector<std::string> Picture::messages(const std::vector<agent::Text>& blocks, std::size_t most,
                                           Millis age, Instant now) const {
  render::AnswerOptions options;
  options.messages = most;
  std::vector<std::string> contents;
  for (render::Message& message : render::live(blocks, growing_, options).messages)
    contents.push_back(std::move(message.content));
  std::string line = status(age, now);
  if (line.empty()) return contents;
  if (contents.empty()) contents.emplace_back();
  put_below(contents.back(), line);
  return contents;
}

// Empty where the text itself shows that it goes on.
std::string Picture::status(Millis age, Instant now) const {
  bool old = age >= kOld;
  if (retry_.attempt > 0) return phrases::retrying(retry_.attempt, retry_.limit, old ? age : 0ms);
  if (!tool_.id.empty()) return phrases::using_tool(tool_.name, tool_.summary, old ? age : 0ms);
  bool silent = now - changed_ >= kRefresh || growing_.empty();
  return old && silent ? phrases::working(age) : std::string();
}

}  // namespace coordinator::chat
