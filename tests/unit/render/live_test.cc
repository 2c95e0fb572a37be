// An answer while it is written: what is held back, what stays, and that it ends as the final answer.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "render/answer.h"
#include "render/author.h"

#include <CppUTest/TestHarness.h>

using coordinator::Random;
using coordinator::agent::Text;
using coordinator::render::AnswerOptions;
using coordinator::render::Author;
using coordinator::render::Live;
using coordinator::render::Message;
namespace render = coordinator::render;
namespace text = coordinator::text;

namespace {

std::string shown(const std::string& growing, const std::vector<Text>& blocks = {}) {
  std::string out;
  for (const Message& message : render::live(blocks, growing).messages) out += message.content + "¶";
  return out;
}

void shows(const std::string& expected, const std::string& growing) {
  STRCMP_EQUAL((expected + (expected.empty() ? "" : "¶")).c_str(), shown(growing).c_str());
}

std::string lines(std::size_t count) {
  std::string out;
  for (std::size_t i = 1; i <= count; ++i) out += "line number " + std::to_string(i) + "\n";
  return out;
}

// What does not hold for this text while it grows; empty when all does.
std::string fault(const std::string& markdown, Random& random, std::size_t steps, std::size_t limit) {
  AnswerOptions options;
  options.limit = limit;
  std::vector<Message> last = render::answer_with_files({{markdown}}, options);
  if (render::live({{markdown}}, "", options).messages != last) return "it does not end as the answer";
  std::size_t settled = 0, at = 0;
  for (std::size_t i = 0; i < steps && at < markdown.size(); ++i) {
    at += 1 + random.below(2 * markdown.size() / steps + 1);
    at = text::grapheme_floor(markdown, std::min(at, markdown.size()));
    Live live = render::live({}, markdown.substr(0, at), options);
    std::string where = " at byte " + std::to_string(at);
    if (live.messages.size() > options.messages) return "too many messages" + where;
    if (live.settled < settled) return "what was settled is not any more" + where;
    settled = live.settled;
    for (std::size_t k = 0; k < settled; ++k)
      if (k >= last.size() || !(live.messages[k] == last[k]))
        return "message " + std::to_string(k) + " was settled, and changed" + where + ":\n" +
               live.messages[k].content + "\n-- became --\n" +
               (k < last.size() ? last[k].content : "nothing");
    for (const Message& message : live.messages)
      if (text::code_points(message.content) > limit || text::blank(message.content))
        return "a message cannot be sent" + where;
  }
  return "";
}

void holds(const std::string& markdown, Random& random, std::size_t steps, std::size_t limit,
           const std::string& name) {
  std::string found = fault(markdown, random, steps, limit);
  if (!found.empty()) FAIL((name + ": " + found).c_str());
}

}  // namespace

TEST_GROUP(LiveAnswer){};

TEST(LiveAnswer, HoldsBackMarksThatMayBecomeAnything) {
  shows("a", "a\n\n#");
  shows("a", "a\n- ");
  shows("a", "a\n``");
  shows("a", "a\n```py");
  shows("", "|-");
  shows("# T", "# T");
}

TEST(LiveAnswer, HoldsBackAnUnfinishedLink) {
  shows("see", "see [the do");
  shows("see", "see [the docs](https://exam");
  shows("see [the docs](https://example.org)", "see [the docs](https://example.org)");
  shows("press", "press <kb");
  shows("`a[0` is", "`a[0` is");
}

TEST(LiveAnswer, WaitsForTheEndOfADefinition) {
  shows("a [b]", "a [b]\n\n[b]: https://exam");
  shows("a [b]", "a [b]\n\n[b]:");
  shows("a [b](https://example.org)", "a [b]\n\n[b]: https://example.org\n");
}

TEST(LiveAnswer, ClosesAnOpenFence) {
  shows("```py\na = 1\n```", "```py\na = 1");
  shows("```py\na = 1\n```", "```py\na = 1\n``");
  shows("```py\na = 1\n```\nb", "```py\na = 1\n```\nb");
}

TEST(LiveAnswer, ShowsOfOpenCodeWhatBothItsEndsWould) {
  std::string open = shown("```\n" + lines(500));
  STRCMP_CONTAINS("line number 20\n```\n-# … 480 more lines so far", open.c_str());
  std::string closed = shown("```\n" + lines(500) + "```\n");
  STRCMP_CONTAINS("line number 20\n```\n-# … 480 more lines: the whole is in code.txt", closed.c_str());
  STRCMP_CONTAINS("line number 30\n```", shown("```\n" + lines(30) + "```\n").c_str());
}

TEST(LiveAnswer, ShowsATableAsSoonAsItIsOne) {
  shows("| a | b |", "| a | b |\n");
  shows("| a | b |", "| a | b |\n|--");
  shows("```\na  b\n─  ─\n```", "| a | b |\n|--|--|\n");
  shows("```\na  b\n─  ─\n```", "| a | b |\n|--|--|\n| 1 ");
  shows("```\na  b\n─  ─\n1  2\n```", "| a | b |\n|--|--|\n| 1 | 2 |\n");
}

TEST(LiveAnswer, FollowsTheBlocksThatAreFinished) {
  STRCMP_EQUAL("one\n\ntwo¶", shown("two", {Text{"one"}}).c_str());
  STRCMP_EQUAL("one¶", shown(" ", {Text{"one"}}).c_str());
}

TEST(LiveAnswer, SettlesWhatNothingCanChange) {
  std::string prose;
  for (int i = 0; i < 120; ++i) prose += "This is sentence number " + std::to_string(i) + " of the text.\n\n";
  Live live = render::live({}, prose);
  LONGS_EQUAL(3, live.messages.size());
  LONGS_EQUAL(2, live.settled);
  // A definition that comes last would change it.
  LONGS_EQUAL(0, render::live({}, "[so][far]\n\n" + prose).settled);
}

TEST(LiveAnswer, SettlesNoTableThatTheNextLineMayWiden) {
  std::string table = "| a | b |\n|---|---|\n", wide = "and | " + std::string(100, 'w') + "\n";
  for (int i = 0; i < 400; ++i) table += "| row | " + std::to_string(i) + " |\n";
  LONGS_EQUAL(0, render::live({}, table + "and").settled);
  STRCMP_CONTAINS("- **row**: 0", render::live({}, table + wide).messages[0].content.c_str());
  CHECK_TRUE(render::live({}, table + "and\n").settled > 0);
}

TEST(LiveAnswer, NeverSettlesTheLastMessageThatIsAllowed) {
  std::string much;
  for (int i = 0; i < 2000; ++i) much += "word ";
  Live live = render::live({}, much + "\n\n" + much, AnswerOptions{2});
  LONGS_EQUAL(2, live.messages.size());
  LONGS_EQUAL(1, live.settled);
  STRCMP_CONTAINS("the whole answer is in answer.md", live.messages[1].content.c_str());
}

TEST(LiveAnswer, HoldsForTheCorpus) {
  Random random(7);
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(TEST_DATA) / "corpus")) {
    if (entry.path().extension() != ".md") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string markdown{std::istreambuf_iterator<char>(in), {}};
    holds(markdown, random, 6, 2000, entry.path().filename().string());
    holds(markdown.substr(0, text::grapheme_floor(markdown, std::min<std::size_t>(markdown.size(), 3000))),
          random, 12, 200, entry.path().filename().string());
  }
}

TEST(LiveAnswer, HoldsForRandomText) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    std::string markdown = Author(random).write(100 + random.below(2500));
    holds(markdown, random, 20, 200 + random.below(400), "seed " + std::to_string(seed));
  }
}
