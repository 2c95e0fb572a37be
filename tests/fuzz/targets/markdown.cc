// An answer's way into messages: what agents write as what Discord shows, never too long, too many or blank.
#include "render/markdown.h"
#include "base/text.h"
#include "discord/limits.h"
#include "fuzz.h"
#include "render/answer.h"

namespace coordinator::fuzz {

void markdown(std::string_view bytes) {
  Input input(bytes);
  render::AnswerOptions options;
  options.messages = 1 + input.number(20);
  options.for_discord = input.number(4) != 0;
  std::size_t cut = input.number(65'536);
  std::string text = text::valid_utf8(input.rest());
  render::for_discord(text, {.table_columns = 10 + input.number(80)});
  // In two blocks.
  cut = text::grapheme_floor(text, std::min(cut, text.size()));
  auto messages = render::answer({{text.substr(0, cut)}, {text.substr(cut)}}, options);
  require(messages.size() <= options.messages, "the answer takes more messages than it may");
  require(text::blank(text) || !messages.empty(), "an answer with words gave no message");
  for (const std::string& message : messages) {
    require(text::code_points(message) <= discord::limits::kContent, "a message is too long for Discord");
    require(!text::blank(message), "Discord refuses a blank message");
    require(text::valid_utf8(message) == message, "a message is not UTF-8");
  }
}

}  // namespace coordinator::fuzz
