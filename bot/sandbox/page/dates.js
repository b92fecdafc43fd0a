// Times as people read them: local, short, and still right when the sandbox clock has been pushed forward.

import { h } from "./dom.js";

let ahead = 0;

/** The sandbox clock runs so many seconds ahead of this computer. */
export function setClockOffset(seconds) {
  ahead = Number(seconds) || 0;
}

/** Epoch seconds by the sandbox clock. */
export function now() {
  return Date.now() / 1000 + ahead;
}

const format = (options) => (at) => new Intl.DateTimeFormat(undefined, options).format(new Date(at * 1000));
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const time = format(clock);
const long = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

const day = (at) => new Date(at * 1000).toDateString();
const near = (at) => ({ 0: "today", [-1]: "yesterday", 1: "tomorrow" })[daysFromToday(at)];

function daysFromToday(at) {
  const midnight = (seconds) => new Date(day(seconds)).getTime();
  return Math.round((midnight(at) - midnight(now())) / 86_400_000);
}

const pretty = (words) => (at) => near(at) ?? words(at);

const short = format({ day: "numeric", month: "short", year: "numeric" });
const medium = format({ day: "numeric", month: "long", year: "numeric" });

const TOKENS = {
  date_num: (at) => new Date(at * 1000).toLocaleDateString("sv-SE"),
  date: medium,
  date_short: short,
  date_long: long,
  date_pretty: pretty(medium),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  day_divider_pretty: pretty(long),
  time,
  time_secs: format({ ...clock, second: "2-digit" }),
  ago: (at) => ago(at),
};

/** "in 12 minutes", "3 hours ago". */
export function ago(at) {
  const seconds = at - now();
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const steps = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return seconds < 0 ? "just now" : "in a moment";
}

/** A time that a calendar can show (JavaScript's own bound). */
const isTime = (at) => typeof at === "number" && Math.abs(at) <= 8.64e12;

/** Slack's date format, e.g. "{time} ({ago})"; an unknown token makes it fall back. */
export function formatted(at, pattern, fallback = "") {
  if (!isTime(at)) return fallback;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => {
    if (!TOKENS[token]) known = false;
    return TOKENS[token]?.(at) ?? whole;
  });
  return known ? text : fallback;
}

/** A <time> that keeps itself right while it is on the page. */
export function timeNode(at, pattern, fallback) {
  const iso = isTime(at) ? new Date(at * 1000) : null;
  return h("time", {
    datetime: iso ? iso.toISOString() : null,
    title: fallback || (iso ? `${long(at)}, ${time(at)}` : null),
    "data-at": at,
    "data-pattern": pattern,
    "data-fallback": fallback,
  }, formatted(at, pattern, fallback));
}

/** "14:35" for today, "3 Nov, 14:35" for other days. */
export function stamp(at) {
  return daysFromToday(at) === 0 ? time(at) : `${format({ day: "numeric", month: "short" })(at)}, ${time(at)}`;
}

/** Words for the line between two days of messages. */
export const dayName = (at) => pretty(long)(at).replace(/^./, (first) => first.toUpperCase());
export { day };

/** Rewrites every <time> on the page; called by the page's own slow tick. */
export function refreshTimes() {
  for (const node of document.querySelectorAll("time[data-pattern]")) {
    const text = formatted(Number(node.dataset.at), node.dataset.pattern, node.dataset.fallback);
    if (node.textContent !== text) node.textContent = text;
  }
}
