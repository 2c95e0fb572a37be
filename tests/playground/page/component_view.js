// Message components: buttons and selects that work, and the layout ones as far as they carry text.
// https://discord.com/developers/docs/components/reference
import { el, outsideLink } from "./dom.js";
import { picture } from "./embed_view.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown_view.js";
import { isThread, nameOf } from "./world.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };

// `press(custom_id, values)` resolves when the bot has answered and rejects with a sentence.
export function componentView(component, context, press) {
  const maker = VIEWS[component.type];
  return maker ? maker(component, context, press) : el("div.unknown-component", `A component of type ${component.type}, which this page does not show.`);
}

const children = (component, context, press) => (component.components ?? []).map((child) => componentView(child, context, press));

const VIEWS = {
  1: (row, context, press) => el("div.action-row", children(row, context, press)),
  2: button,
  3: select,
  5: select,
  6: select,
  7: select,
  8: select,
  9: (section, context, press) =>
    el("div.section", el("div.section-text", children(section, context, press)),
      section.accessory && componentView(section.accessory, context, press)),
  10: (text, context) => markdown(text.content ?? "", context),
  11: (thumbnail) => picture(thumbnail.media?.url ?? "", thumbnail.description ?? "a thumbnail"),
  12: (gallery) => el("div.gallery", (gallery.items ?? []).map((item) => picture(item.media?.url ?? "", item.description ?? "an image"))),
  13: (file) => el("div.file", icon("file"), file.file?.url ?? ""),
  14: (separator) => el(separator.divider === false ? "div.gap" : "hr"),
  17: (container, context, press) =>
    el("article.embed", { style: container.accent_color ? { "--bar": `#${container.accent_color.toString(16).padStart(6, "0")}` } : {} },
      children(container, context, press)),
};

function button(component, context, press) {
  const label = [component.emoji?.name && el("span.button-emoji", component.emoji.id ? `:${component.emoji.name}:` : component.emoji.name), component.label];
  if (component.style === 5) {
    const link = outsideLink(component.url ?? "", label, " ↗");
    link.classList.add("button", "button-link");
    return link;
  }
  const element = el(`button.button.button-${BUTTON_STYLES[component.style] ?? "secondary"}`,
    { type: "button", disabled: Boolean(component.disabled), onclick: () => busyWhile(element, press(component.custom_id)) }, label);
  return element;
}

async function busyWhile(element, promise) {
  element.disabled = true;
  element.classList.add("busy");
  await promise.catch(() => {}); // who made the promise shows the error
  element.disabled = false;
  element.classList.remove("busy");
}

function select(component, context, press) {
  const options = selectOptions(component, context.world);
  const several = (component.max_values ?? 1) > 1;
  const box = selectBox(component, options, several);
  const send = () => {
    const values = [...box.selectedOptions].map((option) => option.value).filter(Boolean);
    if (values.length > 0 || component.min_values === 0) busyWhile(box, press(component.custom_id, values));
  };
  if (!several) box.addEventListener("change", send);
  return el("div.select", box, several && el("button.button.button-secondary", { type: "button", onclick: send }, "Choose"));
}

// The element alone, for a message and for a modal.
export function selectBox(component, options, several) {
  return el("select", { multiple: several, size: several ? Math.min(options.length, 6) : undefined,
    disabled: Boolean(component.disabled), "aria-label": component.placeholder ?? "Choose" },
    !several && el("option", { value: "" }, component.placeholder ?? "Choose…"),
    options.map((option) =>
      el("option", { value: option.value, selected: Boolean(option.default) }, option.description ? `${option.label} (${option.description})` : option.label)));
}

// Of a string select its own, of the others what the world has.
export function selectOptions(component, world) {
  const users = () => [...world.users.values()].map((user) => ({ value: user.id, label: `@${nameOf(user)}` }));
  const roles = () => [...world.guilds.values()].flatMap((guild) => guild.roles ?? []).map((role) => ({ value: role.id, label: `@${role.name}` }));
  const channels = () => [...world.channels.values()].filter((channel) => !isThread(channel)).map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
  switch (component.type) {
    case 5: return users();
    case 6: return roles();
    case 7: return [...users(), ...roles()];
    case 8: return channels();
    default: return component.options ?? [];
  }
}
