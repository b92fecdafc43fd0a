// What a person sees in the pretend workspace, worked out from the store: channels, messages, ephemerals, unread marks.

import { store } from "./store.js";

const SEEN = "replydesk-seen";
const seen = JSON.parse(sessionStorage.getItem(SEEN) ?? "{}");

/** Channels and the direct message of the seated person, in the order of the sidebar. */
export function channels() {
  return store.values("channel:").filter((channel) => channel.kind === "channel" && channel.member).sort((a, b) => a.order - b.order);
}

export const directMessage = () => store.values("channel:").find((channel) => channel.kind === "im" && channel.member);

const bare = ([key, value]) => ({ key, stamp: store.revision(key), at: Number(value.ts ?? value.at), ...value });

const messages = (channel) => store.rows(`message:${channel}:`).map(bare);
const ephemerals = (channel) => store.rows("ephemeral:").map(bare).filter((one) => one.channel === channel && !dismissed.has(one.key));
const inTime = (list) => list.sort((a, b) => a.at - b.at);
const isReply = (message) => message.thread_ts && message.thread_ts !== message.ts;

/** The main line of a channel, oldest first. */
export function timeline(channel) {
  const shown = messages(channel).filter((message) => !isReply(message) || message.subtype === "thread_broadcast");
  return inTime([...shown, ...ephemerals(channel).filter((one) => !one.thread_ts)]);
}

/** The first message of a thread and everything under it, oldest first. */
export function thread(channel, ts) {
  const shown = messages(channel).filter((message) => message.ts === ts || message.thread_ts === ts);
  return inTime([...shown, ...ephemerals(channel).filter((one) => one.thread_ts === ts)]);
}

/** {count, last} of the replies under a message. */
export function replies(channel, ts) {
  const under = messages(channel).filter((message) => message.thread_ts === ts && message.ts !== ts);
  return { count: under.length, last: Math.max(0, ...under.map((message) => message.at)) };
}

const dismissed = new Set(JSON.parse(sessionStorage.getItem("replydesk-dismissed") ?? "[]"));

export function dismiss(key) {
  dismissed.add(key);
  sessionStorage.setItem("replydesk-dismissed", JSON.stringify([...dismissed].slice(-500)));
}

/** How many entries of a channel this person has not looked at in this tab; own messages do not count. */
export function unread(channel) {
  const since = seen[`${store.seat}:${channel}`] ?? 0;
  return timeline(channel).filter((entry) => entry.at > since && entry.user !== store.seat).length;
}

/** Unread entries of a thread, for the mark beside the message. */
export function look(channel) {
  const last = Math.max(0, ...timeline(channel).map((entry) => entry.at));
  const key = `${store.seat}:${channel}`;
  if (last <= (seen[key] ?? 0)) return;
  seen[key] = last;
  sessionStorage.setItem(SEEN, JSON.stringify(seen));
}
