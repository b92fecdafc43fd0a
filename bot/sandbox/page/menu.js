// One small menu at a time, by mouse and keyboard, beside the button that opened it.

import { h } from "./dom.js";

let closeCurrent = null;

/** items: [{label, note?, testid?, danger?, pick}] */
export function openMenu(opener, items) {
  closeCurrent?.();
  const menu = h("div.menu", { role: "menu", "data-testid": "menu" }, items.map((item) => entry(item)));
  const host = opener.closest("dialog") ?? document.body;
  const close = (back) => {
    closeCurrent = null;
    document.removeEventListener("pointerdown", outside, true);
    menu.remove();
    opener.setAttribute("aria-expanded", "false");
    if (back && opener.isConnected) opener.focus();
  };
  const outside = (event) => menu.contains(event.target) || event.target === opener || close(false);
  closeCurrent = () => close(false);

  function entry(item) {
    const node = h("button", {
      type: "button", role: "menuitem", tabIndex: -1, "data-testid": item.testid,
      onclick: () => {
        close(true);
        item.pick();
      },
    }, h("span", {}, item.label), item.note ? h("small", {}, item.note) : null);
    if (item.danger) node.classList.add("danger-text");
    return node;
  }

  menu.addEventListener("keydown", (event) => steer(event, menu, close));
  menu.addEventListener("focusout", (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && close(false));
  document.addEventListener("pointerdown", outside, true);
  opener.setAttribute("aria-expanded", "true");
  host.append(menu);
  place(menu, opener);
  menu.firstElementChild?.focus();
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function steer(event, menu, close) {
  const entries = [...menu.children];
  const at = entries.indexOf(document.activeElement);
  const target = { Home: 0, End: entries.length - 1 }[event.key] ??
    (STEPS[event.key] ? (at + STEPS[event.key] + entries.length) % entries.length : null);
  if (event.key === "Escape" || event.key === "Tab") {
    close(true);
    if (event.key === "Escape") event.stopPropagation();
    event.preventDefault();
  } else if (target !== null) {
    entries[target].focus();
    event.preventDefault();
  }
}

function place(menu, opener) {
  const around = opener.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(around.left, innerWidth - size.width - 8));
  const below = around.bottom + 4;
  const top = below + size.height > innerHeight - 8 ? Math.max(8, around.top - size.height - 4) : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
