// The page put together: the stream changes the world, the world is shown, what is pressed becomes a request.
import { Composer } from "./composer.js";
import { connect, control } from "./control.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { dots } from "./message_view.js";
import { askModal } from "./modal_view.js";
import { channelList, memberList } from "./sidebar.js";
import { Timeline } from "./timeline.js";
import { isThread, nameOf, World } from "./world.js";

const PAGE_SIZE = 50;
const $ = (selector) => document.querySelector(selector);

const world = new World();
const state = { current: null, unread: new Set(), stream: "connecting" };
const context = { world, me: null, openChannel, loadEarlier };

const timeline = new Timeline($("#messages"), context, {
  reply: (message) => composer.reply(message),
  react: (message, emoji, remove) =>
    attempt(control.react({ channel: message.channel_id, message: message.id, emoji: emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name, user: context.me, remove })),
  edit: editMessage,
  remove: (message) => attempt(control.remove(message.channel_id, message.id)),
  thread: startThread,
  press: pressComponent,
  app: (message, command) => runCommand({ name: command.name, target: message.id }),
});

const composer = new Composer($("#composer"), context, {
  send: sendMessage,
  run: (line, options) => runCommand({ name: line.command.name, options }),
  autocomplete: askChoices,
  typing: () => control.typing(state.current, context.me).catch(() => {}),
  notify,
});

connect(changed, (stream) => {
  state.stream = stream;
  showConnection();
});
setInterval(showTyping, 1000);
$("#menu").append(icon("menu"));
$("#menu").addEventListener("click", () => document.body.classList.toggle("drawer"));
$("#shade").addEventListener("click", () => document.body.classList.remove("drawer"));
$("#who").addEventListener("change", (event) => becomes(event.target.value));
$("#mention").addEventListener("click", (event) => setMention(event.currentTarget.getAttribute("aria-pressed") !== "true"));
addEventListener("hashchange", () => openFromAddress());

// What came over the stream.
function changed(change) {
  const { what, channel, message } = world.apply(change);
  const here = channel === state.current && channel === timeline.channel?.id;
  switch (what) {
    case "everything": return begin();
    case "message_created":
      if (here) timeline.created(message);
      else if (channel !== state.current) markUnread(channel);
      return showTyping();
    case "message_updated": return here && timeline.updated(message);
    case "message_deleted": return here && timeline.deleted();
    case "typing": return showTyping();
    case "channels": return showChannels();
    case "gateway": return showConnection();
  }
}

function begin() {
  const people = world.people();
  const wanted = localStorage.getItem("playground-user");
  const me = people.find((user) => user.id === (context.me ?? wanted)) ?? people[0];
  $("#who").replaceChildren(...people.map((user) => el("option", { value: user.id, selected: user === me }, nameOf(user))));
  context.me = me?.id ?? null;
  const bot = world.bot?.username ?? "bot";
  $("#mention").textContent = `@${bot}`;
  $("#mention").title = `Put @${bot} before what I write, so that the bot answers`;
  showConnection();
  state.current = world.channels.has(state.current) ? state.current : null;
  openFromAddress();
}

function openFromAddress() {
  const wanted = location.hash.slice(1);
  const byName = [...world.channels.values()].find((channel) => channel.id === wanted || channel.name === wanted);
  const first = [...world.channels.values()].find((channel) => !isThread(channel));
  const channel = byName ?? world.channels.get(state.current) ?? first;
  if (channel) openChannel(channel.id);
  else showChannels();
}

async function openChannel(id) {
  state.current = id;
  state.unread.delete(id);
  document.body.classList.remove("drawer");
  if (location.hash !== `#${id}`) history.replaceState(null, "", `#${id}`);
  showChannels();
  if (!world.messages.has(id)) {
    world.load(id, []); // from here on the stream's changes are kept
    const page = await attempt(control.messages(id));
    if (page) world.load(id, page.messages);
    state.full = { ...state.full, [id]: (page?.messages.length ?? 0) < PAGE_SIZE };
  }
  if (state.current !== id || !world.channels.has(id)) return;
  timeline.show(world.channels.get(id), !state.full?.[id]);
  showTyping();
  if (matchMedia("(hover: hover)").matches) composer.focus();
}

async function loadEarlier() {
  const id = state.current;
  const first = world.list(id)[0];
  const page = first && (await attempt(control.messages(id, first.id)));
  if (!page) return;
  world.load(id, page.messages);
  const height = $("#messages").scrollHeight;
  timeline.more = page.messages.length === PAGE_SIZE;
  state.full[id] = !timeline.more;
  timeline.rebuild();
  $("#messages").scrollTop += $("#messages").scrollHeight - height;
}

