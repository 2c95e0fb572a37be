// The Markdown tree as elements. `context` knows names: {world, openChannel}.
import { el, outsideLink } from "./dom.js";
import { highlight } from "./highlight.js";
import { parse, parseInline } from "./markdown.js";
import { timestamp } from "./time.js";
import { nameOf } from "./world.js";

export function markdown(text, context) {
  const tree = parse(text);
  const body = el("div.markdown", viewAll(tree, context));
  if (onlyEmoji(text)) body.classList.add("jumbo");
  return body;
}

// One line, for a button's or an embed's title.
export const inlineMarkdown = (text, context) => viewAll(parseInline(text ?? ""), context);

const onlyEmoji = (text) =>
  text.length <= 80 && /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text) &&
  /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200D\uFE0F\u20E3]|\s)+$/u.test(text);

const viewAll = (nodes, context) => nodes.map((node) => view(node, context));

function view(node, context) {
  const maker = VIEWS[node.type];
  return maker ? maker(node, context) : document.createTextNode(node.text ?? "");
}

const around = (tag) => (node, context) => el(tag, viewAll(node.children, context));

const VIEWS = {
  paragraph: around("p"),
  heading: (node, context) => el(`h${node.level}`, viewAll(node.children, context)),
  subtext: around("p.subtext"),
  quote: around("blockquote"),
  list: (node, context) =>
    el(node.ordered ? "ol" : "ul", node.ordered ? { start: node.start } : {},
      node.items.map((item) => el("li", viewAll(item, context)))),
  code_block: codeBlock,
  break: () => el("br"),
  strong: around("strong"),
  emphasis: around("em"),
  underline: around("u"),
  strike: around("s"),
  spoiler: spoiler,
  code: (node) => el("code", node.text),
  link: (node, context) => outsideLink(node.url, viewAll(node.children, context)),
  emoji: (node) => el("span.emoji", { title: "a custom emoji" }, `:${node.name}:`),
  user: (node, { world }) => el("span.mention", `@${world.users.has(node.id) ? nameOf(world.users.get(node.id)) : "unknown-user"}`),
  role: (node, { world }) => el("span.mention", `@${world.role(node.id)?.name ?? "unknown-role"}`),
  everyone: (node) => el("span.mention", node.text),
  command: (node) => el("span.mention", `/${node.name}`),
  channel: channelLink,
  timestamp: (node, { world }) => {
    const { text, title } = timestamp(node.seconds, node.style, world.now());
    return el("time.timestamp", { title }, text);
  },
};

function channelLink(node, { world, openChannel }) {
  const channel = world.channels.get(node.id);
  if (!channel) return el("span.mention", "#unknown");
  return el("button.mention", { type: "button", onclick: () => openChannel(channel.id) }, `#${channel.name}`);
}

function codeBlock(node) {
  const copy = el("button.copy", { type: "button", title: "Copy the code", onclick: () => copyText(copy, node.text) }, "Copy");
  const code = el("code", highlight(node.text, node.language).map(({ kind, text }) => (kind ? el(`span.code-${kind}`, text) : text)));
  return el("div.code-block", el("div.code-head", el("span", node.language || "text"), copy), el("pre", { tabindex: "0" }, code));
}

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

function spoiler(node, context) {
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    cover.classList.add("shown");
    cover.removeAttribute("role");
  };
  const cover = el("span.spoiler", { role: "button", tabindex: "0", title: "A spoiler: press to see it", onclick: reveal, onkeydown: reveal },
    el("span", viewAll(node.children, context)));
  return cover;
}
