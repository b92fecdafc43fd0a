// Pictures come from this server alone; any other address becomes a labelled box with its alt text.

import { h } from "./dom.js";

/** An avatar of the pretend X or of a colleague. */
export function avatar(path, name, style = "avatar") {
  return picture(path, "", style, name);
}

export function picture(address, alt, style, name = "") {
  const url = ours(address);
  if (!url) return placeholder(alt || name, style);
  const image = h(`img.${style}`, { src: url, alt: alt ?? "", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(placeholder(alt || name, style)));
  return image;
}

/** Faces written for another port of this machine (before a restart) are served here too. */
function ours(address) {
  try {
    const url = new URL(address, location.href);
    const face = ["127.0.0.1", "localhost"].includes(url.hostname) && url.pathname.startsWith("/avatars/");
    return url.origin === location.origin || face ? url.pathname : null;
  } catch {
    return null;
  }
}

function placeholder(alt, style) {
  const small = style !== "block-image";
  const words = small ? initials(alt) : `Picture: ${alt || "no alt text"}`;
  const box = h(`span.${style}`, { role: "img", "aria-label": alt || "picture", title: alt || null, "data-testid": "picture-placeholder" }, words);
  box.classList.add("placeholder");
  return box;
}

function initials(words) {
  const letters = String(words ?? "").replace(/^profile picture of /i, "").split(/\s+/).map((word) => [...word][0] ?? "");
  return letters.slice(0, 2).join("").toUpperCase() || "?";
}
