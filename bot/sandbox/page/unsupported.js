// What the page cannot draw, it draws loudly: silence would hide a mistake.

import { h } from "./dom.js";

export function unsupported(kind, type) {
  return h("div.unsupported", { role: "note", "data-testid": "unsupported" }, `unsupported ${kind}: ${type ?? "(no type)"}`);
}
