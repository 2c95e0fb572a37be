// Discord's Markdown as a tree of plain objects: no DOM, no HTML, so that nothing that is written can become markup.
//
// A node is {type, children?} or {type, text?, ...}:
//   blocks   heading {level}, subtext, quote, list {ordered, start, items: [[node]]}, code_block {language, text}, paragraph
//   inline   text, break, strong, emphasis, underline, strike, spoiler, code, link {url}, emoji {name},
//            user {id}, role {id}, channel {id}, everyone {text}, command {name}, timestamp {seconds, style}

const DEEPEST = 12;

export function parse(source, depth = 0) {
  return parseBlocks(String(source ?? "").replace(/\r\n?/g, "\n").split("\n"), depth);
}

function parseBlocks(lines, depth) {
  const blocks = [];
  let paragraph = [];
  const flush = () => {
    const text = paragraph.join("\n");
    if (text.trim() !== "") blocks.push({ type: "paragraph", children: parseInline(text.replace(/^\n+|\n+$/g, ""), depth) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; ) {
    const taken = depth < DEEPEST ? takeBlock(lines, at, depth) : null;
    if (!taken) {
      paragraph.push(lines[at++]);
      continue;
    }
    paragraph.push(...taken.before);
    flush();
    blocks.push(taken.node);
    lines = taken.lines ?? lines;
    at = taken.next;
  }
  flush();
  return blocks;
}

// What begins at that line, other than a paragraph: {before: [lines], node, next, lines?}.
function takeBlock(lines, at, depth) {
  const line = lines[at];
  if (line.startsWith(">>> ")) {
    const rest = [line.slice(4), ...lines.slice(at + 1)];
    return { before: [], node: { type: "quote", children: parseBlocks(rest, depth + 1) }, next: lines.length };
  }
  if (/^> |^>$/.test(line)) return takeQuote(lines, at, depth);
  if (line.includes("```")) return takeCode(lines, at);
  const heading = /^(#{1,3}) +(\S.*)$/.exec(line);
  if (heading)
    return { before: [], node: { type: "heading", level: heading[1].length, children: parseInline(heading[2], depth) }, next: at + 1 };
  const subtext = /^-# +(\S.*)$/.exec(line);
  if (subtext) return { before: [], node: { type: "subtext", children: parseInline(subtext[1], depth) }, next: at + 1 };
  if (itemOf(line)) return takeList(lines, at, depth);
  return null;
}

function takeQuote(lines, at, depth) {
  const quoted = [];
  for (; at < lines.length && /^> |^>$/.test(lines[at]); ++at) quoted.push(lines[at].slice(2));
  return { before: [], node: { type: "quote", children: parseBlocks(quoted, depth + 1) }, next: at };
}

// ``` opens anywhere in a line and closes anywhere; what follows the closing mark is a line of its own.
function takeCode(lines, at) {
  const open = lines[at].indexOf("```");
  const rest = [lines[at].slice(open + 3), ...lines.slice(at + 1)].join("\n");
  const close = rest.indexOf("```");
  if (close < 0) return null;
  const body = rest.slice(0, close);
  const named = /^([A-Za-z0-9_+\-.#]+)\n([^]*)$/.exec(body);
  const text = (named ? named[2] : body).replace(/^\n+|\n+$/g, "");
  if (text.trim() === "") return null;
  const after = rest.slice(close + 3);
  const next = after.startsWith("\n") ? after.slice(1).split("\n") : after === "" ? [] : after.split("\n");
  const before = lines[at].slice(0, open);
  return {
    before: before.trim() === "" ? [] : [before],
    node: { type: "code_block", language: named ? named[1] : "", text },
    lines: next,
    next: 0,
  };
}

const itemOf = (line) => /^( *)([-*]|\d{1,9}\.) +(?=\S)/.exec(line);

function takeList(lines, at, depth) {
  const first = itemOf(lines[at]);
  const indent = first[1].length;
  const ordered = /\d/.test(first[2]);
  const items = [];
  while (at < lines.length) {
    const item = itemOf(lines[at]);
    if (!item || item[1].length > indent + 1 || item[1].length < indent || /\d/.test(item[2]) !== ordered) break;
    const own = [lines[at].slice(item[0].length)];
    at = gatherItem(lines, at + 1, indent, own);
    items.push(parseBlocks(own, depth + 1));
  }
  return { before: [], node: { type: "list", ordered, start: ordered ? parseInt(first[2], 10) : 1, items }, next: at };
}

// The lines that belong to an item: those indented deeper than its mark, and everything in a fence opened in it.
function gatherItem(lines, at, indent, own) {
  let fenced = (own[0].split("```").length - 1) % 2 === 1;
  for (; at < lines.length; ++at) {
    const line = lines[at];
    const deeper = /^ */.exec(line)[0].length >= indent + 2 && line.trim() !== "";
    const blankInside = line.trim() === "" && at + 1 < lines.length && /^ */.exec(lines[at + 1])[0].length >= indent + 2 &&
      lines[at + 1].trim() !== "";
    if (!fenced && !deeper && !blankInside) break;
    own.push(line.replace(new RegExp(`^ {0,${indent + 2 + (fenced ? 1 : 0)}}`), ""));
    if ((line.split("```").length - 1) % 2 === 1) fenced = !fenced;
  }
  return at;
}

// Each rule looks at the place where its first character stands; the first that matches wins.
const RULES = [
  ["\\", /\\([^0-9A-Za-z\s])/y, (m) => ({ type: "text", text: m[1] })],
  ["<", /<@!?(\d{1,20})>/y, (m) => ({ type: "user", id: m[1] })],
  ["<", /<@&(\d{1,20})>/y, (m) => ({ type: "role", id: m[1] })],
  ["<", /<#(\d{1,20})>/y, (m) => ({ type: "channel", id: m[1] })],
  ["<", /<\/([^:<>]{1,100}):\d{1,20}>/y, (m) => ({ type: "command", name: m[1] })],
  ["<", /<a?:(\w{2,32}):\d{1,20}>/y, (m) => ({ type: "emoji", name: m[1] })],
  ["<", /<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, (m) => ({ type: "timestamp", seconds: Number(m[1]), style: m[2] ?? "f" })],
  ["<", /<(https?:\/\/[^\s<>]+)>/y, (m) => linkTo(m[1], m[1])],
  ["[", /\[((?:\\.|[^[\]\\]|\[[^[\]]*\])+)\]\(\s*<?(https?:\/\/[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\s*\)/y,
    (m, depth) => ({ type: "link", url: m[2], children: parseInline(m[1], depth + 1, true) })],
  ["h", /https?:\/\/[^\s<]+[^\s<.,:;"'\]!?*_~|]/y, (m) => linkTo(...balanced(m[0]))],
  ["|", /\|\|([^]+?)\|\|/y, (m, depth) => wrap("spoiler", m, depth)],
  ["*", /\*\*\*(\S|\S[^]*?\S)\*\*\*(?!\*)/y,
    (m, depth) => ({ type: "strong", children: [wrap("emphasis", m, depth)] })],
  ["*", /\*\*([^]+?)\*\*(?!\*)/y, (m, depth) => wrap("strong", m, depth)],
  ["*", /\*(?=[^\s*])((?:\\.|\*\*[^*]+\*\*|[^*\\])+?)(?<!\s)\*(?!\*)/y, (m, depth) => wrap("emphasis", m, depth)],
  ["_", /__([^]+?)__(?!_)/y, (m, depth) => wrap("underline", m, depth)],
  ["_", /_(?=\S)((?:\\.|__[^_]+__|[^_\\])+?)_(?![A-Za-z0-9_])/y, (m, depth) => wrap("emphasis", m, depth)],
  ["~", /~~([^]+?)~~(?!~)/y, (m, depth) => wrap("strike", m, depth)],
  ["@", /@(everyone|here)\b/y, (m) => ({ type: "everyone", text: m[0] })],
];

const wrap = (type, match, depth) => ({ type, children: parseInline(match[1], depth + 1) });

const linkTo = (url, rest = "") => ({ type: "link", url, children: [{ type: "text", text: url }], rest: rest === url ? "" : rest });

// "https://a.b/c)" in brackets: the bracket is not the address's. Returns [address, what is left over].
function balanced(url) {
  let end = url.length;
  while (url[end - 1] === ")" && url.slice(0, end).split(")").length > url.slice(0, end).split("(").length) --end;
  return [url.slice(0, end), url.slice(end)];
}

export function parseInline(text, depth = 0, inLink = false) {
  const nodes = [];
  const add = (node) => {
    const last = nodes[nodes.length - 1];
    if (node.type === "text" && last?.type === "text") last.text += node.text;
    else nodes.push(node);
  };
  for (let at = 0; at < text.length; ) {
    const found = depth < DEEPEST ? matchAt(text, at, depth, inLink) : null;
    if (found) {
      const { rest, ...node } = found.node;
      add(node);
      if (rest) add({ type: "text", text: rest });
      at = found.next;
    } else if (text[at] === "\n") {
      nodes.push({ type: "break" });
      ++at;
    } else {
      add({ type: "text", text: text[at++] });
    }
  }
  return nodes;
}

function matchAt(text, at, depth, inLink) {
  const c = text[at];
  if (c === "`") return codeAt(text, at);
  for (const [begins, pattern, make] of RULES) {
    if (begins !== c) continue;
    if (inLink && (c === "h" || begins === "[")) continue;
    if ((c === "_" || c === "h") && at > 0 && /[A-Za-z0-9]/.test(text[at - 1])) continue;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { node: make(match, depth), next: at + match[0].length };
  }
  return null;
}

// From a run of backticks to the next run of the same length; without one, the run is text.
function codeAt(text, at) {
  const run = /`+/y, any = /`+/g;
  run.lastIndex = at;
  const mark = run.exec(text)[0];
  any.lastIndex = run.lastIndex;
  for (let match; (match = any.exec(text)); )
    if (match[0] === mark) {
      const code = text.slice(at + mark.length, match.index);
      return { node: { type: "code", text: code.replace(/^ (?=`)|(?<=`) $/g, "") }, next: any.lastIndex };
    }
  return { node: { type: "text", text: mark }, next: at + mark.length };
}

// The same text on one line and without marks: for previews and for screen readers.
export function plainText(nodes) {
  return nodes.map(plainNode).join("").replace(/\s+/g, " ").trim();
}

function plainNode(node) {
  if (node.items) return node.items.map((item) => ` • ${plainText(item)}`).join("") + " ";
  if (node.type === "spoiler") return "▇▇▇";
  if (node.children) return plainText(node.children) + (/^(paragraph|heading|quote|subtext)$/.test(node.type) ? " " : "");
  const plain = { break: " ", user: "@…", role: "@…", channel: "#…", command: `/${node.name}`, emoji: `:${node.name}:`, timestamp: "🕑" };
  return plain[node.type] ?? node.text ?? "";
}
