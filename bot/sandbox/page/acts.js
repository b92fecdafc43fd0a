// Everything people do on this page, told to the sandbox through its control API: one way in, the same as for tests.

import { store } from "./store.js";

const LONGEST = 20_000;

/** What went wrong, as a sentence for the person who acted; `lost` when no answer came at all. */
export class ActFailed extends Error {
  constructor(sentence, lost = false) {
    super(sentence);
    this.lost = lost;
  }
}

async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(LONGEST),
    });
  } catch {
    throw new ActFailed("The sandbox did not answer. Is it still running?", true);
  }
  const result = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ActFailed(result.error ?? `The sandbox answered ${answer.status}.`);
  return result;
}

const seat = (verb) => (body = {}) => call("POST", `/control/seats/${encodeURIComponent(store.seat)}/${verb}`, body);

/** Acts of the person in this seat; clicks, forms and commands answer {acknowledged, ms, body, errors, error}. */
export const slack = Object.fromEntries(
  ["click", "click_home", "click_in_view", "submit", "close", "command", "open_home", "says"].map((verb) => [verb, seat(verb)]),
);

/** True when the desk kept silent; "not_sent" is no silence, the form or dialog held it back. */
export const silent = (result) => result.acknowledged === false && result.error !== "not_sent";

const SILENCE = { dispatch_failed: "Replydesk is not connected, so it never heard of this." };

/** The sentence for a silent desk. */
export const silence = (result) => SILENCE[result.error] ?? "Replydesk did not answer within 3 seconds. It may or may not have done something.";

/** Acts on the pretend X. */
export const social = {
  post: (body) => call("POST", "/control/x/posts", body),
  edit: (id, text) => call("PATCH", `/control/x/posts/${id}`, { text }),
  remove: (id) => call("DELETE", `/control/x/posts/${id}`),
  protect: (handle, isProtected) => call("PATCH", `/control/x/people/${encodeURIComponent(handle)}`, { protected: isProtected }),
  join: (handle) => call("POST", "/control/x/people", { handle }),
};

/** Acts on the sandbox itself. */
export const sandbox = {
  weather: (switches) => call("POST", "/control/weather", switches),
  fineWeather: () => call("DELETE", "/control/weather"),
  dropSocket: () => call("POST", "/control/weather/drop_socket", {}),
  trickle: (change) => call("POST", "/control/trickle", change),
  nextComplaint: () => call("POST", "/control/trickle/next", {}),
  advance: (seconds) => call("POST", "/control/clock/advance", { seconds }),
};
