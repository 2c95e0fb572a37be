// What agents write as what Discord shows.
#include "render/markdown.h"

#include <ctime>
#include <string>

#include <CppUTest/TestHarness.h>

using coordinator::render::for_discord;

namespace {

void shows(const std::string& expected, const std::string& markdown) {
  STRCMP_EQUAL(expected.c_str(), for_discord(markdown).c_str());
}

void stays(const std::string& markdown) { shows(markdown, markdown); }

std::string repeat(const std::string& piece, std::size_t times) {
  std::string out;
  for (; times > 0; --times) out += piece;
  return out;
}

}  // namespace

TEST_GROUP(Markdown){};

TEST(Markdown, LeavesWhatDiscordKnows) {
  stays(
      "# One\n## Two\n### Three\n\n**b** *i* `c` ~~s~~\r\n> quote\n1. a\n   - b\n[t](https://a.b/c) "
      "https://d.e\n");
  stays("");
  stays("no line end");
}

TEST(Markdown, TurnsDeepHeadingsIntoBoldLines) {
  shows("**Four**\ntext", "#### Four\ntext");
  shows("**Five**\r\n", "##### Five #####\r\n");
  shows("**a b c**\n", "###### a **b** c\n");
  shows("####### seven\n####\n", "####### seven\n#### \n");
}

TEST(Markdown, DrawsRules) {
  shows("a\n\n──────────\n\nb", "a\n\n---\n\nb");
  shows("──────────\n──────────\n", "* * *\n___\n");
  stays("--\n-*-\n**bold**\n");
}

TEST(Markdown, KeepsLinksOnlyToTheWeb) {
  shows("[a plot](https://a.b/p.png)", "![a plot](https://a.b/p.png)");
  shows("[image](https://a.b/p.png)", "![](https://a.b/p.png \"title\")");
  shows("see main (`src/main.cc:42`) and src/x.h", "see [main](src/main.cc:42) and [src/x.h](src/x.h)");
  shows("`[a](b)` a (`b`)", "`[a](b)` [a](b)");
  stays("\\[a](b) [a] (b) [a][b] `` [x](y) ` [x](y) ``");
}

TEST(Markdown, DrawsTaskLists) {
  shows("- ☐ open\n  - ☑ done\n* ☑ too", "- [ ] open\n  - [x] done\n* [X] too");
  stays("- [y] no\n- [ ]nor this");
}

TEST(Markdown, LeavesCodeAlone) {
  stays("```md\n#### four\n---\n| a | b |\n|---|---|\n![x](y)\n- [ ] z\n```\n");
  stays("> ```sh\n> ---\n> ```\n");
}

TEST(Markdown, WritesFencesAsDiscordKnowsThem) {
  shows("```python\nx\n```\n", "~~~python title=x\nx\n~~~\n");
  shows("```md\n``\u200B`js\none()\n``\u200B`\n```\n", "````md\n```js\none()\n```\n````\n");
  shows("1. a\n   ```sh\n   b\n   ```", "1. a\n   ~~~~ sh\n   b\n   ~~~~~");
  shows("```\nsay ``\u200B` here\n```", "```\nsay ``` here\n```");
}

TEST(Markdown, LeavesOutATerminalsColours) {
  shows("red not", "\x1B[1;31mred\x1B[0m not");
  shows("é", "\x1B[1;é");
}

TEST(Markdown, WritesInlineCodeSoThatItOpensNoFence) {
  shows("`a` and `` b`c ``", "```a``` and `` b`c ``");
  shows("`` d`\u200B`\u200B`e ``", "```` d```e ````");
  shows("use \\`\\`\\` for it", "use ``` for it");
}

TEST(Markdown, AlignsTables) {
  shows("```\nName   Age  Note\n─────  ───  ────\nalice   30  a|b\nbob    100\n```\nafter",
        "| Name | Age | Note |\n|:--|--:|--|\n| alice | 30 | a\\|b |\n| **bob** | `100` |\nafter");
  shows("```\na   b\n─  ───\n1  [2]\n```\n-# [[2]](https://x.y)\n",
        "a | b\n--|:-:\n1 | [[2]](https://x.y)\n");
}

TEST(Markdown, AlignsTablesByWhatIsSeen) {
  shows("```\n日本語  x\n──────  ─\n👍🏽      y\n```\n",
        "日本語|x\n-|-\n👍🏽|y\n");
}

TEST(Markdown, MakesAListOfAWideTable) {
  std::string wide = repeat("word ", 20) + "end";
  shows("- **one**\n  - What: " + wide + "\n- **`two`**\n  - What: x\n  - Why: y\n",
        "| | What | Why |\n|-|-|-|\n| one | " + wide + " | |\n| `two` | x | y |\n");
}

TEST(Markdown, TakesNothingElseForATable) {
  stays("a | b\nc | d\n");
  stays("a | b\n:--\n");
  stays("a | b\n|---|---|---|\n");
  stays("> | a |\n|---|\n");
}

TEST(Markdown, IsQuickOnHostileText) {
  std::clock_t begin = std::clock();
  for (const char* piece :
       {"[",      "![",    "`",      "` `` ",     "[a](",     "|",         "|\n",   "|a|\n|-|\n",
        "- [ ] ", "#### ", "<b>",    "<",         "<a href=", "&",         "&amp;", "<!--",
        "<pre>",  "[a]",   "[a][b]", "[a]: /b\n", "[^1]",     "[^1]: x\n", "__",    "||",
        "$",      "\\(",   "$$\n",   "*",         "~~",       "a\n---\n",  "\x1B[", "http://",
        "<code>", "> ",    "- ",     "---\n",     "```\n",    "~~~ x\n",   "\\"}) {
    std::string text = repeat(piece, (1 << 16) / std::string(piece).size());
    CHECK_TRUE(for_discord(text).size() <= 40 * text.size());
  }
  CHECK_TRUE(std::clock() - begin < 10 * CLOCKS_PER_SEC);  // a quadratic one would take minutes
}
