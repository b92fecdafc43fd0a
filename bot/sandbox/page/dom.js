// Builds elements from data, never from markup: text becomes text nodes, so nobody's words can become code.

const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "required", "multiple", "tabIndex", "open", "hidden"]);
const SVG = "http://www.w3.org/2000/svg";

/** h("button.primary", {onclick, "data-testid": "x"}, "Text", child): an element with classes, attributes and children. */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return dressed(document.createElement(name), classes, attributes, children);
}

/** The same for drawings. */
export function s(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  return dressed(document.createElementNS(SVG, name), classes, attributes, children);
}

function dressed(element, classes, attributes, children) {
  if (classes.length) element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) attribute(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function attribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

/**
 * Makes a container's children match items ({key, stamp, build}); a child whose stamp stayed the same is left alone,
 * so that typing, focus and open details survive a redraw elsewhere.
 */
export function reconcile(container, items) {
  const focus = rememberFocus(container);
  const before = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let place = container.firstElementChild;
  for (const item of items) {
    let node = before.get(item.key);
    if (node && node.dataset.stamp === String(item.stamp)) {
      before.delete(item.key);
    } else {
      const old = node;
      node = built(item);
      node.dataset.key = item.key;
      node.dataset.stamp = String(item.stamp);
      if (old) {
        if (place === old) place = node;
        old.replaceWith(node);
        before.delete(item.key);
      }
    }
    if (node === place) place = place.nextElementSibling;
    else container.insertBefore(node, place);
  }
  for (const gone of before.values()) gone.remove();
  restoreFocus(container, focus);
}

/** One row that cannot be drawn says so in its place and leaves the others alone. */
function built(item) {
  try {
    return item.build();
  } catch (error) {
    console.error(item.key, error);
    return h("div.unsupported", { role: "note", "data-testid": "unsupported" }, `cannot be drawn: ${item.key} (${error.message})`);
  }
}

function rememberFocus(container) {
  const active = document.activeElement;
  if (!active || active === container || !container.contains(active)) return null;
  const owner = active.closest("[data-key]");
  const start = "selectionStart" in active ? safeSelection(active) : null;
  return { active, key: owner?.dataset.key, testid: active.dataset.testid, start };
}

function safeSelection(field) {
  try {
    return [field.selectionStart, field.selectionEnd];
  } catch {
    return null;
  }
}

function restoreFocus(container, focus) {
  if (!focus || document.activeElement === focus.active) return;
  let target = focus.active.isConnected ? focus.active : null;
  if (!target && focus.key) {
    const owner = [...container.querySelectorAll("[data-key]")].find((node) => node.dataset.key === focus.key);
    target = owner && [...owner.querySelectorAll("[data-testid]")].find((node) => node.dataset.testid === focus.testid);
    target = target || owner;
  }
  if (!target) return;
  if (target.tabIndex < 0 && !target.matches("button, a, input, select, textarea")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  if (focus.start?.[0] !== null && focus.start !== null && target.setSelectionRange) {
    try {
      target.setSelectionRange(...focus.start);
    } catch {
      // Fields of some kinds (number, date) have no selection.
    }
  }
}

/** Says something to screen readers without moving anything. */
export function announce(words) {
  const region = document.getElementById("announcements");
  region.textContent = "";
  region.textContent = words;
}

/** A short sentence that floats at the bottom and leaves by itself; errors stay until they are closed. */
export function toast(words, { error = false } = {}) {
  const shelf = document.getElementById("toasts");
  const close = h("button.quiet", { type: "button", "aria-label": "Dismiss", onclick: () => note.remove() }, "✕");
  const note = h("div.toast", { role: error ? "alert" : "status", "data-testid": "toast" }, h("span", {}, words), close);
  note.classList.toggle("error", error);
  shelf.append(note);
  while (shelf.children.length > 3) shelf.firstElementChild.remove();
  if (!error) setTimeout(() => note.remove(), 6000);
}
