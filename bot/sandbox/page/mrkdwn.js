// Slack's mrkdwn, read into a small tree first (tested by itself) and drawn as nodes afterwards.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { timeNode } from "./dates.js";
import { channelNode, groupNode, linkNode, mentionNode, personNode } from "./mentions.js";

const STYLES = { "*": "bold", _: "italic", "~": "strike" };
const ANGLE = /^<([^<>\n]+)>/;
const SHORTCODE = /^:([a-z0-9_+-]+):/;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Slack escapes exactly three characters on the wire. */
export function unescaped(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** Reads mrkdwn into a list of {type, text?, children?, …}. */
export function parse(text) {
  const parts = String(text ?? "").split("```");
  const tree = parts.flatMap((part, index) => {
    if (index % 2 === 0) return part ? lines(part) : [];
    const closed = index + 1 < parts.length;
    return closed ? [{ type: "pre", text: unescaped(part.replace(/^\n|\n$/g, "")) }] : lines("```" + part);
  });
  return tree.reduce(joinedText, []);
}

function joinedText(out, node) {
  const last = out.at(-1);
  if (last?.type === "text" && node.type === "text") out[out.length - 1] = { type: "text", text: last.text + node.text };
  else out.push(node);
  return out;
}

function lines(text) {
  const out = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) out.push({ type: "quote", children: joined(quoted) });
    quoted = [];
  };
  const rows = text.split("\n");
  rows.forEach((row, index) => {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(row);
    if (quote) {
      quoted.push(quote[1]);
      return;
    }
    const afterQuote = quoted.length > 0;
    flush();
    if (index > 0 && !afterQuote) out.push({ type: "break" });
    out.push(...inline(row));
  });
  flush();
  return out;
}

const joined = (rows) => rows.flatMap((row, index) => (index ? [{ type: "break" }, ...inline(row)] : inline(row)));

/** One line: styles open after a non-word character and close before one, as in Slack. */
export function inline(text) {
  const out = [];
  let plain = "";
  const add = (node, length) => {
    if (plain) out.push({ type: "text", text: unescaped(plain) });
    plain = "";
    out.push(node);
    return length;
  };
  for (let at = 0; at < text.length; ) {
    const found = styled(text, at) ?? bracketed(text, at) ?? shortcode(text, at);
    if (found) at += add(found.node, found.length);
    else plain += text[at++];
  }
  if (plain) out.push({ type: "text", text: unescaped(plain) });
  return out;
}

function styled(text, at) {
  const mark = text[at];
  if (mark !== "`" && !STYLES[mark]) return null;
  if (mark === "`" && text[at + 1] === "`") return null;
  if (at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1])) return null;
  const end = closing(text, mark, at + 1);
  if (end < 0) return null;
  const inner = text.slice(at + 1, end);
  if (mark === "`") return { node: { type: "code", text: unescaped(inner) }, length: end + 1 - at };
  return { node: { type: STYLES[mark], children: inline(inner) }, length: end + 1 - at };
}

function closing(text, mark, from) {
  if (mark !== "`" && /\s/.test(text[from] ?? " ")) return -1;
  for (let end = from + 1; end < text.length; end++) {
    if (text[end] !== mark) continue;
    if (mark === "`") return end;
    const after = text[end + 1] ?? " ";
    if (!/\s/.test(text[end - 1]) && !/[\p{L}\p{N}]/u.test(after)) return end;
  }
  return -1;
}

function shortcode(text, at) {
  const match = text[at] === ":" ? SHORTCODE.exec(text.slice(at)) : null;
  const character = match && emoji(match[1]);
  return character ? { node: { type: "emoji", text: character, name: match[1] }, length: match[0].length } : null;
}

function bracketed(text, at) {
  const match = text[at] === "<" ? ANGLE.exec(text.slice(at)) : null;
  return match ? { node: special(match[1], match[0]), length: match[0].length } : null;
}

const SPECIALS = [
  [/^@([UW][A-Z0-9]+)(?:\|(.*))?$/, ([, id]) => ({ type: "user", id })],
  [/^#(C[A-Z0-9]+)(?:\|(.*))?$/, ([, id]) => ({ type: "channel", id })],
  [/^!subteam\^(S[A-Z0-9]+)(?:\|(.*))?$/, ([, id]) => ({ type: "group", id })],
  [/^!(here|channel|everyone)(?:\|.*)?$/, ([, range]) => ({ type: "broadcast", range })],
  [/^!date\^(-?\d+)\^([^|^]*)(?:\^([^|]*))?\|(.*)$/, ([, at, pattern, url, fallback]) =>
    ({ type: "date", at: Number(at), pattern: unescaped(pattern), url: url && unescaped(url), text: unescaped(fallback) })],
  [/^((?:https?|mailto|tel):[^|]*)(?:\|(.*))?$/, ([, url, label]) =>
    ({ type: "link", url: unescaped(url), text: unescaped(label || url) })],
];

function special(inside, whole) {
  for (const [pattern, make] of SPECIALS) {
    const match = pattern.exec(inside);
    if (match) return make(match);
  }
  return { type: "text", text: unescaped(whole) };
}

const DRAW = {
  text: (node) => node.text,
  break: () => h("br"),
  bold: (node) => h("strong", {}, nodes(node.children)),
  italic: (node) => h("em", {}, nodes(node.children)),
  strike: (node) => h("s", {}, nodes(node.children)),
  code: (node) => h("code", {}, node.text),
  pre: (node) => h("pre", {}, node.text),
  quote: (node) => h("blockquote", {}, nodes(node.children)),
  emoji: (node) => h("span.emoji", { title: `:${node.name}:` }, node.text),
  user: (node) => personNode(node.id),
  channel: (node) => channelNode(node.id),
  group: (node) => groupNode(node.id),
  broadcast: (node) => mentionNode(`@${node.range}`, true),
  date: (node) => {
    const when = timeNode(node.at, node.pattern, node.text);
    return node.url ? linkNode(node.url, when) : when;
  },
  link: (node) => linkNode(node.url, node.text),
};

const nodes = (tree) => tree.map((node) => DRAW[node.type](node));

/** Nodes for a mrkdwn text. */
export function mrkdwn(text) {
  return nodes(parse(text));
}
