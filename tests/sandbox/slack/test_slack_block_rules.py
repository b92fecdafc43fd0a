"""Strictness by itself: good payloads pass, each bad one is refused with the error and the place Slack names."""

import pytest

from bot.sandbox.slack.blocks import problems_of_blocks, problems_of_view
from tests.sandbox.slack.samples import (
    CARD,
    actions,
    button,
    field,
    home,
    modal,
    mrkdwn,
    option,
    overflow,
    plain,
    section,
    text_input,
)


def rich(*parts):
    return {"type": "rich_text", "elements": list(parts)}


def quote(*elements):
    return {"type": "rich_text_quote", "elements": list(elements)}


def select(*options, **more):
    return {"type": "static_select", "action_id": "pick", "options": list(options) or [option()], **more}


def image(url="https://example.org/a.png", **more):
    return {"type": "image", "image_url": url, "alt_text": "A face", **more}


def confirm(**more):
    return {
        "title": plain("Sure?"),
        "text": mrkdwn("It goes out."),
        "confirm": plain("Send"),
        "deny": plain("No"),
        **more,
    }


def chart(**more):
    series = [{"name": "median", "data": [{"label": "W1", "value": 3}]}]
    inner = {"type": "line", "series": series, "axis_config": {"categories": ["W1"]}, **more}
    return {"type": "data_visualization", "title": "First reply", "chart": inner}


def table(*rows):
    return {"type": "table", "rows": list(rows) or [[{"type": "raw_text", "text": "Topic"}]]}


TEXT = {"type": "text", "text": "Where is my lamp?"}

GOOD_MESSAGES = [
    CARD["blocks"],
    [],
    [section("x" * 3000)],
    [{"type": "section", "fields": [mrkdwn("y" * 2000)] * 10}],
    [{"type": "header", "text": plain("h" * 150)}],
    [{"type": "context", "elements": [image(), mrkdwn("*Mia*"), plain("12 K")]}],
    [rich(quote(TEXT, {"type": "link", "url": "https://example.org"}, {"type": "emoji", "name": "tada"}))],
    [
        rich(
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [TEXT]}],
            }
        )
    ],
    [rich({"type": "rich_text_preformatted", "elements": [TEXT]})],
    [actions(*[button(f"b{n}") for n in range(25)])],
    [actions(button(style="primary", confirm=confirm(), accessibility_label="Claim C-1", url="https://example.org"))],
    [section(accessory=overflow(*"abcde"))],
    [section(accessory=select(option(), initial_option=option()))],
    [actions(button("a"), block_id="one"), actions(button("a"), block_id="two")],
    [chart(), chart()],
    [table([{"type": "raw_text", "text": "a"}], [rich(quote(TEXT))])],
    [{"type": "divider"}] * 50,
]

