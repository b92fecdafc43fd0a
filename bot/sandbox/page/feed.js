// The right side: the pretend X, conversation by conversation, and everything customers and the brand can do there.

import { h, reconcile } from "./dom.js";
import { social } from "./acts.js";
import { ask } from "./confirm.js";
import { stamp } from "./dates.js";
import { openMenu } from "./menu.js";
import { tried } from "./message.js";
import { avatar } from "./pictures.js";
import { store } from "./store.js";
import { writer } from "./writer.js";
import { go } from "./place.js";

const find = (id) => document.getElementById(id);
let form = null;

export function startFeed() {
  find("feed-writer").append(writer({ testid: "compose-x", label: "Write as a customer, for example “@LumenShop my lamp arrived broken”", button: "Post", send: publish, brand: true }));
  document.addEventListener("go-post", (event) => {
    const { kind, id, text } = event.detail;
    go({ panel: "x", side: "x" });
    if (kind === "answer") openForm("brand", first(id), text);
    show(first(id));
  });
}

const posts = () => store.rows("post:").map(([key, post]) => ({ key, stamp: store.revision(key), ...post }));
const first = (id) => posts().find((post) => post.versions.includes(id))?.id ?? id;
const publish = (author, text) => tried(() => social.post({ author, text, native: author === store.get("x")?.brand }));

export function drawFeed() {
  const all = posts();
  const known = new Set(all.map((post) => post.id));
  const groups = new Map();
  for (const post of all) groups.set(post.conversation_id, [...(groups.get(post.conversation_id) ?? []), post]);
  const items = [...groups].sort(([, a], [, b]) => newest(b) - newest(a)).map(([id, members]) => conversation(id, members, known));
  reconcile(find("feed"), items.length ? items : [{ key: "empty", stamp: 0, build: () => h("p.empty", {}, "No posts yet. Write one as a customer above.") }]);
}

const newest = (members) => Math.max(...members.map((post) => Number(post.at)));

function conversation(id, members, known) {
  const ordered = members.sort((a, b) => a.at - b.at);
  const open = form && members.some((post) => post.id === form.id) ? `${form.kind}${form.id}${form.n}` : "";
  return {
    key: `conversation ${id}`,
    stamp: `${ordered.map((post) => `${post.key}@${post.stamp}`).join(" ")}|${open}|${store.revision("customers")}`,
    build: () => {
      const section = h("section.conversation", { "aria-label": `Conversation of ${ordered[0].name}` });
      const rows = ordered.flatMap((post) => [post, ...(form?.id === post.id ? [{ form }] : [])]);
      section.append(...rows.map((row) => (row.form ? row.form.node : postNode(row, known, post_depth(row)))));
      return section;
    },
  };
}

const post_depth = (post) => (post.in_reply_to ? 1 : 0);

function postNode(post, known, depth) {
  const marks = [
    post.brand ? h("span.tag", { "data-testid": "published-by" }, post.source === "app" ? "published by the desk" : "native") : null,
    post.suspended ? h("span.tag", {}, "suspended") : null,
    post.protected ? h("span.tag", {}, "🔒 protected") : null,
    post.versions.length > 1 && !post.deleted ? h("span.tag", {}, "edited") : null,
    post.lang && post.lang !== "en" ? h("span.tag", {}, post.lang) : null,
  ];
  const node = h("article.post", { "data-testid": `feed-post-${post.id}`, tabIndex: -1, "aria-label": `${post.name}: ${post.deleted ? "deleted post" : post.text}` },
    avatar(`/avatars/${post.handle}.svg`, post.name),
    h("div.post-main", {},
      h("div.post-head", {}, h("span.author", {}, post.name), h("span.handle", {}, `@${post.handle}`), h("span.when", {}, stamp(post.at)), marks),
      post.deleted ? h("p.gone", {}, "This post was deleted.") : h("p.post-text", {}, words(post.text)),
      post.media?.length ? h("p.hint", {}, `🖼 ${post.media.length} ${post.media.length === 1 ? "picture" : "pictures"}`) : null,
      quoted(post), post.deleted ? null : acts(post)));
  node.classList.toggle("reply", depth > 0);
  node.classList.toggle("brand", Boolean(post.brand));
  return node;
}

