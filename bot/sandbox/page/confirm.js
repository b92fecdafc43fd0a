// A question with two answers, in a dialog that keeps the focus.

import { h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { withEmoji } from "./emoji.js";

/** Asks; resolves to true or false. `body` may be nodes instead of text. */
export function ask({ title, text, body, confirm, deny, style }) {
  return new Promise((resolve) => {
    const answer = (value) => () => dialog.close(value);
    const ok = h("button", { type: "button", "data-testid": "confirm-ok", onclick: answer("ok") }, confirm);
    ok.classList.add(style === "danger" ? "danger" : "primary");
    const dialog = h("dialog.confirm", { "aria-labelledby": "confirm-title", "data-testid": "confirm" },
      h("h2", { id: "confirm-title" }, title),
      h("div.confirm-text", {}, body ?? text),
      h("div.buttons", {},
        h("button", { type: "button", "data-testid": "confirm-cancel", onclick: answer("") }, deny),
        ok));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "ok");
    });
    document.body.append(dialog);
    dialog.showModal();
    ok.focus();
  });
}

/** The confirm object of Block Kit. */
export function askBlockKit(confirm) {
  const text = confirm.text ?? {};
  return ask({
    title: withEmoji(confirm.title?.text ?? "Are you sure?"),
    body: text.type === "mrkdwn" ? mrkdwn(text.text) : withEmoji(text.text ?? ""),
    confirm: withEmoji(confirm.confirm?.text ?? "Yes"),
    deny: withEmoji(confirm.deny?.text ?? "Cancel"),
    style: confirm.style,
  });
}
