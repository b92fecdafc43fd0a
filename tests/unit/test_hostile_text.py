"""Hostile words, row by row of tests/cases.yaml: as they are stored, and as the card shows them."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.adapters.platforms.x_wire import Reader
from bot.domain.cases import conversation
from bot.domain.ids import AccountId, CaseId, Instant
from bot.domain.intake.routing import route
from bot.domain.intake.severity import assess
from bot.domain.text.words import HIDDEN_REMOVED, LONGEST, SHORTENED, clean, length, one_line
from bot.ports import Account
from bot.views.card import Shown, render
from config.policy import load_policy
from config.settings import POLICY_FILE

ROWS = {
    row["id"]: row for row in yaml.safe_load((Path(__file__).parents[1] / "cases.yaml").read_text(encoding="utf-8"))
}
TYPED = ("TXT-01", "TXT-02", "TXT-03", "TXT-04", "TXT-06", "TXT-07", "TXT-08", "TXT-09", "TXT-10")
"""Rows whose input is the post's text itself, as the platform's answer carries it."""

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
INPUTS = {
    **{row_id: ROWS[row_id]["input"] for row_id in TYPED},
    "TXT-13": ROWS["TXT-13"]["input"],
    "TXT-15": "Z" + "\u0300" * 5_000,
    "TXT-16": "a" * 10_000_000,
    "TXT-17": "😡" * 2_000 + FAMILY * 1_000,
    "TXT-20": json.loads('"\\ud800"'),
    "TXT-22": "hello",
    "TXT-23": "\u3164",
    "TXT-25": "الطلب لم يصل بعد · תודה · ภาษาไทย · Việt · नमस्ते",
    "MED-05": "see https://pаypal.com/login",
    "MED-06": "look at my picture",
    "MED-07": "javascript:alert(1) data:text/html,x slack://open file:///etc/passwd",
}
COVERS = tuple(INPUTS)

STORED = {
    **{row_id: (html.unescape(INPUTS[row_id]), ()) for row_id in TYPED},
    "TXT-13": ("refund scam x", (HIDDEN_REMOVED,)),
    "TXT-15": ("Z" + "\u0300" * 4, ("stacked accents removed",)),
    "TXT-16": ("a" * LONGEST, (SHORTENED,)),
    "TXT-17": ("😡" * 2_000 + FAMILY * 1_000, ()),
    "TXT-20": ("\ufffd", ("unreadable characters replaced",)),
    "TXT-23": ("", (HIDDEN_REMOVED,)),
    "TXT-25": (INPUTS["TXT-25"], ()),
}


@pytest.mark.parametrize("case_id", STORED)
def test_words_are_stored_harmless_and_otherwise_as_typed(case_id):
    cleaned = clean(html.unescape(INPUTS[case_id]))
    assert (cleaned.text, cleaned.marks) == STORED[case_id]


@pytest.mark.parametrize(
    "name",
    ["PR Bot ✅ Approved", "Mia\nStatus: APPROVED", "n" * 500, "\u202eevil"],
    ids=lambda name: f"TXT-22-{len(name)}",
)
def test_a_name_is_one_short_line(name):
    line = one_line(name)
    assert ("\n" in line, "\u202e" in line, length(line) <= 50) == (False, False, True)


@pytest.mark.parametrize("blank", ["", "   ", "\u3164", "\u200b\n"], ids=lambda text: f"TXT-23-{len(text)}")
def test_a_post_without_words_shows_that_it_has_none(blank):
    card = drawn(blank)
    assert quotes(card) == ["(no text)"]


# --- from here on: the whole way from the platform's answer to the card (`bot.views.card.render`) ---


def drawn(text: str):
    """Read a post as X sends it, open its case, draw its card."""
    author = {
        "id": "77",
        "username": "mia_travels",
        "name": "PR Bot ✅ Approved\nStatus: APPROVED <!channel>",
        "profile_image_url": "http://169.254.169.254/pixel.png",
        "url": "javascript:alert(1)",
    }
    item = {
        "id": "1900000000000000001",
        "author_id": "77",
        "text": text,
        "created_at": "2026-11-22T10:00:00.000Z",
        "lang": "en",
    }
    reader = Reader(Account(id=AccountId("900000001"), handle="LumenShop"))
    (post,) = reader.page({"data": [item], "includes": {"users": [author]}}).posts
    policy = load_policy(POLICY_FILE)
    severity = assess(post, policy)
    decision = conversation.open_case(
        CaseId("C-1"),
        post,
        route=route(post, severity, policy),
        severity=severity,
        timing=policy.timing,
        now=Instant(post.created_at + 1_000),
    )
    return render(decision.case, Shown(account="LumenShop", maximum=280), Instant(post.created_at + 2_000))


def everything(value: object) -> Iterator[dict[str, object]]:
    """Yield every object inside blocks, at any depth."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from everything(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from everything(inner)


def quotes(card) -> list[str]:
    found = [part for part in everything(card.blocks) if part.get("type") == "rich_text_quote"]
    return ["".join(str(element["text"]) for element in quote["elements"]) for quote in found]


def mrkdwn(card) -> list[str]:
    """Return every text in which Slack reads mark-up, the top-level one too, without our own dates and links."""
    texts = [card.text, *(str(part["text"]) for part in everything(card.blocks) if part.get("type") == "mrkdwn")]
    ours = r"<!date\^\d+\^[^|<>]*\|[^<>]*>|<https://x\.com/[^|<>]*\|see post>"
    return [re.sub(ours, "", text) for text in texts]


SHOWN = {
    **{row_id: STORED[row_id][0] for row_id in TYPED},
    "TXT-13": "refund scam x",
    "TXT-15": "Z" + "\u0300" * 4,
    "TXT-20": "\ufffd",
    "TXT-23": "(no text)",
    "TXT-25": INPUTS["TXT-25"],
    "MED-05": "see https://pаypal.com/login [xn--pypal-4ve.com]",
    "MED-07": INPUTS["MED-07"],
}


@pytest.mark.parametrize("case_id", INPUTS)
def test_the_card_shows_words_as_typed_and_nothing_in_them_acts(case_id):
    card = drawn(INPUTS[case_id])
    (quote,) = quotes(card)
    if case_id in SHOWN:
        assert quote == SHOWN[case_id]
    assert [text for text in mrkdwn(card) if "<" in text or ">" in text] == []
    assert {part.get("type") for part in everything(card.blocks)} & {
        "link",
        "user",
        "broadcast",
        "usergroup",
        "date",
    } == set()
    addresses = [str(part[key]) for part in everything(card.blocks) for key in ("url", "image_url") if key in part]
    assert [address for address in addresses if not address.startswith("https://x.com/")] == []
    assert length(quote) <= 2_400
    assert len(json.dumps(card.blocks, ensure_ascii=False)) < 13_200


@pytest.mark.parametrize("case_id", ["TXT-17"])
def test_a_long_post_is_shortened_after_a_whole_emoji(case_id):
    (quote,) = quotes(drawn(FAMILY * 1_000))
    assert quote.removesuffix("…") == FAMILY * (len(quote) // len(FAMILY))


@pytest.mark.parametrize("case_id", ["TXT-22"])
def test_a_name_that_looks_like_a_state_is_shown_as_the_poster_s_own(case_id):
    (author,) = (text for text in mrkdwn(drawn("hello")) if "PR Bot" in text)
    assert "calls themselves “PR Bot ✅ Approved Status: APPROVED" in author
    assert "\n" not in author