BAD_MESSAGES = [
    ("a block without a type", [{"text": plain("x")}], "missing required field: type", "/blocks/0"),
    ("an unknown block", [{"type": "sparkle"}], "unsupported type: sparkle", "/blocks/0"),
    ("a block that is text", ["hello"], "must be an object", "/blocks/0"),
    ("blocks that are no list", {"type": "divider"}, "must be an array", "/blocks"),
    ("51 blocks", [{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks"),
    ("a section without text", [{"type": "section"}], "missing required field: text or fields", "/blocks/0"),
    ("a section of 3,001", [section("x" * 3001)], "must be less than 3001 characters", "/blocks/0/text/text"),
    ("an empty section", [section("")], "must be more than 0 characters", "/blocks/0/text/text"),
    ("a bare string as text", [{"type": "section", "text": "hi"}], "must be an object", "/blocks/0/text"),
    ("text of type text", [{"type": "section", "text": {"type": "text", "text": "x"}}], "unsupported type: text", "/blocks/0/text"),
    ("eleven fields", [{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10 items allowed", "/blocks/0/fields"),
    ("no fields", [{"type": "section", "fields": []}], "no less than 1 items allowed", "/blocks/0/fields"),
    ("a field of 2,001", [{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "must be less than 2001", "/blocks/0/fields/0/text"),
    ("emoji in mrkdwn", [{"type": "section", "text": {**mrkdwn("x"), "emoji": True}}], "invalid additional property: emoji", "/blocks/0/text"),
    ("verbatim in plain_text", [{"type": "header", "text": {**plain("x"), "verbatim": True}}], "invalid additional property", "/blocks/0/text"),
    ("an unknown property", [section(colour="red")], "invalid additional property: colour", "/blocks/0"),
    ("a mrkdwn header", [{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn", "/blocks/0/text"),
    ("a header of 151", [{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters", "/blocks/0/text/text"),
    ("a header without text", [{"type": "header"}], "missing required field: text", "/blocks/0"),
    ("an image without alt_text", [{"type": "image", "image_url": "https://e.org/a.png"}], "missing required field: alt_text", "/blocks/0"),
    ("an image path", [image("/static/mia.png")], "must be a valid URL", "/blocks/0/image_url"),
    ("a data image", [image("data:image/png;base64,AA")], "must be a valid URL", "/blocks/0/image_url"),
    ("an empty context", [{"type": "context", "elements": []}], "no less than 1", "/blocks/0/elements"),
    ("eleven in a context", [{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10", "/blocks/0/elements"),
    ("a button in a context", [{"type": "context", "elements": [button()]}], "unsupported type: button", "/blocks/0/elements/0"),
    ("no actions", [actions()], "no less than 1 items allowed", "/blocks/0/elements"),
    ("26 actions", [actions(*[button(f"b{n}") for n in range(26)])], "no more than 25 items allowed", "/blocks/0/elements"),
    ("an image in actions", [actions(image())], "unsupported type: image", "/blocks/0/elements/0"),
    ("text input in actions", [actions(text_input())], "unsupported type: plain_text_input", "/blocks/0/elements/0"),
    ("a repeated action_id", [actions(button("a"), button("a"))], "`action_id` must be unique, `a` is repeated", "/blocks/0"),
    ("a repeated block_id", [section(block_id="b"), section(block_id="b")], "`block_id` must be unique, `b` is repeated", "/blocks"),
    ("a block_id of 256", [section(block_id="b" * 256)], "must be less than 256 characters", "/blocks/0/block_id"),
    ("an action_id of 256", [actions(button("a" * 256))], "must be less than 256 characters", "/blocks/0/elements/0/action_id"),
    ("an empty action_id", [actions(button(""))], "must be more than 0 characters", "/blocks/0/elements/0/action_id"),
    ("a button text of 76", [actions(button(text=plain("x" * 76)))], "must be less than 76 characters", "/blocks/0/elements/0/text/text"),
    ("a mrkdwn button", [actions(button(text=mrkdwn("x")))], "unsupported type: mrkdwn", "/blocks/0/elements/0/text"),
    ("a value of 2,001", [actions(button(value="x" * 2001))], "must be less than 2001", "/blocks/0/elements/0/value"),
    ("a number as value", [actions(button(value=7))], "must be a string", "/blocks/0/elements/0/value"),
    ("a green button", [actions(button(style="success"))], "must be one of: primary, danger", "/blocks/0/elements/0/style"),
    ("a script link", [actions(button(url="javascript:alert(1)"))], "must be a valid URL", "/blocks/0/elements/0/url"),
    ("a long accessibility_label", [actions(button(accessibility_label="x" * 76))], "must be less than 76", "/blocks/0/elements/0/accessibility_label"),
    ("a confirm without deny", [actions(button(confirm={k: v for k, v in confirm().items() if k != "deny"}))], "missing required field: deny", "/blocks/0/elements/0/confirm"),
    ("a confirm title of 101", [actions(button(confirm=confirm(title=plain("x" * 101))))], "must be less than 101", "/blocks/0/elements/0/confirm/title/text"),
    ("a confirm text of 301", [actions(button(confirm=confirm(text=plain("x" * 301))))], "must be less than 301", "/blocks/0/elements/0/confirm/text/text"),
    ("a confirm button of 31", [actions(button(confirm=confirm(confirm=plain("x" * 31))))], "must be less than 31", "/blocks/0/elements/0/confirm/confirm/text"),
    ("an overflow of six", [actions(overflow(*"abcdef"))], "no more than 5 items allowed", "/blocks/0/elements/0/options"),
    ("an empty overflow", [actions({"type": "overflow", "action_id": "m", "options": []})], "no less than 1", "/blocks/0/elements/0/options"),
    ("an option text of 76", [actions({"type": "overflow", "action_id": "m", "options": [option(text="x" * 76)]})], "must be less than 76", "/blocks/0/elements/0/options/0/text/text"),
    ("an option value of 151", [actions(select(option("v" * 151)))], "must be less than 151", "/blocks/0/elements/0/options/0/value"),
    ("101 options", [actions(select(*[option(str(n)) for n in range(101)]))], "no more than 100 items allowed", "/blocks/0/elements/0/options"),
    ("a select without options", [actions({"type": "static_select", "action_id": "pick"})], "either options or option_groups", "/blocks/0/elements/0"),
    ("a foreign initial_option", [actions(select(option("a"), initial_option=option("b")))], "initial option must match", "/blocks/0/elements/0"),
    ("repeated option values", [actions(select(option("a"), option("a", "Other")))], "options must have unique values", "/blocks/0/elements/0"),
    ("a mrkdwn option in a select", [actions(select({"text": mrkdwn("x"), "value": "a"}))], "unsupported type: mrkdwn", "/blocks/0/elements/0/options/0/text"),
    ("a wrong date", [actions({"type": "datepicker", "action_id": "d", "initial_date": "1.2.2026"})], "must be a valid date", "/blocks/0/elements/0/initial_date"),
    ("an unknown element", [actions({"type": "slider", "action_id": "s"})], "unsupported type: slider", "/blocks/0/elements/0"),
    ("an input in a message", [field()], "unsupported type: input", "/blocks/0"),
    ("an alert in a message", [{"type": "alert", "text": plain("x")}], "unsupported type: alert", "/blocks/0"),
    ("text straight in rich_text", [rich(TEXT)], "unsupported type: text", "/blocks/0/elements/0"),
    ("a quote in a quote", [rich(quote(quote(TEXT)))], "unsupported type: rich_text_quote", "/blocks/0/elements/0/elements/0"),
    ("empty words in rich_text", [rich(quote({"type": "text", "text": ""}))], "must be more than 0", "/blocks/0/elements/0/elements/0/text"),
    ("a rich_text link without url", [rich(quote({"type": "link", "text": "x"}))], "missing required field: url", "/blocks/0/elements/0/elements/0"),
    ("a list of texts", [rich({"type": "rich_text_list", "style": "bullet", "elements": [TEXT]})], "unsupported type: text", "/blocks/0/elements/0/elements/0"),
    ("a list without style", [rich({"type": "rich_text_list", "elements": []})], "missing required field: style", "/blocks/0/elements/0"),
    ("a broadcast to nobody", [rich(quote({"type": "broadcast", "range": "all"}))], "must be one of: here", "/blocks/0/elements/0/elements/0/range"),
    ("two tables", [table(), table()], "no more than 1 table blocks allowed", "/blocks"),
    ("three charts", [chart(), chart(), chart()], "no more than 2 data_visualization", "/blocks"),
    ("a chart whose labels differ", [chart(axis_config={"categories": ["W2"]})], "labels must match", "/blocks/0/chart/series/0"),
]  # fmt: skip

GOOD_VIEWS = [
    modal(),
    modal(section(), submit=plain("s" * 24), close=plain("Cancel"), notify_on_close=True, private_metadata="m" * 3000),
    {
        "type": "modal",
        "title": plain("t" * 24),
        "blocks": [{"type": "alert", "text": plain("Held"), "level": "warning"}],
    },
    modal(field(text_input(max_length=280, min_length=2, initial_value="x" * 280))),
    modal(field(select(option(), option("b")), dispatch_action=True, optional=True, hint=plain("h"))),
    modal(field({"type": "radio_buttons", "action_id": "r", "options": [{"text": mrkdwn("*a*"), "value": "a"}]})),
    modal(field({"type": "users_select", "action_id": "u", "initial_user": "UPAT"})),
    home(),
    home(*[{"type": "divider"}] * 100),
]

BAD_VIEWS = [
    ("no title", {"type": "modal", "blocks": [section()]}, "missing required field: title", "/view"),
    ("no blocks", {"type": "modal", "title": plain("x")}, "missing required field: blocks", "/view"),
    ("an input without submit", {"type": "modal", "title": plain("x"), "blocks": [field()]}, "missing required field: submit", "/view"),
    ("a title of 25", modal(title=plain("x" * 25)), "must be less than 25 characters", "/view/title/text"),
    ("a submit of 25", modal(submit=plain("x" * 25)), "must be less than 25 characters", "/view/submit/text"),
    ("a mrkdwn title", modal(title=mrkdwn("x")), "unsupported type: mrkdwn", "/view/title"),
    ("private_metadata of 3,001", modal(private_metadata="x" * 3001), "must be less than 3001", "/view/private_metadata"),
    ("private_metadata as object", modal(private_metadata={"case": "C-1"}), "must be a string", "/view/private_metadata"),
    ("101 blocks", home(*[{"type": "divider"}] * 101), "no more than 100 items allowed", "/view/blocks"),
    ("an unknown view type", {"type": "drawer", "blocks": []}, "unsupported type: drawer", "/view"),
    ("an input in a home tab", home(field()), "unsupported type: input", "/view/blocks/0"),
    ("a chart in a modal", modal(chart()), "unsupported type: data_visualization", "/view/blocks/0"),
    ("a submit in a home tab", {**home(), "submit": plain("x")}, "invalid additional property: submit", "/view"),
    ("words longer than max_length", modal(field(text_input(max_length=5, initial_value="x" * 6))), "must be less than 6 characters", "/view/blocks/0/element/initial_value"),
    ("max_length of 3,001", modal(field(text_input(max_length=3001))), "must be between 1 and 3000", "/view/blocks/0/element/max_length"),
    ("min above max", modal(field(text_input(min_length=9, max_length=5))), "min_length must be less", "/view/blocks/0/element"),
    ("a label of 2,001", modal(field(label=plain("x" * 2001))), "must be less than 2001", "/view/blocks/0/label/text"),
    ("a button as input", modal(field(button())), "unsupported type: button", "/view/blocks/0/element"),
    ("an input without label", modal({"type": "input", "element": text_input()}), "missing required field: label", "/view/blocks/0"),
    ("two fields in focus", modal(field(text_input(focus_on_load=True)), field(text_input(focus_on_load=True), "two")), "only one element may have focus_on_load", "/view/blocks"),
    ("a repeated block_id in a view", modal(field(), field()), "`block_id` must be unique", "/view/blocks"),
    ("a placeholder of 151", modal(field(text_input(placeholder=plain("x" * 151)))), "must be less than 151", "/view/blocks/0/element/placeholder/text"),
    ("eleven boxes", modal(field({"type": "checkboxes", "action_id": "c", "options": [option(str(n)) for n in range(11)]})), "no more than 10 items allowed", "/view/blocks/0/element/options"),
    ("optional as text", modal(field(optional="yes")), "must be a boolean", "/view/blocks/0/optional"),
    ("a number input without its kind", modal(field({"type": "number_input", "action_id": "n"})), "missing required field: is_decimal_allowed", "/view/blocks/0/element"),
    ("an alert of 201", modal({"type": "alert", "text": plain("x" * 201)}), "must be less than 201", "/view/blocks/0/text/text"),
]  # fmt: skip


@pytest.mark.parametrize("blocks", GOOD_MESSAGES, ids=range(len(GOOD_MESSAGES)))
def test_a_good_message_passes(blocks):
    assert problems_of_blocks(blocks) == []


@pytest.mark.parametrize(
    ("blocks", "error", "pointer"), [row[1:] for row in BAD_MESSAGES], ids=[row[0] for row in BAD_MESSAGES]
)
def test_a_bad_message_is_refused(blocks, error, pointer):
    problems = problems_of_blocks(blocks)
    assert any(error in problem and problem.endswith(f"[json-pointer:{pointer}]") for problem in problems), problems


@pytest.mark.parametrize("view", GOOD_VIEWS, ids=range(len(GOOD_VIEWS)))
def test_a_good_view_passes(view):
    assert problems_of_view(view) == []


@pytest.mark.parametrize(
    ("view", "error", "pointer"), [row[1:] for row in BAD_VIEWS], ids=[row[0] for row in BAD_VIEWS]
)
def test_a_bad_view_is_refused(view, error, pointer):
    problems = problems_of_view(view)
    assert any(error in problem and problem.endswith(f"[json-pointer:{pointer}]") for problem in problems), problems


@pytest.mark.parametrize(
    "junk", [None, 0, "x", [], [[]], {"type": []}, {"type": {"a": 1}}, {"type": "modal", "blocks": [None]}]
)
def test_junk_is_refused_and_never_raises(junk):
    assert problems_of_view(junk)
    assert problems_of_blocks([junk])
