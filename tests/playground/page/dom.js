// Elements without markup: text only ever becomes text nodes, so nothing that a user writes is parsed as HTML.

// el("button.primary", {title: "Send", onclick: send}, "Send"). Children may be nodes, texts, arrays or nothing.
export function el(name, ...rest) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  element.classList.add(...classes);
  const [first] = rest;
  const properties = isProperties(first) ? first : {};
  for (const [key, value] of Object.entries(properties)) setProperty(element, key, value);
  element.append(...nodes(properties === first ? rest.slice(1) : rest));
  return element;
}

const isProperties = (value) => value && typeof value === "object" && !Array.isArray(value) && !(value instanceof Node);

function setProperty(element, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key === "dataset") Object.assign(element.dataset, value);
  else if (key === "style") for (const [name, each] of Object.entries(value)) element.style.setProperty(name, each);
  else element.setAttribute(key, value === true ? "" : value);
}

const nodes = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");

// An outside address, if it is one that a page may lead to.
export function safeUrl(url) {
  try {
    const parsed = new URL(url, location.href);
    return /^(https?|mailto):$/.test(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

export function outsideLink(url, ...children) {
  const safe = safeUrl(url);
  return safe ? el("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...children) : el("span", ...children);
}

// Attachments are the playground's own files, under whatever name it is reached; other pictures are not loaded.
export function ownFile(url) {
  try {
    const parsed = new URL(url, location.href);
    return parsed.pathname.startsWith("/attachments/") ? parsed.pathname : null;
  } catch {
    return null;
  }
}
