// Discord's Markdown as the page reads it. Run by hand: node --test tests/playground/page/test
import assert from "node:assert/strict";
import test from "node:test";

import { highlight } from "../highlight.js";
import { parse, parseInline, plainText } from "../markdown.js";

// A tree in short: "strong(a)".
function brief(nodes) {
  return nodes.map(briefNode).join(" ");
}
function briefNode(node) {
  if (node.items) return `${node.ordered ? `ol${node.start}` : "ul"}[${node.items.map(brief).join(" | ")}]`;
  const head = node.type + (node.level ?? "") + (node.language ? `:${node.language}` : "") + (node.url ? `<${node.url}>` : "");
  if (node.children) return `${head}(${brief(node.children)})`;
  if (node.type === "text") return `'${node.text}'`;
  return node.text !== undefined ? `${head}'${node.text}'` : head + (node.id ?? node.name ?? (node.seconds !== undefined ? `${node.seconds}${node.style}` : ""));
}
const inline = (text, expected) => assert.equal(brief(parseInline(text)), expected);
const blocks = (text, expected) => assert.equal(brief(parse(text)), expected);

test("inline styles, alone and nested", () => {
  inline("a **b** c", "'a ' strong('b') ' c'");
  inline("*a* _b_ __c__ ~~d~~ ||e||", "emphasis('a') ' ' emphasis('b') ' ' underline('c') ' ' strike('d') ' ' spoiler('e')");
  inline("***both***", "strong(emphasis('both'))");
  inline("**a *b* c**", "strong('a ' emphasis('b') ' c')");
  inline("__**u**__", "underline(strong('u'))");
  inline("`code **not bold**`", "code'code **not bold**'");
  inline("``a ` b``", "code'a ` b'");
});

test("what only looks like a style stays text", () => {
  inline("snake_case_name and 2 * 3 * 4", "'snake_case_name and 2 * 3 * 4'");
  inline("\\*not\\* **open", "'*not* **open'");
  inline("a ` b", "'a ` b'");
});

test("links, bare, masked and bracketed", () => {
  inline("see https://a.b/c.", "'see ' link<https://a.b/c>('https://a.b/c') '.'");
  inline("(https://a.b/c_(d))", "'(' link<https://a.b/c_(d)>('https://a.b/c_(d)') ')'");
  inline("[**t**](https://a.b)", "link<https://a.b>(strong('t'))");
  inline("<https://a.b>", "link<https://a.b>('https://a.b')");
});

test("no address but http and https becomes a link", () => {
  inline("[x](javascript:alert(1))", "'[x](javascript:alert(1))'");
  inline("[x](data:text/html,hi)", "'[x](data:text/html,hi)'");
  inline("<javascript:alert(1)>", "'<javascript:alert(1)>'");
});

test("mentions, channels, commands, emoji and timestamps", () => {
  inline("<@1> <@!2> <@&3> <#4>", "user1 ' ' user2 ' ' role3 ' ' channel4");
  inline("</model set:5> <:a_b:6> <a:cd:7>", "commandmodel set ' ' emojia_b ' ' emojicd");
  inline("<t:1700000000:R> <t:1700000000>", "timestamp1700000000R ' ' timestamp1700000000f");
  inline("@everyone a@here", "everyone'@everyone' ' a' everyone'@here'");
});

test("headings, subtext and paragraphs", () => {
  blocks("# One\n## Two\n### Three\n#### four", "heading1('One') heading2('Two') heading3('Three') paragraph('#### four')");
  blocks("-# small\ntext", "subtext('small') paragraph('text')");
  blocks("a\nb\n\nc", "paragraph('a' break 'b' break break 'c')");
});

test("quotes", () => {
  blocks("> a\n> b\nc", "quote(paragraph('a' break 'b')) paragraph('c')");
  blocks(">>> a\nb", "quote(paragraph('a' break 'b'))");
  blocks("> ```js\n> x()\n> ```", "quote(code_block:js'x()')");
  blocks("a > b", "paragraph('a > b')");
});

test("lists, nested and mixed", () => {
  blocks("- a\n- b\n  - c\n- d", "ul[paragraph('a') | paragraph('b') ul[paragraph('c')] | paragraph('d')]");
  blocks("3. a\n4. b", "ol3[paragraph('a') | paragraph('b')]");
  blocks("1. a\n   ```sh\n   ls\n   ```\n2. b", "ol1[paragraph('a') code_block:sh'ls' | paragraph('b')]");
  blocks("- a\n\n  more\n- b", "ul[paragraph('a' break break 'more') | paragraph('b')]");
  blocks("-not a list\n*not*", "paragraph('-not a list' break emphasis('not'))");
});

test("code blocks", () => {
  blocks("```cpp\nint a;\n\nint b;\n```", "code_block:cpp'int a;\n\nint b;'");
  blocks("```\n<b>&amp;</b>\n```\nafter", "code_block'<b>&amp;</b>' paragraph('after')");
  blocks("before ```x``` after", "paragraph('before ') code_block'x' paragraph(' after')");
  blocks("```\nnever closed", "paragraph('```' break 'never closed')");
  blocks("```one line```", "code_block'one line'");
});

test("hostile text ends soon", () => {
  const begin = Date.now();
  for (const piece of ["*", "**a", "_", "__", "`", "||", "[", "[a](", "<", "> ", "- ", "~~", "```", "***a", "\\"]) parse(piece.repeat(4000 / piece.length));
  assert.ok(Date.now() - begin < 5000);
});

test("plain text for previews", () => {
  assert.equal(plainText(parse("# Hi\n**a** `b`\n- c\n- d\n||e||")), "Hi a b • c • d ▇▇▇");
});

test("colouring keeps the code as it is", () => {
  for (const language of ["cpp", "js", "py", "sh", "rust", "go", "sql", "json", "diff", "unknown"]) {
    const code = 'int a = 0x1F; // note\n"un\\"closed\n# x\n-- y\n+ z\nfn(a) { `t` }\n';
    assert.equal(highlight(code, language).map((token) => token.text).join(""), code);
  }
  assert.deepEqual(highlight("return 1;", "c").map((token) => token.kind), ["keyword", "", "number", ""]);
});
