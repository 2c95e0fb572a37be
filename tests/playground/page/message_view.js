// One message as an element: who, when, what it answers, what it says, and what one can do with it.
import { componentView } from "./component_view.js";
import { el } from "./dom.js";
import { attachmentView, embedView } from "./embed_view.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown_view.js";
import { parse, plainText } from "./markdown.js";
import { clockTime, fullTime, messageTime } from "./time.js";
import { isThread, nameOf } from "./world.js";

const GROUPED_FOR = 7 * 60 * 1000;
const TYPE_THREAD_CREATED = 18;
export const QUICK_REACTIONS = ["👍", "👎", "✅", "❌", "👀", "⏳", "🎉", "😄", "🤔", "❤️", "🔥", "🚀"];

export function avatar(user) {
  const name = nameOf(user);
  let hue = 0;
  for (const c of name) hue = (hue * 53 + c.codePointAt(0)) % 360;
  const initials = name.split(/[\s_.-]+/).filter(Boolean).map((word) => [...word][0]).slice(0, 2).join("").toUpperCase();
  return el("span.avatar", { style: { "--hue": hue }, "aria-hidden": "true" }, initials || "?");
}

// `actions` is what the page lets one do: {reply, react, edit, remove, thread, press, dismiss, jump, apps}.
export function messageView(message, previous, context, actions) {
  const when = new Date(message.timestamp);
  if (message.type === TYPE_THREAD_CREATED) return systemView(message, when, context);
  const follows = continues(message, previous, when);
  const mentioned = message.mentions?.some((user) => user.id === context.me) && message.author.id !== context.me;
  const element = el(`article.message${follows ? ".follows" : ""}${mentioned ? ".mentions-me" : ""}${message.ephemeral_for ? ".ephemeral" : ""}`,
    { dataset: { id: message.id }, "aria-label": `${nameOf(message.author)}, ${fullTime(when)}` },
    above(message, context, actions),
    follows ? el("time.side-time", { title: fullTime(when) }, clockTime(when)) : avatar(message.author),
    el("div.message-body", !follows && heading(message, when, context), body(message, context, actions)),
    tools(message, context, actions));
  return element;
}

function continues(message, previous, when) {
  return Boolean(previous) && previous.author.id === message.author.id && !message.message_reference && !message.interaction_metadata &&
    previous.type !== TYPE_THREAD_CREATED && Boolean(previous.ephemeral_for) === Boolean(message.ephemeral_for) &&
    when - new Date(previous.timestamp) < GROUPED_FOR && when.toDateString() === new Date(previous.timestamp).toDateString();
}

function systemView(message, when, context) {
  return el("article.message.system", { dataset: { id: message.id } }, el("span.system-mark", { "aria-hidden": "true" }, "#"),
    el("div.message-body", el("strong", nameOf(message.author)), ` started a thread: ${message.content} `,
      el("time", { title: fullTime(when) }, messageTime(when, context.world.now()))));
}

// The quoted message or the command that this one answers.
function above(message, context, actions) {
  const { user, name } = message.interaction_metadata ?? {};
  if (user && name) return el("div.above", el("span.above-name", nameOf(user)), " used ", el("span.mention", `/${name}`));
  if (!message.message_reference || message.type === 6) return null;
  const quoted = message.referenced_message;
  if (!quoted) return el("div.above", el("em", "The message that this answers was deleted."));
  const preview = plainText(parse(quoted.content)) || (quoted.embeds?.length ? "an embed" : "an attachment");
  return el("button.above", { type: "button", title: "Go to that message", onclick: () => actions.jump(quoted.id) },
    avatar(quoted.author), el("span.above-name", nameOf(quoted.author)), el("span.above-text", withNames(preview, quoted, context)));
}

// plainText knows no names; a message's own mentions do.
function withNames(preview, message, { world }) {
  const names = [...message.content.matchAll(/<@!?(\d+)>/g)].map(([, id]) => nameOf(world.users.get(id)));
  return preview.replace(/@…/g, () => `@${names.shift() ?? "…"}`).slice(0, 200);
}

function heading(message, when, context) {
  return el("header", el("span.author", nameOf(message.author)), message.author.bot && el("span.badge", "BOT"),
    el("time", { title: fullTime(when), datetime: message.timestamp }, messageTime(when, context.world.now())));
}

function body(message, context, actions) {
  const press = (customId, values) => actions.press(message, customId, values);
  return [
    message.loading ? el("p.thinking", dots(), `${nameOf(message.author)} is thinking…`) : message.content && contentView(message, context),
    (message.attachments ?? []).map(attachmentView),
    (message.embeds ?? []).map((embed) => embedView(embed, context)),
    message.components?.length > 0 && el("div.components", message.components.map((component) => componentView(component, context, press))),
    message.reactions?.length > 0 && el("div.reactions", message.reactions.map((reaction) => reactionView(message, reaction, context, actions))),
    message.thread && threadLink(message.thread, context),
    message.ephemeral_for && el("p.only-you", icon("eye"), " Only you can see this • ",
      el("button.plain-link", { type: "button", onclick: () => actions.dismiss(message) }, "Dismiss")),
  ];
}

function contentView(message, context) {
  const content = markdown(message.content, context);
  if (!message.edited_timestamp) return content;
  const mark = el("span.edited", { title: `Edited ${fullTime(new Date(message.edited_timestamp))}` }, "(edited)");
  const last = content.lastElementChild;
  if (last?.tagName === "P") last.append(" ", mark);
  else content.append(mark);
  return content;
}

export const dots = () => el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i"));

function reactionView(message, reaction, context, actions) {
  const mine = reaction.user_ids?.includes(context.me) ?? false;
  const who = (reaction.user_ids ?? []).map((id) => nameOf(context.world.users.get(id))).join(", ");
  return el(`button.reaction${mine ? ".mine" : ""}`,
    { type: "button", title: who, "aria-pressed": String(mine), onclick: () => actions.react(message, reaction.emoji, mine) },
    el("span", reaction.emoji.id ? `:${reaction.emoji.name}:` : reaction.emoji.name), el("b", String(reaction.count)));
}

const threadLink = (thread, context) =>
  el("button.thread-link", { type: "button", onclick: () => context.openChannel(thread.id) },
    icon("thread"), " ", el("strong", thread.name), ` ${thread.message_count ?? 0} messages ›`);

function tools(message, context, actions) {
  if (message.ephemeral_for) return null;
  const own = message.author.id === context.me;
  const inThread = isThread(context.world.channels.get(message.channel_id) ?? {});
  const tool = (sign, title, action) => el("button", { type: "button", title, "aria-label": title, onclick: () => action() }, sign);
  const bar = el("div.tools",
    tool(icon("react"), "Add a reaction", () => palette.classList.toggle("open")),
    tool(icon("reply"), "Reply", () => actions.reply(message)),
    !message.thread && !inThread && tool(icon("thread"), "Start a thread here", () => actions.thread(message)),
    own && tool(icon("edit"), "Edit", () => actions.edit(message)),
    own && tool(icon("remove"), "Delete", () => actions.remove(message)),
    context.world.commands.filter((command) => command.type === 3).map((command) => tool(icon("app"), command.name, () => actions.app(message, command))));
  const palette = el("div.palette", QUICK_REACTIONS.map((name) =>
    tool(name, `React with ${name}`, () => {
      palette.classList.remove("open");
      actions.react(message, { id: null, name }, false);
    })));
  bar.append(palette);
  return bar;
}
