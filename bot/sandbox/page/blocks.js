// Block Kit: one table from block type to drawing; what is not in it is drawn as unsupported.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { richText } from "./rich_text.js";
import { unsupported } from "./unsupported.js";
import { element } from "./elements.js";
import { inputBlock } from "./inputs.js";
import { chart } from "./charts.js";
import { linkNode } from "./mentions.js";

/** Nodes for a text object (mrkdwn or plain_text). */
export function textObject(text) {
  if (!text) return null;
  return text.type === "mrkdwn" ? mrkdwn(text.text) : withEmoji(text.text);
}

const BLOCKS = {
  header: (block) => h("h3.block-header", {}, textObject(block.text)),
  divider: () => h("hr"),
  section,
  context: (block) => h("div.block-context", {}, (block.elements ?? []).map(contextElement)),
  actions: (block, place) => h("div.block-actions", {}, (block.elements ?? []).map((part) => element(part, block, place))),
  image: (block) => h("figure", {},
    block.title ? h("figcaption", {}, textObject(block.title)) : null,
    picture(block.image_url ?? block.slack_file?.url ?? "", block.alt_text, "block-image")),
  rich_text: (block) => h("div.block-rich-text", {}, richText(block)),
  input: inputBlock,
  video: (block) => attached("▶", block.title?.text ?? "Video", block.alt_text, block.title_url),
  file: (block) => attached("📄", block.external_id ?? "File", block.source),
  table,
  alert: (block) => h("div.block-alert", { role: "note", "data-level": block.level ?? "default" },
    h("strong", {}, { error: "Error: ", warning: "Warning: ", success: "Done: ", info: "Note: " }[block.level] ?? ""),
    h("span", {}, textObject(block.text))),
  data_visualization: chart,
  markdown: (block) => h("div.block-rich-text", {}, mrkdwn(block.text)),
};

function section(block, place) {
  const words = h("div.section-words", {},
    block.text ? h("div", {}, textObject(block.text)) : null,
    block.fields ? h("div.fields", {}, block.fields.map((field) => h("div", {}, textObject(field)))) : null);
  if (!block.accessory) return h("div.block-section", {}, words);
  return h("div.block-section.with-accessory", {}, words, element(block.accessory, block, place));
}

function contextElement(part) {
  return part.type === "image" ? picture(part.image_url, part.alt_text, "context-image") : h("span", {}, textObject(part));
}

function attached(icon, title, note, url) {
  return h("div.block-attached", {},
    h("span", { "aria-hidden": "true" }, icon),
    h("span", {}, url ? linkNode(url, title) : title, note ? h("small", {}, ` ${note}`) : null));
}

function table(block) {
  const settings = block.column_settings ?? [];
  const cell = (tag) => (content, column) => {
    const node = h(tag, { scope: tag === "th" ? "col" : null }, content.type === "rich_text" ? richText(content) : content.text ?? "");
    node.classList.add(`align-${settings[column]?.align ?? "left"}`);
    return node;
  };
  const [head = [], ...rows] = block.rows ?? [];
  return h("div.block-table", { tabIndex: 0, role: "region", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map(cell("th")))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell("td")))))));
}

/** One block; `place` says where it stands ({kind: "message"|"home"|"modal", act, fields?}). */
export function block(data, place) {
  const draw = BLOCKS[data?.type];
  const node = draw ? draw(data, place) : unsupported("block", data?.type);
  if (data?.block_id) node.dataset.block = data.block_id;
  return node;
}

/** All blocks of a message or view; one that cannot be drawn says so and does not take the others along. */
export function blocks(list, place) {
  return h("div.blocks", {}, (list ?? []).map((data) => {
    try {
      return block(data, place);
    } catch (error) {
      return unsupported("block", `${data?.type} (${error.message})`);
    }
  }));
}
