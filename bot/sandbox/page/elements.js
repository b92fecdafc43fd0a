// What can be clicked in messages, on App Home and in modals: each act goes to the desk, none is guessed here.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { askBlockKit } from "./confirm.js";
import { openMenu } from "./menu.js";
import { picture } from "./pictures.js";
import { follow } from "./links.js";
import { safeUrl } from "./mentions.js";
import { field, INPUTS } from "./inputs.js";
import { unsupported } from "./unsupported.js";

const CLICKED = { button, overflow, image: (part) => picture(part.image_url, part.alt_text, "accessory-image"), workflow_button: button };

/** An interactive element of an actions block or an accessory. */
export function element(part, block, place) {
  if (CLICKED[part.type]) return CLICKED[part.type](part, block, place);
  if (INPUTS[part.type]) return chosen(part, block, place);
  return unsupported("element", part.type);
}

function button(part, block, place) {
  const node = h("button", {
    type: "button",
    "aria-label": part.accessibility_label,
    "data-testid": `action-${part.action_id}`,
    "data-value": part.value,
    onclick: async () => {
      if (!(await allowed(part))) return;
      if (part.url && safeUrl(part.url)) follow(part.url);
      await busy(node, () => place.act(part, block, null));
    },
  }, withEmoji(part.text?.text));
  if (part.style) node.classList.add(part.style);
  return node;
}

function overflow(part, block, place) {
  const node = h("button.overflow", {
    type: "button",
    "aria-label": part.accessibility_label ?? "More actions",
    "aria-haspopup": "menu",
    "data-testid": `action-${part.action_id}`,
    onclick: () => openMenu(node, part.options.map((option) => ({
      label: withEmoji(option.text?.text),
      note: option.description?.text,
      testid: `option-${option.value}`,
      pick: async () => {
        if (!(await allowed(part))) return;
        if (option.url && safeUrl(option.url)) follow(option.url);
        await busy(node, () => place.act(part, block, option.value));
      },
    }))),
  }, "⋮");
  return node;
}

function chosen(part, block, place) {
  const shown = field(part, block, place);
  shown.node.dataset.testid = `action-${part.action_id}`;
  shown.node.addEventListener("change", async () => {
    const value = shown.read();
    if (!(await allowed(part))) return;
    await busy(shown.node, () => place.act(part, block, value));
  });
  return shown.node;
}

const allowed = (part) => (part.confirm ? askBlockKit(part.confirm) : true);

/** Shows that the click is under way; the node keeps its place so that nothing jumps. */
async function busy(node, act) {
  node.setAttribute("aria-busy", "true");
  try {
    await act();
  } finally {
    node.removeAttribute("aria-busy");
  }
}
