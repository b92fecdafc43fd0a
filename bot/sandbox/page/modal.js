// Modals: the top of the person's stack in one dialog; what was typed outlives redraws, errors and lost connections.

import { h, reconcile } from "./dom.js";
import { silent, slack } from "./acts.js";
import { blocks } from "./blocks.js";
import { withEmoji } from "./emoji.js";
import { Fields } from "./fields.js";
import { store } from "./store.js";

const TROUBLE = "We had some trouble connecting. Try again?";
const typed = new Map();
const dialog = () => document.getElementById("modal");

export function startModals() {
  dialog().addEventListener("cancel", (event) => {
    event.preventDefault();
    const view = stack().at(-1);
    if (view) closeView(view);
  });
}

const stack = () => (store.get("seat") === store.seat ? store.rows("modal:").sort(([a], [b]) => a.localeCompare(b)).map(([key, view]) => ({ ...view, key })) : []);

/** Shows the top of the stack, or nothing. */
export function drawModal() {
  const views = stack();
  forget(views);
  const top = views.at(-1);
  if (!top) {
    if (dialog().open) dialog().close();
    reconcile(dialog(), []);
    return;
  }
  const opened = !dialog().open;
  const another = dialog().firstElementChild?.dataset.key !== top.id;
  reconcile(dialog(), [{ key: top.id, stamp: top.hash, build: () => viewNode(top, views.length) }]);
  if (opened) dialog().showModal();
  if (opened || another) firstFocus();
}

function forget(views) {
  const open = new Set(views.map((view) => view.id));
  for (const id of typed.keys()) if (!open.has(id)) typed.delete(id);
}

function firstFocus() {
  const body = dialog().querySelector(".modal-body");
  const target = body.querySelector("[autofocus]") ?? body.querySelector("input, textarea, select") ?? dialog().querySelector("[data-testid=modal-submit]");
  target?.focus();
  if (target?.matches("textarea, input[type=text]")) target.setSelectionRange(target.value.length, target.value.length);
}

function viewNode(view, depth) {
  if (!typed.has(view.id)) typed.set(view.id, new Map());
  const fields = new Fields(typed.get(view.id), view.state?.values);
  const trouble = h("p.trouble", { role: "alert", hidden: true, "data-testid": "modal-trouble" });
  const act = (part, block, option) => run(trouble, () => slack.click_in_view({ view_id: view.id, action_id: part.action_id, block_id: block.block_id ?? null, option, values: fields.values() }));
  const place = { kind: "modal", act, fields };
  const title = withEmoji(view.title?.text ?? "");
  dialog().setAttribute("aria-label", title);
  const form = h("form.view", { novalidate: true, "data-testid": "modal", "data-view": view.id },
    h("header", {},
      h("h2", {}, title), depth > 1 ? h("span.depth", {}, `step ${depth}`) : null,
      h("button.quiet", { type: "button", "aria-label": "Close", "data-testid": "modal-x", onclick: () => closeView(view, true) }, "✕")),
    h("div.modal-body", {}, blocks(view.blocks, place), trouble),
    h("footer", {},
      h("button", { type: "button", "data-testid": "modal-close", onclick: () => closeView(view) }, withEmoji(view.close?.text ?? (view.submit ? "Cancel" : "Close"))),
      view.submit ? h("button.primary", { type: "submit", "data-testid": "modal-submit" }, withEmoji(view.submit.text)) : null));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (view.submit) submit(view, form, fields, trouble);
  });
  form.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.requestSubmit());
  fields.dispatch((part, block, value) => act(part, block, value));
  return form;
}

async function run(trouble, act) {
  trouble.hidden = true;
  try {
    const result = await act();
    if (!silent(result)) return result;
  } catch (error) {
    if (!error.lost) {
      say(trouble, error.message);
      return null;
    }
  }
  say(trouble, TROUBLE);
  return null;
}

function say(trouble, words) {
  const shown = trouble.isConnected ? trouble : dialog().querySelector("[data-testid=modal-trouble]");
  if (!shown) return;
  shown.textContent = words;
  shown.hidden = false;
  shown.scrollIntoView({ block: "nearest" });
}

async function submit(view, form, fields, trouble) {
  const button = form.querySelector("[data-testid=modal-submit]");
  if (button.disabled || !fields.complete()) return;
  button.disabled = true;
  form.setAttribute("aria-busy", "true");
  const result = await run(trouble, () => slack.submit({ view_id: view.id, values: fields.values() }));
  button.disabled = false;
  form.removeAttribute("aria-busy");
  if (result?.errors && Object.keys(result.errors).length) fields.refuse(result.errors);
}

async function closeView(view, all = false) {
  const trouble = dialog().querySelector("[data-testid=modal-trouble]");
  await run(trouble, () => slack.close({ view_id: view.id, all_of_them: all }));
}