function showChannels() {
  const channel = world.channels.get(state.current);
  $("#channels").replaceChildren(...channelList(world, state, { open: openChannel, addChannel }));
  $("#members").replaceChildren(...memberList(world));
  $("#channel-name").replaceChildren(...(channel ? [isThread(channel) ? icon("thread") : "#", ` ${channel.name}`] : []));
  $("#topic").textContent = channel?.topic ?? "";
  composer.box.placeholder = channel ? `Message ${isThread(channel) ? "" : "#"}${channel.name}` : "";
  document.title = `${state.unread.size ? `(${state.unread.size}) ` : ""}${channel ? `#${channel.name} · ` : ""}Playground`;
}

function markUnread(channel) {
  if (!world.channels.has(channel)) return;
  state.unread.add(channel);
  showChannels();
}

function showConnection() {
  const pill = $("#connection");
  const bot = world.bot?.username ?? "The bot";
  const online = state.stream === "open" && world.botOnline;
  pill.className = online ? "online" : state.stream === "open" ? "offline" : "broken";
  pill.lastElementChild.textContent = state.stream !== "open" ? "Reconnecting to the playground…" : online ? `${bot} is online` : `${bot} is offline`;
  $("#members").replaceChildren(...memberList(world));
}

function showTyping() {
  const typists = state.current ? world.typists(state.current, context.me) : [];
  const names = typists.map((user) => el("strong", nameOf(user)));
  const joined = names.flatMap((name, i) => (i === 0 ? [name] : [i === names.length - 1 ? " and " : ", ", name]));
  $("#typing").replaceChildren(...(typists.length ? [dots(), ...joined, typists.length === 1 ? " is typing…" : " are typing…"] : []));
}

function becomes(user) {
  context.me = user;
  localStorage.setItem("playground-user", user);
  if (timeline.channel) timeline.rebuild();
  showTyping();
}

function setMention(on) {
  $("#mention").setAttribute("aria-pressed", String(on));
  composer.focus();
}

// Requests.

async function sendMessage(content, { replyTo, files }) {
  const bot = world.bot?.username;
  const named = bot && content.toLowerCase().includes(`@${bot.toLowerCase()}`);
  const mention = $("#mention").getAttribute("aria-pressed") === "true" && !named;
  await control.send({ channel: state.current, author: context.me, content, reply_to: replyTo, mention_bot: mention, attachments: files.length ? files : undefined });
  timeline.toBottom();
}

function editMessage(message) {
  const box = el("textarea.edit-box", { rows: Math.min(message.content.split("\n").length + 1, 10), "aria-label": "Edit the message" });
  const finish = (save) => {
    if (save && box.value.trim() && box.value !== message.content) attempt(control.edit(message.channel_id, message.id, box.value));
    timeline.updated(message.id);
  };
  box.value = message.content;
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") finish(false);
    else if (event.key === "Enter" && !event.shiftKey) finish(true);
    else return;
    event.preventDefault();
  });
  timeline.element(message.id).querySelector(".message-body .markdown").replaceWith(
    el("div", box, el("p.hint", "Enter saves, Escape leaves it as it was.")));
  box.focus();
}

async function startThread(message) {
  const name = prompt("The thread's name", message.content.replace(/<@!?\d+>/g, "").trim().slice(0, 60) || "A thread");
  if (!name?.trim()) return;
  const made = await attempt(control.thread({ channel: message.channel_id, message: message.id, name: name.trim(), author: context.me }));
  if (made) openChannel(made.channel.id);
}

async function addChannel(guild) {
  const name = prompt(`The new channel's name in ${guild.name}`);
  if (!name?.trim()) return;
  const made = await attempt(control.channel(name.trim().replace(/^#/, ""), guild.id));
  if (made) openChannel(made.channel.id);
}

async function runCommand(what) {
  await interact(control.run({ channel: state.current, user: context.me, ...what }));
}

async function askChoices(line, option, options) {
  const answer = await control.autocomplete({ channel: state.current, user: context.me, name: line.command.name, options, focused: option.name });
  if (answer.response.kind !== "autocomplete") throw new Error(answer.response.error ?? "The bot made no suggestions.");
  return answer.response.choices;
}

async function pressComponent(message, customId, values) {
  await interact(control.press({ channel: message.channel_id, message: message.id, custom_id: customId, values, user: context.me }));
}

// Messages come over the stream; what is left to do here is to ask a modal's questions and to say what failed.
async function interact(request) {
  const result = await attempt(request);
  const response = result?.response;
  if (response?.kind === "failed") notify(`This interaction failed: ${response.error}`);
  if (response?.kind !== "modal") return;
  const fields = await askModal(response.modal, context);
  if (fields) await interact(control.submit({ interaction: result.interaction.id, fields, user: context.me }));
}

async function attempt(promise) {
  try {
    return await promise;
  } catch (error) {
    notify(error.message);
    return null;
  }
}

function notify(text) {
  const toast = el("div.toast", { role: "alert" }, text);
  $("#toasts").append(toast);
  setTimeout(() => toast.remove(), 6000);
}
