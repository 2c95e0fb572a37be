// The messages of the open channel, kept in step with the world one element at a time: what is pressed, opened or
// selected in other messages stays as it is.
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { messageView } from "./message_view.js";
import { dayName } from "./time.js";
import { isThread } from "./world.js";

const NEAR_BOTTOM = 120;

export class Timeline {
  constructor(box, context, actions) {
    this.box = box;
    this.context = context;
    this.actions = { ...actions, dismiss: (message) => this.dismiss(message), jump: (id) => this.jump(id) };
    this.dismissed = new Set();
    this.channel = null;
    this.more = false; // earlier messages may be had
  }

  show(channel, more) {
    this.channel = channel;
    this.more = more;
    this.rebuild();
    this.toBottom();
  }

  rebuild() {
    const messages = this.visible();
    const children = [this.beginning()];
    messages.forEach((message, i) => children.push(...this.elementsFor(message, messages[i - 1])));
    this.box.replaceChildren(...children);
  }

  created(id) {
    const messages = this.visible();
    const at = messages.findIndex((message) => message.id === id);
    if (at < 0) return;
    if (at !== messages.length - 1) return this.rebuild();
    this.keepingBottom(() => this.box.append(...this.elementsFor(messages[at], messages[at - 1])));
  }

  updated(id) {
    const messages = this.visible();
    const at = messages.findIndex((message) => message.id === id);
    const old = this.element(id);
    if (at < 0 || !old) return this.created(id);
    this.keepingBottom(() => old.replaceWith(messageView(messages[at], messages[at - 1], this.context, this.actions)));
  }

  deleted() {
    this.keepingBottom(() => this.rebuild());
  }

  visible() {
    return this.context.world.list(this.channel.id).filter(
      (message) => (!message.ephemeral_for || message.ephemeral_for === this.context.me) && !this.dismissed.has(message.id));
  }

  elementsFor(message, previous) {
    const day = dayName(new Date(message.timestamp));
    const turned = !previous || dayName(new Date(previous.timestamp)) !== day;
    const element = messageView(message, turned ? null : previous, this.context, this.actions);
    return turned ? [el("div.day", { role: "separator" }, el("span", day)), element] : [element];
  }

  beginning() {
    if (this.more) return el("button.button.button-secondary.earlier", { type: "button", onclick: () => this.context.loadEarlier() }, "Earlier messages");
    const bot = this.context.world.bot?.username ?? "the bot";
    return el("div.beginning", el("div.beginning-mark", { "aria-hidden": "true" }, isThread(this.channel) ? icon("thread") : "#"),
      el("h2", isThread(this.channel) ? this.channel.name : `Welcome to #${this.channel.name}`),
      el("p", `Mention @${bot} to talk to it, or type / to see its commands.`));
  }

  element(id) {
    return this.box.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  jump(id) {
    const element = this.element(id);
    if (!element) return;
    element.scrollIntoView({ block: "center", behavior: "smooth" });
    element.classList.add("flash");
    setTimeout(() => element.classList.remove("flash"), 1600);
  }

  dismiss(message) {
    this.dismissed.add(message.id);
    this.rebuild();
  }

  keepingBottom(change) {
    const atBottom = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_BOTTOM;
    change();
    if (atBottom) this.toBottom();
  }

  toBottom() {
    this.box.scrollTop = this.box.scrollHeight;
  }
}
