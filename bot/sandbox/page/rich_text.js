// The rich_text block: where customers' words live, so nothing in it is ever read as markup.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { timeNode } from "./dates.js";
import { channelNode, groupNode, linkNode, mentionNode, personNode } from "./mentions.js";
import { unsupported } from "./unsupported.js";

const INLINE = {
  text: (element) => element.text ?? "",
  link: (element) => linkNode(element.url, element.text || element.url),
  user: (element) => personNode(element.user_id),
  usergroup: (element) => groupNode(element.usergroup_id),
  channel: (element) => channelNode(element.channel_id),
  emoji: (element) => emojiNode(element),
  broadcast: (element) => mentionNode(`@${element.range}`, true),
  date: (element) => timeNode(Number(element.timestamp), element.format, element.fallback),
  color: (element) => h("code", {}, element.value),
};

function emojiNode(element) {
  const codes = String(element.unicode ?? "").split("-").map((code) => Number.parseInt(code, 16));
  const drawn = emoji(element.name) ?? (codes.every((code) => code > 0 && code <= 0x10ffff) ? String.fromCodePoint(...codes) : null);
  return drawn ? h("span.emoji", { title: `:${element.name}:` }, drawn) : `:${element.name}:`;
}

const STYLED = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

function inlineNode(element) {
  const draw = INLINE[element.type];
  if (!draw) return unsupported("rich text", element.type);
  return STYLED.reduce((node, [style, tag]) => (element.style?.[style] ? h(tag, {}, node) : node), draw(element));
}

const inlines = (container) => (container.elements ?? []).map(inlineNode);

const CONTAINERS = {
  rich_text_section: (part) => h("div.rich-section", {}, inlines(part)),
  rich_text_quote: (part) => h("blockquote", {}, inlines(part)),
  rich_text_preformatted: (part) => h("pre", {}, inlines(part)),
  rich_text_list: (part) => {
    const list = h(part.style === "ordered" ? "ol" : "ul", { start: part.style === "ordered" ? (part.offset ?? 0) + 1 : null });
    list.classList.add(`indent-${Math.min(part.indent ?? 0, 8)}`);
    list.append(...(part.elements ?? []).map((item) => h("li", {}, inlines(item))));
    return list;
  },
};

/** The parts of a rich_text block, in order. */
export function richText(block) {
  return (block.elements ?? []).map((part) => CONTAINERS[part.type]?.(part) ?? unsupported("rich text", part.type));
}
