// A modal of the bot as a dialog. Asks, and gives the fields back by custom_id.
import { el } from "./dom.js";
import { selectBox, selectOptions } from "./component_view.js";
import { markdown } from "./markdown_view.js";

// Resolves to {custom_id: value} or, when the person thinks better of it, to null.
export function askModal(modal, context) {
  return new Promise((resolve) => {
    const readers = new Map();
    const rows = (modal.components ?? []).map((component) => row(component, context, readers));
    const form = el("form", { method: "dialog" },
      el("h2", modal.title ?? "A form"),
      el("p.hint", `This form comes from ${context.world.bot?.username ?? "the bot"}.`), rows,
      el("div.dialog-buttons",
        el("button.button.button-secondary", { type: "button", onclick: () => dialog.close() }, "Cancel"),
        el("button.button.button-primary", { type: "submit", value: "submit" }, "Submit")));
    const dialog = el("dialog.modal", form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "submit" ? Object.fromEntries([...readers].map(([id, read]) => [id, read()])) : null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function row(component, context, readers) {
  if (component.type === 10) return markdown(component.content ?? "", context);
  if (component.type === 1) return (component.components ?? []).map((child) => field(child, child.label, "", context, readers));
  if (component.type === 18) return field(component.component, component.label, component.description, context, readers);
  return el("p.hint", `A component of type ${component.type}, which this page does not show.`);
}

function field(component, label, description, context, readers) {
  const maker = FIELDS[component.type];
  if (!maker) return el("p.hint", `“${label}” is a field of type ${component.type}, which this page does not show.`);
  const { element, read } = maker(component, context);
  readers.set(component.custom_id, read);
  return el("label.field", el("span.field-label", label, component.required !== false && el("span.required", " *")),
    description && el("span.hint", description), element);
}

const FIELDS = {
  4: textInput,
  3: selectField,
  5: selectField,
  6: selectField,
  7: selectField,
  8: selectField,
  21: (component) => choices(component, "radio", (values) => values[0] ?? null),
  22: (component) => choices(component, "checkbox", (values) => values),
  23: (component) => {
    const element = el("input", { type: "checkbox", checked: Boolean(component.default) });
    return { element, read: () => element.checked };
  },
};

function textInput(component) {
  const properties = {
    placeholder: component.placeholder, required: component.required !== false,
    minlength: component.min_length, maxlength: component.max_length ?? 4000, rows: 5,
  };
  const element = el(component.style === 2 ? "textarea" : "input", properties);
  element.value = component.value ?? "";
  return { element, read: () => element.value };
}

function selectField(component, context) {
  const several = (component.max_values ?? 1) > 1;
  const element = selectBox(component, selectOptions(component, context.world), several);
  element.required = component.required !== false;
  return { element, read: () => [...element.selectedOptions].map((option) => option.value).filter(Boolean) };
}

function choices(component, type, result) {
  const inputs = (component.options ?? []).map((option) =>
    el("input", { type, name: component.custom_id, value: option.value, checked: Boolean(option.default) }));
  const element = el("div.choices", inputs.map((input, i) => el("label", input, " ", component.options[i].label)));
  return { element, read: () => result(inputs.filter((input) => input.checked).map((input) => input.value)) };
}
