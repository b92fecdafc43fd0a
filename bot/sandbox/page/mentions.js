// Names, channels and links as they stand in a text; links to the pretend X stay inside the page.

import { h } from "./dom.js";
import { store } from "./store.js";

/** A highlighted name; broadcasts and one's own name are louder. */
export function mentionNode(text, loud = false) {
  return h(loud ? "span.mention.loud" : "span.mention", {}, text);
}

export function personNode(id) {
  const person = store.get(`person:${id}`);
  return mentionNode(`@${person?.name ?? id}`, id === store.seat);
}

export function groupNode(id) {
  const group = store.get(`group:${id}`);
  return mentionNode(`@${group?.handle ?? id}`, Boolean(group?.users?.includes(store.seat)));
}

export function channelNode(id) {
  const channel = store.get(`channel:${id}`);
  const open = () => document.dispatchEvent(new CustomEvent("go-channel", { detail: id }));
  return h("button.linklike.mention", { type: "button", onclick: open }, `#${channel?.name ?? id}`);
}

/** Only web, mail and telephone addresses become links; anything else stays text. */
export function safeUrl(url) {
  return /^(?:https?:\/\/|mailto:|tel:)/i.test(String(url ?? "").trim());
}

/** A link; what it does when it is followed is decided in links.js, so that nothing leaves unasked. */
export function linkNode(url, label) {
  if (!safeUrl(url)) return h("span", {}, label);
  return h("a", { href: url, target: "_blank", rel: "noreferrer noopener", "data-link": "" }, label);
}
