// The fields of Block Kit: each draws itself and reads its value in the plain form the control API takes.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { store } from "./store.js";
import { unsupported } from "./unsupported.js";

const text = (type, more = () => ({})) => (part, value) => {
  const node = h("input", { type, value: value ?? part.initial_value ?? "", placeholder: part.placeholder?.text, ...more(part) });
  return { node, read: () => node.value || null };
};

const initial = (name) => (part) => ({ ...part, initial_value: part[name] });
const dated = (type, name) => (part, value) => text(type)(initial(name)(part), value);

/** type -> (element, value typed before) => {node, read}. Values: text, option value, list of option values, id. */
export const INPUTS = {
  plain_text_input: plain,
  email_text_input: text("email"),
  url_text_input: text("url"),
  number_input: text("number", (part) => ({ min: part.min_value, max: part.max_value, step: part.is_decimal_allowed ? "any" : "1" })),
  datepicker: dated("date", "initial_date"),
  timepicker: dated("time", "initial_time"),
  datetimepicker: moment,
  static_select: (part, value) => select(part, value ?? part.initial_option?.value, staticChoices(part)),
  users_select: (part, value) => select(part, value ?? part.initial_user, peopleChoices()),
  conversations_select: (part, value) => select(part, value ?? part.initial_conversation, channelChoices()),
  channels_select: (part, value) => select(part, value ?? part.initial_channel, channelChoices()),
  multi_static_select: (part, value) => ticks(part, value ?? (part.initial_options ?? []).map(valueOf), flat(staticChoices(part))),
  multi_users_select: (part, value) => ticks(part, value ?? part.initial_users ?? [], peopleChoices()),
  multi_conversations_select: (part, value) => ticks(part, value ?? part.initial_conversations ?? [], channelChoices()),
  multi_channels_select: (part, value) => ticks(part, value ?? part.initial_channels ?? [], channelChoices()),
  radio_buttons: (part, value) => marks(part, "radio", [value ?? part.initial_option?.value], (picked) => picked[0] ?? null),
  checkboxes: (part, value) => ticks(part, value ?? (part.initial_options ?? []).map(valueOf), part.options.map(choice)),
};

const valueOf = (option) => option.value;
const choice = (option) => ({ value: option.value, label: withEmoji(option.text?.text), note: withEmoji(option.description?.text) });
const flat = (choices) => choices.flatMap((one) => one.choices ?? [one]);

function staticChoices(part) {
  if (part.option_groups) {
    return part.option_groups.map((group) => ({ label: withEmoji(group.label?.text), choices: group.options.map(choice) }));
  }
  return (part.options ?? []).map(choice);
}

function peopleChoices() {
  return store.values("person:").filter((person) => !person.deleted)
    .map((person) => ({ value: person.id, label: `${person.real_name}${person.note ? ` (${person.note})` : ""}` }));
}

function channelChoices() {
  return store.values("channel:").filter((channel) => channel.kind === "channel").map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
}

function plain(part, value) {
  const shared = { maxlength: part.max_length ?? 3000, placeholder: part.placeholder?.text, autofocus: part.focus_on_load };
  const words = value ?? part.initial_value ?? "";
  const input = part.multiline ? h("textarea", { ...shared, rows: 3, value: words }) : h("input", { ...shared, type: "text", value: words });
  const limit = part.max_length ?? 3000;
  const left = h("output.count", { "aria-live": "off" });
  const count = () => {
    left.textContent = String(limit - input.value.length);
    left.classList.toggle("short", limit - input.value.length < 20);
    left.setAttribute("aria-label", `${left.textContent} characters left`);
  };
  input.addEventListener("input", count);
  count();
  const node = h("div.text-field", {}, input, part.max_length ? left : null);
  node.classList.toggle("multiline", Boolean(part.multiline));
  return { node, control: input, read: () => input.value || null };
}

function moment(part, value) {
  const local = (at) => new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  const known = value ?? part.initial_date_time;
  const node = h("input", { type: "datetime-local", value: known ? local(known) : "" });
  return { node, read: () => (node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null) };
}

function select(part, value, choices) {
  const option = (one) => h("option", { value: one.value, selected: one.value === value }, one.note ? `${one.label} – ${one.note}` : one.label);
  const known = flat(choices).some((one) => one.value === value);
  const node = h("select", {},
    h("option", { value: "", selected: !known }, part.placeholder?.text ?? "Choose…"),
    choices.map((one) => (one.choices ? h("optgroup", { label: one.label }, one.choices.map(option)) : option(one))));
  return { node, read: () => node.value || null };
}

const ticks = (part, values, choices) => marks(part, "checkbox", values, (picked) => picked, choices);

function marks(part, type, values, read, choices = (part.options ?? []).map(choice)) {
  const name = `marks-${++marks.count}`;
  const boxes = choices.map((one) => h("input", { type, name, value: one.value, checked: values.includes(one.value) }));
  const node = h("div.marks", { role: type === "radio" ? "radiogroup" : "group" }, choices.map((one, index) =>
    h("label", {}, boxes[index], h("span", {}, one.label, one.note ? h("small", {}, one.note) : null))));
  return { node, control: boxes[0], read: () => read(boxes.filter((box) => box.checked).map((box) => box.value)) };
}
marks.count = 0;

/** A field with a name for screen readers, for places without a label of their own. */
export function field(part, block, place) {
  const shown = INPUTS[part.type](part, place.fields?.typed(block.block_id, part.action_id));
  shown.control ??= shown.node;
  shown.control.setAttribute("aria-label", part.accessibility_label ?? part.placeholder?.text ?? part.action_id);
  return shown;
}

/** An input block with label, field, error and hint in this order, as in Slack. */
export function inputBlock(block, place) {
  const part = block.element ?? {};
  const draw = INPUTS[part.type];
  if (!draw) return h("div.block-input", {}, h("span.label", {}, withEmoji(block.label?.text)), unsupported("element", part.type));
  const shown = draw(part, place.fields?.typed(block.block_id, part.action_id));
  const control = shown.control ?? shown.node;
  const ids = { label: `label-${++inputBlock.count}`, hint: `hint-${inputBlock.count}`, error: `error-${inputBlock.count}` };
  control.setAttribute("aria-describedby", `${ids.error} ${ids.hint}`);
  const grouped = shown.node.matches(".marks");
  (grouped ? shown.node : control).setAttribute("aria-labelledby", ids.label);
  control.dataset.testid = grouped ? "" : `field-${block.block_id}`;
  if (grouped) shown.node.dataset.testid = `field-${block.block_id}`;
  const error = h("p.field-error", { id: ids.error, role: "alert", hidden: true, "data-testid": `field-error-${block.block_id}` });
  const node = h("div.block-input", {},
    h("span.label", { id: ids.label, onclick: () => control.focus() }, withEmoji(block.label?.text),
      block.optional ? h("small", {}, " (optional)") : null),
    shown.node, error,
    block.hint ? h("p.hint", { id: ids.hint }, withEmoji(block.hint.text)) : null);
  place.fields?.add({ block, part, node: shown.node, control, error, read: shown.read });
  return node;
}
inputBlock.count = 0;
