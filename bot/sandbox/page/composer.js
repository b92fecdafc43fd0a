// Where people type: messages, thread replies and slash commands.

import { h, toast } from "./dom.js";
import { silence, silent, slack } from "./acts.js";
import { place } from "./place.js";
import { tried } from "./message.js";
import { store } from "./store.js";

const COMMANDS = "/desk find · mine · oncall · hold · report · why";

/** A composer; `target()` says {channel, thread_ts?, label}. */
export function composer(testid, target) {
  const box = h("textarea", { rows: 1, "data-testid": testid, spellcheck: "true" });
  const hint = h("span.hint", { "aria-live": "polite" });
  const send = h("button.primary", { type: "submit", "data-testid": `${testid}-send`, disabled: true }, "Send");
  const form = h("form.composer", { onsubmit: (event) => submit(event, box, target) }, h("div.composer-box", {}, box, send), hint);
  const grow = () => {
    send.disabled = !box.value.trim();
    hint.textContent = box.value.startsWith("/") ? COMMANDS : "";
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
  };
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  const relabel = () => {
    const label = target().label;
    box.placeholder = label;
    box.setAttribute("aria-label", label);
  };
  return { node: form, relabel };
}

async function submit(event, box, target) {
  event.preventDefault();
  const words = box.value.trim();
  if (!words) return;
  const { channel, thread_ts } = target();
  const done = await tried(() => (words.startsWith("/") ? command(words, channel) : slack.says({ channel, thread_ts, text: words })));
  if (!done) return;
  box.value = "";
  box.dispatchEvent(new Event("input"));
}

async function command(words, channel) {
  const [name, ...rest] = words.split(" ");
  const result = await slack.command({ command: name, text: rest.join(" "), channel });
  if (silent(result)) {
    toast(`${name} failed. ${silence(result)}`, { error: true });
    return null;
  }
  return result;
}

export const channelTarget = () => {
  const channel = store.get(`channel:${place.at}`);
  const name = channel?.kind === "im" ? "Replydesk" : `#${channel?.name ?? ""}`;
  return { channel: place.at, label: `Message ${name} as ${store.get(`person:${store.seat}`)?.name ?? "…"}, or /desk` };
};

export const threadTarget = () => ({ channel: place.at, thread_ts: place.thread, label: "Reply in this thread" });
