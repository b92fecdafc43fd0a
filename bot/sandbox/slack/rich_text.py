"""The structure of a `rich_text` block: sections, lists, quotes and preformatted parts made of small elements."""

from bot.sandbox.slack.composition import BLOCK_ID, LINK_ADDRESS
from bot.sandbox.slack.shapes import Rule, boolean, by_type, integer, items, matching, one_of, only, shape, string

_MANY = 1_000
STYLE = shape(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    ),
)

INLINE: dict[str, Rule] = {
    "text": shape({"text": string(12_000)}, {"style": STYLE}),
    "link": shape({"url": LINK_ADDRESS}, {"text": string(12_000), "unsafe": boolean, "style": STYLE}),
    "emoji": shape({"name": string(100)}, {"unicode": string(100), "skin_tone": integer(1, 6), "style": STYLE}),
    "user": shape({"user_id": matching(r"[UW][A-Z0-9]+", "user id")}, {"style": STYLE}),
    "usergroup": shape({"usergroup_id": matching(r"S[A-Z0-9]+", "user group id")}, {"style": STYLE}),
    "channel": shape({"channel_id": matching(r"C[A-Z0-9]+", "channel id")}, {"style": STYLE}),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, {"style": STYLE}),
    "date": shape(
        {"timestamp": integer(0, 99_999_999_999), "format": string(200)},
        {"url": LINK_ADDRESS, "fallback": string(200), "style": STYLE},
    ),
    "color": shape({"value": matching(r"#[0-9a-fA-F]{6}", "colour")}, {}),
}

_SECTION = shape({"elements": items(by_type(INLINE), _MANY, 0)}, {})
_BORDER = {"border": integer(0, 1)}

PARTS: dict[str, Rule] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": shape({"elements": items(by_type(INLINE), _MANY)}, _BORDER),
    "rich_text_preformatted": shape(
        {"elements": items(only(("text", "link"), INLINE), _MANY)},
        {**_BORDER, "language": string(50)},
    ),
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": items(by_type({"rich_text_section": _SECTION}), _MANY),
        },
        {**_BORDER, "indent": integer(0, 8), "offset": integer(0, 10_000)},
    ),
}

RICH_TEXT = shape({"elements": items(by_type(PARTS), _MANY)}, {"block_id": BLOCK_ID})
