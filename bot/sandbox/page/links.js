// Following a link: posts of the pretend X are shown on the right, everything else asks before it leaves the sandbox.

import { ask } from "./confirm.js";
import { store } from "./store.js";

/** Listens for clicks on every link of the page. */
export function watchLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-link]");
    if (!link) return;
    event.preventDefault();
    follow(link.href);
  });
}

/** What a post address or a "reply on X" address means here, or null. */
export function inside(address) {
  const url = new URL(address);
  const target = url.searchParams.get("in_reply_to");
  if (url.pathname.endsWith("/intent/tweet") || url.pathname.endsWith("/intent/post")) {
    return target ? { kind: "answer", id: target, text: url.searchParams.get("text") ?? "" } : null;
  }
  const match = /\/status\/(\d+)\/?$/.exec(url.pathname);
  return match && store.get(`post:${match[1]}`) ? { kind: "post", id: match[1] } : null;
}

export async function follow(address) {
  const found = inside(address);
  if (found) {
    document.dispatchEvent(new CustomEvent("go-post", { detail: found }));
    return;
  }
  const leave = await ask({
    title: "Leave the sandbox?",
    text: `This link leads outside: ${address}`,
    confirm: "Open it in a new tab",
    deny: "Stay here",
  });
  if (leave) window.open(address, "_blank", "noreferrer,noopener");
}
