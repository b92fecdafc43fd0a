// The fields of one open view: what is typed in them, what is missing, and where an error is shown.

const REQUIRED = "Please complete this required field.";

/** Keeps typed values in a map that outlives the drawn fields. */
export class Fields {
  #typed;
  #state;
  #fields = [];
  #dispatch = () => {};

  constructor(typed, state = {}) {
    this.#typed = typed;
    this.#state = state;
  }

  /** The value typed in this tab, else what the sandbox holds for the same block and action, else undefined. */
  typed(block, action) {
    const key = `${block}/${action}`;
    return this.#typed.has(key) ? this.#typed.get(key) : plainValue(this.#state[block]?.[action]);
  }

  dispatch(act) {
    this.#dispatch = act;
  }

  add(field) {
    this.#fields.push(field);
    const { block, part, node } = field;
    const keep = () => {
      this.#typed.set(`${block.block_id}/${part.action_id}`, field.read());
      this.#show(field, "");
    };
    node.addEventListener("input", keep);
    node.addEventListener("change", () => {
      keep();
      if (block.dispatch_action && part.type !== "plain_text_input") this.#dispatch(part, block, field.read());
    });
    if (block.dispatch_action && part.type === "plain_text_input") this.#onEnter(field, keep);
  }

  #onEnter(field, keep) {
    const on = field.part.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    const tell = () => {
      keep();
      this.#dispatch(field.part, field.block, field.read());
    };
    if (on.includes("on_character_entered")) field.node.addEventListener("input", tell);
    if (!on.includes("on_enter_pressed")) return;
    field.node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      tell();
    });
  }

  /** {block_id: value} of everything. */
  values() {
    return Object.fromEntries(this.#fields.map((field) => [field.block.block_id, field.read()]));
  }

  /** Checks what Slack checks before it sends anything; shows what is wrong. */
  complete() {
    const wrong = Object.fromEntries(this.#fields.map((field) => [field.block.block_id, problem(field)]).filter(([, words]) => words));
    this.refuse(wrong);
    return !Object.keys(wrong).length;
  }

  /** Shows errors at their fields; one without a field is shown at the first. */
  refuse(errors) {
    const unplaced = Object.entries(errors).filter(([id]) => !this.#fields.some((field) => field.block.block_id === id)).map(([id, words]) => `${id}: ${words}`);
    let first = null;
    this.#fields.forEach((field, index) => {
      const words = [errors[field.block.block_id], ...(index === 0 ? unplaced : [])].filter(Boolean).join(" ");
      this.#show(field, words);
      if (words) first ??= field;
    });
    first?.control.focus();
  }

  #show(field, words) {
    if (field.error.textContent === words) return;
    field.error.textContent = words;
    field.error.hidden = !words;
    field.control.setAttribute("aria-invalid", words ? "true" : "false");
    field.node.classList.toggle("wrong", Boolean(words));
  }
}

function problem({ block, part, control, read }) {
  const value = read();
  if (value === null || value === "" || value.length === 0) return block.optional ? null : REQUIRED;
  if (typeof value === "string" && part.min_length && value.length < part.min_length) return `Please write at least ${part.min_length} characters.`;
  return control.validity && !control.validity.valid ? control.validationMessage : null;
}

/** From Slack's state ({type, selected_option: {value}}) to the plain value of a field. */
function plainValue(state) {
  if (!state) return undefined;
  const held = Object.entries(state).find(([key]) => key !== "type")?.[1];
  if (Array.isArray(held)) return held.map((one) => one.value ?? one);
  return held?.value ?? held ?? undefined;
}
