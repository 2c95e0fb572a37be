#include "chat/answer.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "chat/phrases.h"
#include "discord/limits.h"

namespace coordinator::chat {

namespace {

constexpr std::ptrdiff_t kFollowers = 20;  // they are kept once more for each message with files

bool carries_files(const render::Message& message) { return !message.files.empty(); }

// As the last line of the last message, or after it.
void close(std::vector<std::string>& contents, const std::string& sentence) {
  std::size_t room = discord::limits::kContent - text::code_points(sentence) - 1;
  if (!contents.empty() && text::code_points(contents.back()) <= room)
    contents.back() += "\n" + sentence;
  else
    contents.push_back(sentence);
}

// What the plain answer says that has not been said. Where the two part before the files do, a message is
// said again rather than left out.
std::vector<std::string> rest_of(const Answer& answer, std::size_t at) {
  std::size_t said = 0;
  while (said < at && said < answer.plain.size() && answer.messages[said].content == answer.plain[said])
    ++said;
  return {answer.plain.begin() + static_cast<std::ptrdiff_t>(said), answer.plain.end()};
}

}  // namespace

Answer plain_answer(std::vector<std::string> contents) {
  Answer answer;
  for (std::string& content : contents) answer.messages.push_back({std::move(content), {}});
  return answer;
}

bool has_files(const Answer& answer) {
  return std::any_of(answer.messages.begin(), answer.messages.end(), carries_files);
}

std::vector<std::string> instead_of(const Answer& answer, std::size_t at) {
  auto here = answer.messages.begin() + static_cast<std::ptrdiff_t>(at);
  std::vector<std::string> contents;
  if (std::none_of(answer.messages.begin(), here, carries_files)) {
    contents = rest_of(answer, at);
    close(contents, phrases::no_files());
    return contents;
  }
  if (answer.messages.end() - here > kFollowers) return contents;
  std::vector<std::string> missing;
  for (; here != answer.messages.end(); ++here) {
    contents.push_back(here->content);
    for (const render::File& file : here->files) missing.push_back(file.name);
  }
  close(contents, phrases::files_missing(missing));
  return contents;
}

}  // namespace coordinator::chat
