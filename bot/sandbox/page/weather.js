// The switches that make the two services behave badly, one row each, in plain words.

import { h, reconcile } from "./dom.js";
import { sandbox } from "./acts.js";
import { tried } from "./message.js";
import { store } from "./store.js";

const find = (id) => document.getElementById(id);
const WORDS = { no: "no", late: "answer late", cut: "cut the line", html_503: "503 with an HTML page", duplicate: "say it is a duplicate", refuse_503: "refuse with 503", hang: "never answer" };

export function startWeather() {
  find("weather-fine").addEventListener("click", () => tried(() => sandbox.fineWeather()));
  find("weather-drop").addEventListener("click", () => tried(() => sandbox.dropSocket()));
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => tried(() => sandbox.advance(Number(button.dataset.advance))));
  }
}

const isOn = (row) => row.value !== row.default;

export function drawWeather() {
  const rows = store.get("weather") ?? [];
  reconcile(find("weather"), rows.map((row) => ({ key: row.name, stamp: JSON.stringify(row), build: () => switchRow(row) })));
  const bad = rows.filter((row) => isOn(row)).length;
  for (const mark of document.querySelectorAll(".weather-mark")) {
    mark.hidden = !bad;
    mark.textContent = String(bad);
    mark.setAttribute("aria-label", `${bad} switched on`);
  }
}

function switchRow(row) {
  const turn = (value) => tried(() => sandbox.weather({ [row.name]: value })).then((done) => done ?? drawAgain(row));
  const control = CONTROLS[row.kind]?.(row, turn) ?? number(row, turn);
  control.dataset.testid = `weather-${row.name}`;
  const node = h("label.switch", {}, h("span", {}, row.label), control);
  node.classList.toggle("on", Boolean(isOn(row)));
  return node;
}

/** A refused value goes back to what the sandbox has. */
function drawAgain(row) {
  find("weather").querySelector(`[data-key="${row.name}"]`).dataset.stamp = "";
  drawWeather();
}

const number = (row, turn) => h("input", {
  type: "number", min: 0, step: row.kind === "float" ? "any" : 1, value: row.value,
  onchange: (event) => turn(Number(event.target.value)),
});

const CONTROLS = {
  bool: (row, turn) => h("input", { type: "checkbox", role: "switch", checked: row.value, onchange: (event) => turn(event.target.checked) }),
  choice: (row, turn) => h("select", { onchange: (event) => turn(event.target.value) },
    row.choices.map((choice) => h("option", { value: choice, selected: choice === row.value }, WORDS[choice] ?? choice))),
};
