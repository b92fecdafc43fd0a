// Every call between the desk and the two pretend services, newest first; a click opens request and answer.

import { h, reconcile } from "./dom.js";
import { formatted } from "./dates.js";
import { store } from "./store.js";

const find = (id) => document.getElementById(id);
const SIDES = { slack: "Slack", x: "X", socket: "Socket" };
const open = new Set();
let wanted = "";
let since = 0;

export function startTraffic() {
  find("traffic-filter").addEventListener("input", (event) => {
    wanted = event.target.value.trim().toLowerCase();
    drawTraffic();
  });
  find("traffic-clear").addEventListener("click", () => {
    since = Math.max(0, ...store.values("call:").map((call) => call.n));
    drawTraffic();
  });
}

const matches = (call) => !wanted || `${call.side} ${call.method} ${call.status} ${call.error} ${call.who}`.toLowerCase().includes(wanted);

/** What the desk did that Slack would quietly put up with. */
function drawStrictNotes() {
  const notes = store.get("complaints") ?? [];
  const box = find("strict");
  box.hidden = !notes.length;
  box.querySelector("summary").textContent = `${notes.length} ${notes.length === 1 ? "thing" : "things"} that the desk did wrong, though Slack would not say so`;
  reconcile(box.querySelector("ul"), notes.map((note, index) => ({ key: `${index} ${note}`, stamp: 1, build: () => h("li", {}, note) })));
}

export function drawTraffic() {
  drawStrictNotes();
  const calls = store.values("call:").filter((call) => call.n > since && matches(call)).sort((a, b) => b.n - a.n);
  find("traffic-count").textContent = `${calls.length} ${calls.length === 1 ? "call" : "calls"}`;
  reconcile(find("traffic"), calls.map((call) => ({ key: `call ${call.n}`, stamp: 1, build: () => row(call) })));
}

function row(call) {
  const bad = !call.ok || call.status >= 400;
  const summary = h("summary", {},
    h("span.when", {}, formatted(call.at, "{time_secs}")),
    h("span.side", {}, SIDES[call.side] ?? call.side),
    h("span.method", { title: call.method }, call.method, bad ? h("span.error", {}, call.error || "failed") : null),
    h("span.status", {}, call.status ? String(call.status) : "none"),
    h("span.ms", {}, `${Math.round(call.ms)} ms`));
  const details = h("details.call", { "data-testid": `call-${call.n}`, open: open.has(call.n) }, summary);
  details.classList.toggle("bad", bad);
  const fill = () => details.children.length > 1 || details.append(body(call));
  if (open.has(call.n)) fill();
  details.addEventListener("toggle", () => {
    if (details.open) fill();
    open[details.open ? "add" : "delete"](call.n);
  });
  return details;
}

function body(call) {
  const part = (title, value) => [h("h4", {}, title), h("pre", { tabIndex: 0 }, JSON.stringify(value, null, 2))];
  return h("div.call-body", {}, call.who ? h("p.hint", {}, `by ${call.who}`) : null, part("Request", call.request), part("Answer", call.response));
}