function quoted(post) {
  const target = post.quote_of && store.get(`post:${first(post.quote_of)}`);
  return target ? h("blockquote.quoted", {}, h("strong", {}, `@${target.handle} `), target.deleted ? "deleted" : target.text) : null;
}

/** Handles stand out; nothing in a post becomes a link or markup. */
function words(text) {
  return text.split(/((?<!\w)@\w{1,15})/).map((part, index) => (index % 2 ? h("span.handle-in-text", {}, part) : part));
}

function acts(post) {
  const choose = (kind, text) => () => {
    openForm(kind, post.id, text);
  };
  const more = h("button.linklike", { type: "button", "aria-haspopup": "menu", "data-testid": "post-more", onclick: () => openMenu(more, menu(post)) }, "More");
  return h("div.post-acts", {},
    h("button.linklike", { type: "button", "data-testid": "post-reply", "aria-label": `Reply to ${post.name} as a customer`, onclick: choose("reply", "") }, "Reply"),
    post.brand ? null : h("button.linklike", { type: "button", "data-testid": "post-native", "aria-label": `Answer ${post.name} natively as the brand, past the desk`, onclick: choose("brand", "") }, "Answer natively"),
    more);
}

function menu(post) {
  const protect = { label: post.protected ? "Make account public" : "Protect account", testid: "post-protect", pick: () => tried(() => social.protect(post.handle, !post.protected)) };
  return [
    { label: "Edit post", testid: "post-edit", pick: () => openForm("edit", post.id, post.text) },
    ...(post.brand ? [] : [protect]),
    { label: "Delete post", testid: "post-delete", danger: true, pick: () => remove(post) },
  ];
}

async function remove(post) {
  const sure = await ask({ title: "Delete this post?", text: `@${post.handle}: ${post.text.slice(0, 140)}`, confirm: "Delete", deny: "Keep", style: "danger" });
  if (sure) await tried(() => social.remove(post.current));
}

const FORMS = {
  reply: (post, author) => ({
    testid: "reply-x", label: `Reply to @${post.handle}`, button: "Reply", author,
    send: (as, text) => social.post({ author: as, text, in_reply_to: post.current }),
  }),
  brand: (post) => ({
    testid: "native-x", label: "Answer as the brand, past the desk", button: "Publish natively", fixed: store.get("x")?.brand,
    send: (brand, text) => social.post({ author: brand, text, in_reply_to: post.current, native: true }),
  }),
  edit: (post) => ({
    testid: "edit-x", label: "Edit the post", button: "Save", fixed: post.handle,
    send: (_, text) => social.edit(post.current, text),
  }),
};

function openForm(kind, id, text) {
  const post = posts().find((one) => one.id === id);
  if (!post) return;
  const settings = FORMS[kind](post, customerOf(post));
  const send = async (author, words_) => {
    const done = await tried(() => settings.send(author, words_));
    if (done) closeForm();
    return done;
  };
  openForm.count += 1;
  form = { kind, id, n: openForm.count, node: writer({ ...settings, text, send, cancel: closeForm }) };
  drawFeed();
  form.node.querySelector("textarea").focus();
}
openForm.count = 0;

function closeForm() {
  const id = form?.id;
  form = null;
  drawFeed();
  find("feed").querySelector(`[data-testid="feed-post-${id}"] [data-testid=post-reply]`)?.focus();
}

/** Who would answer: the customer of the conversation. */
function customerOf(post) {
  return post.brand ? posts().find((one) => one.conversation_id === post.conversation_id && !one.brand)?.handle : post.handle;
}

function show(id) {
  const node = find("feed").querySelector(`[data-testid="feed-post-${id}"]`);
  if (!node) return;
  node.scrollIntoView({ block: "center" });
  node.classList.add("shown");
  node.focus({ preventScroll: true });
  setTimeout(() => node.classList.remove("shown"), 2500);
}
