// Starts the page: seat switch, tabs, trickle, connection; then draws what changed whenever the store changes.

import { h, reconcile } from "./dom.js";
import { sandbox } from "./acts.js";
import { refreshTimes, setClockOffset } from "./dates.js";
import { drawFeed, startFeed } from "./feed.js";
import { watchLinks } from "./links.js";
import { tried } from "./message.js";
import { drawModal, startModals } from "./modal.js";
import { go, onMove, place, watchAddress } from "./place.js";
import { store } from "./store.js";
import { drawTraffic, startTraffic } from "./traffic.js";
import { drawWeather, startWeather } from "./weather.js";
import { announceNews, drawWorkspace, startWorkspace } from "./workspace.js";

const find = (id) => document.getElementById(id);
const DEFAULT_SEAT = "UANA";

function drawSeats() {
  const seats = store.values("person:").filter((person) => person.seat).sort((a, b) => a.order - b.order);
  if (!seats.length) return;
  reconcile(find("seats"), seats.map((person) => ({
    key: person.id,
    stamp: `${store.revision(`person:${person.id}`)}|${person.id === store.seat}`,
    build: () => h("label", { "data-testid": `seat-${person.id}` },
      h("input", { type: "radio", name: "seat", value: person.id, checked: person.id === store.seat, "data-testid": `seat-radio-${person.id}`, onchange: () => go({ seat: person.id, thread: "" }) }),
      h("span", {}, person.name, h("small", {}, person.note))),
  })));
}

function drawConnection() {
  const live = store.state === "live";
  find("connection").textContent = live ? "" : `${store.state}…`;
  find("connection").hidden = live;
  const bot = store.get("bot");
  find("bot-state").textContent = bot?.connected ? "desk connected" : "desk not connected";
  find("bot-state").classList.toggle("off", !bot?.connected);
}

function drawTrickle() {
  const trickle = store.get("trickle");
  find("trickle").hidden = !trickle;
  if (!trickle) return;
  find("trickle-toggle").textContent = trickle.running ? "Pause" : "Start";
  find("trickle-toggle").setAttribute("aria-pressed", String(trickle.running));
  if (document.activeElement !== find("trickle-speed")) find("trickle-speed").value = nearestSpeed(trickle.per_minute);
}

function nearestSpeed(perMinute) {
  const speeds = [...find("trickle-speed").options].map((option) => option.value);
  return speeds.reduce((best, one) => (Math.abs(one - perMinute) < Math.abs(best - perMinute) ? one : best));
}

function startTrickle() {
  find("trickle-next").addEventListener("click", () => tried(() => sandbox.nextComplaint()));
  find("trickle-toggle").addEventListener("click", () => tried(() => sandbox.trickle({ running: !store.get("trickle")?.running })));
  find("trickle-speed").addEventListener("change", (event) => tried(() => sandbox.trickle({ per_minute: Number(event.target.value) })));
}

const PANELS = ["x", "traffic", "weather"];

function drawTabs() {
  document.body.dataset.side = place.side;
  for (const panel of PANELS) find(`panel-${panel}`).hidden = place.panel !== panel;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const current = tab.dataset.side ? tab.dataset.side === place.side : tab.dataset.panel === place.panel;
    tab.setAttribute("aria-selected", String(current));
    tab.tabIndex = current ? 0 : -1;
  }
}

function startTabs() {
  for (const list of document.querySelectorAll("[role=tablist]")) {
    const tabs = [...list.querySelectorAll("[role=tab]")];
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length].focus();
    });
    for (const tab of tabs) tab.addEventListener("click", () => go(target(tab)));
  }
}

function target(tab) {
  const side = tab.dataset.side ?? tab.dataset.panel;
  return side === "slack" ? { side } : { side, panel: side };
}

function draw(changed) {
  const touched = (...prefixes) => [...changed].some((key) => prefixes.some((prefix) => key.startsWith(prefix)));
  drawConnection();
  if (touched("clock")) {
    setClockOffset(store.get("clock")?.offset);
    refreshTimes();
  }
  if (touched("person:", "seat")) drawSeats();
  if (touched("message:", "ephemeral:", "channel:", "person:", "group:", "home", "seat", "cast", "clock")) drawWorkspace();
  if (touched("modal:", "seat")) drawModal();
  if (touched("post:", "customers", "clock")) drawFeed();
  if (touched("call:", "complaints")) drawTraffic();
  if (touched("weather")) drawWeather();
  drawTrickle();
}

function start() {
  if (!place.seat) place.seat = DEFAULT_SEAT;
  startWorkspace();
  startModals();
  startFeed();
  startTraffic();
  startWeather();
  startTabs();
  startTrickle();
  watchLinks();
  watchAddress();
  drawTabs();
  store.listen((changed, whole) => {
    const seat = store.get("seat");
    if (whole && seat !== store.seat) go({ seat, at: "", thread: "" });
    draw(changed);
    if (!whole) announceNews(changed);
  });
  onMove(() => {
    drawTabs();
    if (place.seat !== store.seat) {
      store.sit(place.seat);
      drawSeats();
    }
  });
  go({});
  document.addEventListener("visibilitychange", () => drawWorkspace());
  setInterval(refreshTimes, 20_000);
}

start();
