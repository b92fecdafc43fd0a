// A small form to write on the pretend X: who writes (a customer, or somebody new) and what.

import { h } from "./dom.js";
import { social } from "./acts.js";
import { tried } from "./message.js";
import { store } from "./store.js";

const NEW = " new";
let lastAuthor = "";

const customers = () => store.get("customers") ?? [];
const brand = () => store.get("x")?.brand;

/** settings: {testid, label, button, send(author, text), text?, author?, fixed?, brand?, cancel?}; fixed: nobody to choose. */
export function writer(settings) {
  const who = settings.fixed ? null : chooser(settings);
  const box = h("textarea", { rows: 3, placeholder: settings.label, "aria-label": settings.label, "data-testid": settings.testid, value: settings.text ?? "" });
  const count = h("output.count", {});
  const send = h("button.primary", { type: "submit", "data-testid": `${settings.testid}-send` }, settings.button);
  const tally = () => {
    const length = [...box.value.trim()].length;
    count.textContent = String(280 - length);
    count.setAttribute("aria-label", `${280 - length} characters left`);
    count.classList.toggle("short", length > 260);
    send.disabled = length === 0;
  };
  box.addEventListener("input", tally);
  who?.node.addEventListener("change", (event) => {
    box.placeholder = event.target.value === brand() ? `Post as @${brand()}, past the desk` : settings.label;
  });
  box.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.requestSubmit());
  const form = h("form.writer", { onsubmit: (event) => submit(event) },
    who?.node ?? h("p.writing-as", {}, `Writing as @${settings.fixed}`),
    box,
    h("div.buttons", {}, count,
      settings.cancel ? h("button", { type: "button", "data-testid": `${settings.testid}-cancel`, onclick: settings.cancel }, "Cancel") : null, send));
  form.addEventListener("keydown", (event) => event.key === "Escape" && settings.cancel?.());

  async function submit(event) {
    event.preventDefault();
    const author = settings.fixed ?? (await who.read());
    if (!author || !box.value.trim()) return;
    send.disabled = true;
    const done = await settings.send(author, box.value.trim());
    if (done) box.value = "";
    tally();
  }

  tally();
  return form;
}

function chooser(settings) {
  const pick = h("select", { "aria-label": "Who writes", "data-testid": `${settings.testid}-author` });
  const name = h("input", { type: "text", placeholder: "new_handle", maxlength: 15, pattern: "[A-Za-z0-9_]{1,15}", "aria-label": "New handle, letters, digits, underscore", hidden: true, "data-testid": `${settings.testid}-handle` });
  let chosenByHand = false;
  const fill = () => {
    const chosen = (chosenByHand && pick.value) || settings.author || lastAuthor || customers()[0]?.handle;
    pick.replaceChildren(...customers().map((one) => h("option", { value: one.handle, selected: one.handle === chosen }, `${one.name} @${one.handle}`)),
      h("option", { value: NEW, selected: chosen === NEW }, "Somebody new…"),
      settings.brand && brand() ? h("option", { value: brand(), selected: chosen === brand() }, `The brand itself, past the desk @${brand()}`) : "");
  };
  fill();
  store.listen((changed) => (changed.has("customers") || changed.has("x")) && (pick.isConnected || !pick.length) && fill());
  pick.addEventListener("change", () => {
    chosenByHand = true;
    name.hidden = pick.value !== NEW;
    if (!name.hidden) name.focus();
  });
  const read = async () => {
    if (pick.value === brand()) return pick.value;
    if (pick.value !== NEW) return (lastAuthor = pick.value);
    const handle = name.value.trim().replace(/^@/, "");
    if (!handle) {
      name.focus();
      return null;
    }
    if (customers().some((one) => one.handle.toLowerCase() === handle.toLowerCase())) return handle;
    return (await tried(() => social.join(handle))) ? (lastAuthor = handle) : null;
  };
  return { node: h("div.who", {}, pick, name), read };
}
