// One message, or one ephemeral note, with its card and what people can do with it.

import { h, toast } from "./dom.js";
import { silence, silent, slack } from "./acts.js";
import { blocks } from "./blocks.js";
import { dismiss, replies } from "./conversations.js";
import { emoji } from "./emoji.js";
import { stamp } from "./dates.js";
import { go, place } from "./place.js";
import { mrkdwn } from "./mrkdwn.js";
import { avatar } from "./pictures.js";
import { store } from "./store.js";
import { unsupported } from "./unsupported.js";

const troubles = new Map();

/** Runs an act of the seated person; silence of the desk is said where it was clicked, never swallowed. */
export async function attempt(act, key, redraw) {
  troubles.delete(key);
  try {
    const result = await act();
    if (silent(result)) troubles.set(key, silence(result));
    return result;
  } catch (error) {
    troubles.set(key, error.message);
    return null;
  } finally {
    redraw();
  }
}

/** What a redraw depends on besides the message itself. */
export function stampOf(entry, inThread) {
  const under = inThread ? { count: 0, last: 0 } : replies(entry.channel, entry.ts);
  return [entry.stamp, under.count, under.last, troubles.get(entry.key) ?? "", store.seat, store.revision("cast")].join("|");
}

export function messageNode(entry, { inThread, redraw }) {
  const ephemeral = entry.key.startsWith("ephemeral:");
  const who = author(entry);
  const name = `name-${entry.key.replace(/\W/g, "-")}${inThread ? "-t" : ""}`;
  const node = h("article.message", { "aria-labelledby": name, "data-testid": ephemeral ? "ephemeral" : `message-${entry.ts}`, tabIndex: -1 },
    avatar(who.avatar, who.name),
    h("div.message-main", {},
      ephemeral ? only(entry, redraw) : null,
      h("div.message-head", { id: name },
        h("span.author", {}, who.name), who.bot ? h("span.badge", {}, "APP") : null,
        who.note ? h("span.role", {}, who.note) : null,
        h("span.when", {}, stamp(entry.at)), entry.edited ? h("span.when", {}, "(edited)") : null),
      content(entry, redraw),
      troubles.has(entry.key) ? h("p.trouble", { role: "alert", "data-testid": "trouble" }, troubles.get(entry.key)) : null,
      reactions(entry),
      ephemeral || inThread ? null : threadLine(entry)));
  node.classList.toggle("ephemeral", ephemeral);
  return node;
}

function author(entry) {
  const person = store.get(`person:${entry.user}`);
  if (entry.user && person && !person.is_bot) return { name: person.real_name, avatar: person.avatar, note: person.note };
  const app = person ?? store.get(`person:${store.get("cast")?.bot.id}`);
  return { name: entry.username ?? app?.real_name ?? "App", avatar: app?.avatar ?? "", bot: true };
}

function only(entry, redraw) {
  const close = () => {
    dismiss(entry.key);
    redraw();
  };
  return h("div.only-you", {}, h("span", {}, h("span", { "aria-hidden": "true" }, "👁 "), "Only visible to you"),
    h("button.linklike", { type: "button", "data-testid": "ephemeral-dismiss", onclick: close }, "Dismiss"));
}

function content(entry, redraw) {
  const act = (part, block, option) => attempt(() => slack.click({
    channel: entry.channel, ts: entry.ts, action_id: part.action_id, block_id: block.block_id ?? null, option,
  }), entry.key, redraw);
  const shown = entry.blocks?.length ? blocks(entry.blocks, { kind: "message", act }) : h("div.words", {}, mrkdwn(entry.text ?? ""));
  const extra = (entry.attachments ?? []).map(() => unsupported("block", "attachments"));
  const files = (entry.files ?? []).map((file) => h("div.block-attached", {}, "📄 ", file.title ?? file.name ?? "File"));
  return h("div.message-content", {}, shown, extra, files);
}

function reactions(entry) {
  if (!entry.reactions?.length) return null;
  return h("div.reactions", {}, entry.reactions.map((one) => h("span", { title: `:${one.name}:` }, emoji(one.name) ?? `:${one.name}:`, ` ${one.count ?? one.users?.length ?? 1}`)));
}

function threadLine(entry) {
  const under = replies(entry.channel, entry.ts);
  const words = under.count ? `${under.count} ${under.count === 1 ? "reply" : "replies"} · last ${stamp(under.last)}` : "Reply in thread";
  const node = h("button.linklike.thread-line", {
    type: "button", "data-testid": "thread-open", onclick: () => openThread(entry),
  }, words);
  node.classList.toggle("quiet-line", !under.count);
  if (place.thread === entry.ts) node.setAttribute("aria-current", "true");
  return node;
}

function openThread(entry) {
  go({ at: entry.channel, thread: entry.ts });
  document.querySelector("[data-testid=compose-thread]")?.focus();
}

/** For acts that belong to no message. */
export async function tried(act) {
  try {
    return await act();
  } catch (error) {
    toast(error.message, { error: true });
    return null;
  }
}
