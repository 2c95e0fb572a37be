// The box where a person writes: messages, mentions with suggestions, slash commands with theirs, files, replies.
import { commandOptions, readLine, suggestions } from "./command_line.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { nameOf } from "./world.js";

const TYPING_EVERY = 8000;
const LARGEST_FILE = 8 << 20;

export class Composer {
  // `actions`: {send(content, {replyTo, files}), run(line, options), autocomplete(line, option, options), typing(), notify(text)}.
  constructor(root, context, actions) {
    Object.assign(this, { root, context, actions, replyTo: null, files: [], items: [], chosen: 0, lastTyping: 0, asked: 0 });
    this.box = root.querySelector("textarea");
    this.list = root.querySelector(".suggestions");
    this.note = root.querySelector(".composer-note");
    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => setTimeout(() => this.suggest([]), 150));
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    root.querySelector(".attach").append(icon("plus"));
    root.querySelector(".send").append(icon("send"));
    const picker = root.querySelector("input[type=file]");
    root.querySelector(".attach").addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => this.attach([...picker.files]).finally(() => (picker.value = "")));
    this.box.addEventListener("paste", (event) => this.takeFiles(event, event.clipboardData));
    document.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
    document.addEventListener("drop", (event) => this.takeFiles(event, event.dataTransfer));
  }

  // What is dropped anywhere on the page, or pasted into the box.
  takeFiles(event, data) {
    if (!data?.files.length) return;
    event.preventDefault();
    this.attach([...data.files]);
  }

  focus() {
    this.box.focus();
  }

  reply(message) {
    this.replyTo = message;
    this.showNote();
    this.focus();
  }

  clear() {
    this.box.value = "";
    this.replyTo = null;
    this.files = [];
    this.showNote();
    this.changed();
  }

  changed() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 240)}px`;
    const text = this.box.value;
    if (text && !text.startsWith("/") && Date.now() - this.lastTyping > TYPING_EVERY) {
      this.lastTyping = Date.now();
      this.actions.typing();
    }
    this.lookUp(text);
  }

  lookUp(text) {
    const turn = ++this.asked;
    if (!text.startsWith("/")) return this.suggest(this.mentions(text));
    const found = suggestions(text, this.context.world.commands, this.context.world);
    if (found.kind !== "autocomplete") return this.suggest(found.items);
    const line = readLine(text, this.context.world.commands);
    const start = text.slice(0, text.length - found.value.length);
    this.suggest([{ label: "Asking the bot…", insert: null }]);
    this.actions.autocomplete(line, found.option, commandOptions(line, this.context.world, { partial: true }).options).then(
      (choices) => {
        if (turn !== this.asked) return;
        this.suggest(choices.filter((choice) => choice.name !== found.value).map((choice) => ({ label: choice.name, insert: `${start}${choice.value} ` })));
      },
      (error) => turn === this.asked && this.suggest([{ label: error.message, insert: null }]));
  }

  // "@co" or "#te" at the end of what stands before the cursor.
  mentions(text) {
    const before = text.slice(0, this.box.selectionStart);
    const match = /(?:^|\s)([@#])([\w.-]*)$/.exec(before);
    if (!match) return [];
    const [, sign, part] = match;
    const { world } = this.context;
    const all = sign === "@"
      ? [...world.users.values()].map((user) => ({ label: `@${user.username}`, detail: user.bot ? "bot" : "", text: `@${user.username}` }))
      : [...world.channels.values()].map((channel) => ({ label: `#${channel.name}`, detail: "", text: `<#${channel.id}>` }));
    const after = text.slice(this.box.selectionStart);
    const head = before.slice(0, before.length - part.length - 1);
    return all.filter((each) => each.label.slice(1).toLowerCase().startsWith(part.toLowerCase()))
      .sort((a, b) => (b.detail > a.detail ? 1 : b.detail < a.detail ? -1 : 0))
      .map((each) => ({ ...each, insert: `${head}${each.text} ${after.trimStart()}`, cursor: head.length + each.text.length + 1 }));
  }

  suggest(items) {
    this.items = items;
    this.chosen = 0;
    this.list.hidden = items.length === 0;
    this.list.replaceChildren(...items.map((item, i) =>
      el("li", { role: "option", "aria-selected": String(i === 0), onmousedown: (event) => (event.preventDefault(), this.take(item)) },
        el("span.suggestion", item.label), item.detail && el("span.hint", item.detail))));
  }

  take(item) {
    if (item.insert === null) return;
    this.box.value = item.insert;
    const cursor = item.cursor ?? item.insert.length;
    this.box.setSelectionRange(cursor, cursor);
    this.focus();
    this.changed();
  }

  move(by) {
    this.chosen = (this.chosen + by + this.items.length) % this.items.length;
    [...this.list.children].forEach((child, i) => child.setAttribute("aria-selected", String(i === this.chosen)));
    this.list.children[this.chosen].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const open = this.items.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) this.move(event.key === "ArrowDown" ? 1 : -1);
    else if (open && event.key === "Tab") this.take(this.items[this.chosen]);
    else if (event.key === "Escape" && (open || this.replyTo)) open ? this.suggest([]) : this.reply(null);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.enter();
    else return;
    event.preventDefault();
  }

  // Enter takes a suggestion while a name is being written, and sends when the line is already complete.
  enter() {
    const item = this.items[this.chosen];
    const complete = !item || item.insert === null || (this.box.value.startsWith("/") && this.complete());
    if (complete) this.submit();
    else this.take(item);
  }

  complete() {
    const line = readLine(this.box.value, this.context.world.commands);
    return line && line.expects === "options" && !line.focused && !commandOptions(line, this.context.world).error;
  }

  submit() {
    const text = this.box.value.trim();
    if (text.startsWith("/") && this.context.world.commands.length > 0) return this.submitCommand(this.box.value);
    if (!text && this.files.length === 0) return;
    this.actions.send(text, { replyTo: this.replyTo?.id, files: this.files }).then(() => this.clear(), (error) => this.actions.notify(error.message));
  }

  submitCommand(text) {
    const line = readLine(text, this.context.world.commands);
    if (!line) return this.actions.notify(`No command is called “${text.split(/\s/)[0]}”. Type / to see what there is.`);
    const { options, error } = commandOptions(line, this.context.world);
    if (error) return this.actions.notify(error);
    this.clear();
    this.actions.run(line, options);
  }

  async attach(files) {
    for (const file of files) {
      if (file.size > LARGEST_FILE) {
        this.actions.notify(`${file.name} is larger than 8 MiB, which is more than this page sends.`);
        continue;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      let binary = "";
      for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
      this.files.push({ filename: file.name, content_type: file.type || "application/octet-stream", base64: btoa(binary) });
    }
    this.showNote();
    this.focus();
  }

  showNote() {
    const drop = (title, action) => el("button", { type: "button", title, "aria-label": title, onclick: action }, "✕");
    const parts = [];
    if (this.replyTo)
      parts.push(el("span.chip", "Replying to ", el("strong", nameOf(this.replyTo.author)), drop("Do not reply", () => this.reply(null))));
    this.files.forEach((file, i) =>
      parts.push(el("span.chip", icon("file"), file.filename, drop("Leave it out", () => (this.files.splice(i, 1), this.showNote())))));
    this.note.hidden = parts.length === 0;
    this.note.replaceChildren(...parts);
  }
}
