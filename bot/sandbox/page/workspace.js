// The left side: sidebar, message list, App Home and the thread panel.

import { announce, h, reconcile, toast } from "./dom.js";
import { silence, silent, slack } from "./acts.js";
import { blocks } from "./blocks.js";
import { channelTarget, composer, threadTarget } from "./composer.js";
import { channels, directMessage, look, thread, timeline, unread } from "./conversations.js";
import { day, dayName } from "./dates.js";
import { messageNode, stampOf, tried } from "./message.js";
import { go, onMove, place } from "./place.js";
import { store } from "./store.js";

const find = (id) => document.getElementById(id);
const composers = {};

export function startWorkspace() {
  composers.channel = composer("compose-slack", channelTarget);
  composers.thread = composer("compose-thread", threadTarget);
  find("composer").append(composers.channel.node);
  find("thread-composer").append(composers.thread.node);
  find("thread-close").addEventListener("click", () => closeThread());
  find("new-below").addEventListener("click", () => toBottom(find("messages")));
  for (const id of ["messages", "thread-messages"]) keepAtBottom(find(id));
  find("thread").addEventListener("keydown", (event) => event.key === "Escape" && closeThread());
  document.addEventListener("go-channel", (event) => go({ at: event.detail, thread: "", side: "slack" }));
  onMove((change) => {
    if (change.at === "home" || change.at?.startsWith("D")) tried(() => slack.open_home());
    drawWorkspace({ moved: "at" in change || "seat" in change });
  });
}

function closeThread() {
  const opener = find("messages").querySelector(`[data-testid="message-${place.thread}"] [data-testid=thread-open]`);
  go({ thread: "" });
  opener?.focus();
}

/** Draws everything on the left that changed. */
export function drawWorkspace({ moved = false } = {}) {
  if (store.get("seat") !== store.seat) return;
  settle();
  const home = place.at === "home";
  find("composer").hidden = home;
  find("main-title").textContent = title();
  find("main-topic").textContent = home ? "What waits for you" : (store.get(`channel:${place.at}`)?.topic ?? "");
  if (home) drawHome();
  else drawMessages(moved);
  drawThread();
  if (document.visibilityState === "visible") look(place.at);
  drawSidebar();
}

/** Somebody who may not be here is brought to a channel that they can see. */
function settle() {
  const known = place.at === "home" || [...channels(), directMessage()].some((channel) => channel?.id === place.at);
  if (!known) Object.assign(place, { at: channels()[0]?.id ?? "home", thread: "" });
  if (place.thread && !store.get(`message:${place.at}:${place.thread}`)) place.thread = "";
}

function title() {
  if (place.at === "home") return "Replydesk home";
  const channel = store.get(`channel:${place.at}`);
  return channel?.kind === "im" ? "Replydesk, direct messages" : `# ${channel?.name ?? ""}`;
}

function drawSidebar() {
  const dm = directMessage();
  const rows = [
    heading("Channels"),
    ...channels().map((channel) => link(channel.id, "#", channel.name, unread(channel.id))),
    heading("Replydesk"),
    link("home", "⌂", "Home", 0),
    ...(dm ? [link(dm.id, "✉", "Messages", unread(dm.id))] : []),
  ];
  reconcile(find("channels"), rows);
}

const heading = (words) => ({ key: `heading ${words}`, stamp: words, build: () => h("h2", {}, words) });

function link(id, sign, name, fresh) {
  const current = place.at === id;
  const build = () => {
    const node = h("button.channel", {
      type: "button", "data-testid": `channel-${id}`, "aria-current": current ? "page" : null,
      onclick: () => go({ at: id, thread: "" }),
    }, h("span.sign", { "aria-hidden": "true" }, sign), h("span.name", {}, name),
    fresh ? h("span.count", { "aria-label": `${fresh} unread`, "data-testid": `unread-${id}` }, String(fresh)) : null);
    node.classList.toggle("fresh", fresh > 0);
    return node;
  };
  return { key: id, stamp: `${name}|${fresh}|${current}`, build };
}

function entryItem(entry, inThread) {
  return {
    key: entry.key,
    stamp: stampOf(entry, inThread) + (place.thread === entry.ts ? "|open" : ""),
    build: () => messageNode(entry, { inThread, redraw: drawWorkspace }),
  };
}

function withDays(entries) {
  let last = "";
  return entries.flatMap((entry) => {
    const item = entryItem(entry, false);
    const today = day(entry.at);
    if (today === last) return [item];
    last = today;
    const words = dayName(entry.at);
    return [{ key: `day ${today}`, stamp: words, build: () => h("div.day", { role: "separator" }, h("span", {}, words)) }, item];
  });
}

function drawMessages(moved) {
  const list = find("messages");
  const stuck = moved || atBottom(list);
  const items = withDays(timeline(place.at));
  const before = list.children.length;
  reconcile(list, items.length ? items : [empty()]);
  if (stuck) toBottom(list);
  else if (list.children.length > before) find("new-below").hidden = false;
  composers.channel.relabel();
}

const empty = () => ({ key: "empty", stamp: place.at, build: () => h("p.empty", {}, emptyWords()) });

function emptyWords() {
  if (store.get(`channel:${place.at}`)?.kind === "im") return "Replydesk writes here when something needs you in person.";
  return "Nothing here yet. Write as a customer on the right, and the card appears here.";
}

const atBottom = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 60;

/** Whoever reads the newest goes on reading it when the list shrinks: a growing composer, an opened thread. */
function keepAtBottom(list) {
  let stuck = true;
  list.addEventListener("scroll", () => {
    stuck = atBottom(list);
    if (stuck && list.id === "messages") find("new-below").hidden = true;
  });
  new ResizeObserver(() => stuck && toBottom(list)).observe(list);
}

function toBottom(list) {
  list.scrollTop = list.scrollHeight;
  find("new-below").hidden = true;
}

function drawHome() {
  const view = store.get("home");
  const act = async (part, block, option) => {
    const result = await tried(() => slack.click_home({ action_id: part.action_id, block_id: block.block_id ?? null, option }));
    if (result && silent(result)) toast(silence(result), { error: true });
  };
  reconcile(find("messages"), [{
    key: "home-view",
    stamp: `${store.revision("home")}|${store.seat}`,
    build: () => h("div.home", { "data-testid": "home" }, view ? blocks(view.blocks, { kind: "home", act }) : h("p.empty", {}, "Replydesk has not drawn this home yet. Is it running?")),
  }]);
}

function drawThread() {
  find("thread").hidden = !place.thread;
  document.body.classList.toggle("with-thread", Boolean(place.thread));
  if (!place.thread) return;
  const list = find("thread-messages");
  const stuck = atBottom(list);
  reconcile(list, thread(place.at, place.thread).map((entry) => entryItem(entry, true)));
  find("thread-where").textContent = title();
  if (stuck) toBottom(list);
  composers.thread.relabel();
}

/** Reads new messages of other people to those who cannot see them arrive. */
export function announceNews(changed) {
  for (const key of changed) {
    const fresh = store.get(key);
    if (/^(message|ephemeral):/.test(key) && fresh && !fresh.edited && fresh.user !== store.seat && Number(fresh.ts ?? fresh.at) > announceNews.since) {
      announceNews.since = Number(fresh.ts ?? fresh.at);
      announce(key.startsWith("ephemeral:") ? `Only to you: ${fresh.text ?? ""}` : `New in ${store.get(`channel:${fresh.channel}`)?.name || "your direct messages"}: ${fresh.text ?? ""}`);
    }
  }
}
announceNews.since = 0;
