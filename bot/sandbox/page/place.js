// Where this tab is: seat, channel, thread and panel; kept in the address and in the tab's own storage.

const KEEP = "replydesk-place";
const listeners = new Set();

function read() {
  const kept = JSON.parse(sessionStorage.getItem(KEEP) ?? "{}");
  return { seat: "", at: "", thread: "", panel: "x", side: "slack", ...kept, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) };
}

/** {seat, at: channel id or "home", thread: ts, panel: x|traffic|weather, side: slack|x|traffic|weather (narrow windows)} */
export const place = read();

export function onMove(listener) {
  listeners.add(listener);
}

export function go(change) {
  Object.assign(place, change);
  sessionStorage.setItem(KEEP, JSON.stringify(place));
  const shown = Object.entries({ seat: place.seat, at: place.at, thread: place.thread }).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams(shown)}`);
  for (const listener of listeners) listener(change);
}

export function watchAddress() {
  addEventListener("hashchange", () => go(Object.fromEntries(new URLSearchParams(location.hash.slice(1)))));
}
