// The shortcodes that cards and people use most; an unknown one stays as it was written.

const TABLE = {
  smile: "😄", slightly_smiling_face: "🙂", smiley: "😃", grinning: "😀", blush: "😊", wink: "😉", joy: "😂",
  heart_eyes: "😍", thinking_face: "🤔", neutral_face: "😐", disappointed: "😞", cry: "😢", sob: "😭", angry: "😠",
  rage: "😡", sweat_smile: "😅", scream: "😱", see_no_evil: "🙈", tada: "🎉", pray: "🙏", clap: "👏", wave: "👋",
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", ok_hand: "👌", raised_hands: "🙌", raised_hand: "✋",
  muscle: "💪", eyes: "👀", point_right: "👉", heart: "❤️", broken_heart: "💔", fire: "🔥", star: "⭐", sparkles: "✨",
  rocket: "🚀", warning: "⚠️", rotating_light: "🚨", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", question: "❓",
  exclamation: "❗", information_source: "ℹ️", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  speech_balloon: "💬", thread: "🧵", memo: "📝", pencil: "📝", pencil2: "✏️", email: "📧", envelope: "✉️",
  telephone_receiver: "📞", pager: "📟", package: "📦", truck: "🚚", airplane: "✈️", car: "🚗", moneybag: "💰",
  credit_card: "💳", lock: "🔒", unlock: "🔓", key: "🔑", shield: "🛡️", mag: "🔍", link: "🔗", pushpin: "📌",
  bookmark: "🔖", calendar: "📅", date: "📅", clock3: "🕒", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  stopwatch: "⏱️", alarm_clock: "⏰", zzz: "💤", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉",
  bar_chart: "📊", red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢",
  large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️",
  arrow_down: "⬇️", leftwards_arrow_with_hook: "↩️", arrows_counterclockwise: "🔄", repeat: "🔁", handshake: "🤝",
  busts_in_silhouette: "👥", bust_in_silhouette: "👤", robot_face: "🤖", bulb: "💡", wrench: "🔧", gear: "⚙️",
  hammer_and_wrench: "🛠️", ambulance: "🚑", newspaper: "📰", house: "🏠", globe_with_meridians: "🌐", new: "🆕",
  double_vertical_bar: "⏸️", arrow_forward: "▶️", eye: "👁️", hand: "✋", outbox_tray: "📤", inbox_tray: "📥",
  scales: "⚖️", grey_question: "❔", wastebasket: "🗑️", envelope_with_arrow: "📩", stethoscope: "🩺",
};

const REACTIONS = new Map(Object.entries(TABLE));

/** The character for a name such as "tada", or null. */
export function emoji(name) {
  return REACTIONS.get(name) ?? null;
}

/** Plain text with the known :shortcodes: replaced. */
export function withEmoji(text) {
  return String(text ?? "").replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole);
}
