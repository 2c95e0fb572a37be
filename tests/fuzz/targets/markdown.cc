// An answer's way into messages: what agents write as what Discord shows, never too long, too many or blank;
// with files and without, while it grows and at its end.
#include "render/markdown.h"

#include "base/text.h"
#include "discord/limits.h"
#include "fuzz.h"
#include "render/answer.h"

namespace coordinator::fuzz {

namespace {

using render::Message;
namespace limits = discord::limits;

void sendable(const std::string& content) {
  require(text::code_points(content) <= limits::kContent, "a message is too long for Discord");
  require(!text::blank(content), "Discord refuses a blank message");
  require(text::valid_utf8(content) == content, "a message is not UTF-8");
}

void sendable(const std::vector<Message>& messages, const render::AnswerOptions& options) {
  require(messages.size() <= options.messages, "the answer takes more messages than it may");
  std::size_t bytes = 0;
  for (const Message& message : messages) {
    sendable(message.content);
    require(message.files.size() <= limits::kFiles, "a message has too many files");
    for (const render::File& file : message.files) {
      bytes += file.content.size();
      require(!file.name.empty() && file.name.find('/') == std::string::npos, "a file has no good name");
      require(text::valid_utf8(file.content) == file.content, "a file is not UTF-8");
      require(text::code_points(file.caption) <= limits::kFileDescription, "a file's caption is too long");
    }
  }
  require(bytes <= options.file_bytes + 1000, "the files are too large");
}

}  // namespace

void markdown(std::string_view bytes) {
  Input input(bytes);
  render::AnswerOptions options;
  options.messages = 1 + input.number(20);
  options.for_discord = input.number(4) != 0;
  std::size_t cut = input.number(65'536);
  std::string text = text::valid_utf8(input.rest());
  render::for_discord(text, {.table_columns = 10 + input.number(80)});
  cut = text::grapheme_floor(text, std::min(cut, text.size()));
  std::string first = text.substr(0, cut), second = text.substr(cut);  // in two blocks

  for (const std::string& content : render::answer({{first}, {second}}, options)) sendable(content);
  std::vector<Message> whole = render::answer_with_files({{first}, {second}}, options);
  sendable(whole, options);
  require(text::blank(text) || !whole.empty(), "an answer with words gave no message");
  require(render::live({{first}, {second}}, "", options).messages == whole, "it does not end as the answer");
  render::Live live = render::live({{first}}, std::string_view(second).substr(0, second.size() / 2), options);
  sendable(live.messages, options);
  require(live.settled <= live.messages.size(), "more is settled than there is");
  for (std::size_t i = 0; i < live.settled; ++i)
    require(i < whole.size() && live.messages[i] == whole[i], "what was settled has changed");
}

}  // namespace coordinator::fuzz
