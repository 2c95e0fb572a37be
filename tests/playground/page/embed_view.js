// Embeds and attachments. Pictures from elsewhere are shown as links: the page talks to nobody but the playground.
import { el, outsideLink, ownFile } from "./dom.js";
import { icon } from "./icons.js";
import { inlineMarkdown, markdown } from "./markdown_view.js";
import { messageTime } from "./time.js";

export function embedView(embed, context) {
  const title = embed.title && (embed.url ? outsideLink(embed.url, inlineMarkdown(embed.title, context)) : inlineMarkdown(embed.title, context));
  const bar = embed.color !== undefined && embed.color !== null ? { "--bar": `#${embed.color.toString(16).padStart(6, "0")}` } : {};
  return el("article.embed", { style: bar },
    embed.author?.name && el("div.embed-author", embed.author.url ? outsideLink(embed.author.url, embed.author.name) : embed.author.name),
    title && el("div.embed-title", title),
    embed.description && markdown(embed.description, context),
    embed.fields?.length > 0 && el("div.embed-fields", embed.fields.map((field) => fieldView(field, context))),
    embed.image?.url && picture(embed.image.url, embed.image.description ?? "the embed's image"),
    embed.thumbnail?.url && picture(embed.thumbnail.url, "the embed's thumbnail"),
    footer(embed, context));
}

const fieldView = (field, context) =>
  el(field.inline ? "div.embed-field.inline" : "div.embed-field",
    el("div.embed-field-name", inlineMarkdown(field.name, context)), markdown(field.value ?? "", context));

function footer(embed, context) {
  const parts = [embed.footer?.text, embed.timestamp && messageTime(new Date(embed.timestamp), context.world.now())].filter(Boolean);
  return parts.length > 0 && el("div.embed-footer", parts.join(" • "));
}

export function picture(url, name) {
  const own = ownFile(url);
  if (!own) return el("div.outside-picture", icon("picture"), " ", outsideLink(url, url));
  return el("a.picture", { href: own, target: "_blank", rel: "noopener" }, el("img", { src: own, alt: name, loading: "lazy" }));
}

export function attachmentView(attachment) {
  if (/^image\/(png|jpe?g|gif|webp)/.test(attachment.content_type ?? "")) {
    const image = picture(attachment.url, attachment.description ?? attachment.filename);
    image.title = attachment.filename;
    return image;
  }
  return el("div.file", { title: attachment.description ?? attachment.filename }, icon("file"),
    el("div", el("a.file-name", openedOrSaved(attachment), attachment.filename),
      el("div.file-size", sizeText(attachment.size))));
}

// Plain text opens beside the page; whatever else a bot sends is saved, not shown under the page's own name.
function openedOrSaved(attachment) {
  const own = ownFile(attachment.url);
  if (!own) return {};
  const plain = /^text\/plain\b/.test(attachment.content_type ?? "");
  return plain ? { href: own, target: "_blank", rel: "noopener" } : { href: own, download: attachment.filename };
}

export function sizeText(bytes) {
  if (!(bytes >= 0)) return "";
  const units = ["bytes", "KB", "MB", "GB"];
  let unit = 0;
  for (; bytes >= 1000 && unit < units.length - 1; ++unit) bytes /= 1000;
  return `${unit === 0 ? bytes : bytes.toFixed(1)} ${units[unit]}`;
}
