"""Customers' words on cards: they mean nothing to Slack, and the longest of everything still fits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.approving import approval
from bot.domain.cases import ending, ownership
from bot.domain.cases.case import Resolution, Severity
from bot.domain.cases.post import Author
from bot.domain.ids import Nonce
from bot.domain.people import Side
from bot.domain.replies import drafting, sending
from bot.domain.replies.reply import NotSent, RefusedByPlatform
from bot.sandbox.slack.blocks import problems_of_view
from bot.views import home, modals, notes
from bot.views.shown import Shown
from tests import builders as a
from tests.unit.drawn import HOSTILE_STATES, RULE, bare, drawn, faults, handled_by_hand, hostile_post, mrkdwn, offered

# hostile words


@pytest.mark.parametrize("state", HOSTILE_STATES)
def test_customers_words_mean_nothing_to_slack(state: str):
    message = drawn(HOSTILE_STATES[state]())
    assert faults(message) == []
    for text in (message.text, *mrkdwn(message.blocks)):
        assert not set(bare(text)) & set("<>"), text
        assert "<!channel>" not in text
        assert "\nStatus: APPROVED" not in text
    line = home.line(HOSTILE_STATES[state](), "https://slack.example/p1")
    assert not set(bare(line)) & set("<>")


@given(words=st.text(max_size=300), name=st.text(max_size=80), handle=st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_no_words_or_names_break_a_card(words: str, name: str, handle: str):
    post = a.a_post(1, words, author=Author(id="7", handle=handle, name=name))
    for case in (a.a_case(post), a.claimed(a.a_case(post)), a.dismissed(a.a_case(post))):
        message = drawn(case)
        assert faults(message) == []
        assert not any(set(bare(text)) & set("<>") for text in (message.text, *mrkdwn(message.blocks)))


# at the limits


@pytest.mark.parametrize("letter", ["x", "&", "😀", "👨‍👩‍👧‍👦", "م"])
def test_the_longest_of_everything_still_fits(letter: str):
    long = letter * 25_000
    posts = [
        replace(hostile_post(number), text=long, marks=("shortened", "hidden characters removed")) for number in (1, 2)
    ]
    case = a.claimed(a.a_case(*posts, severity=Severity(reasons=tuple(f"{letter * 60} {n}" for n in range(5)))))
    body = letter * (280 // len(letter) - 10)
    case = a.in_review(case, body=body)
    assert case.draft is not None
    case = case.with_draft(replace(case.draft, note=letter * (500 // len(letter))))
    assert faults(drawn(case)) == []
    asked = offered(a.claimed(a.a_case(*posts)))
    assert asked.handover is not None
    asked = replace(asked, handover=replace(asked.handover, reason=letter * (500 // len(letter))))
    assert faults(drawn(asked)) == []


def test_a_reply_of_the_longest_platform_fits_together_with_two_long_posts():
    posts = [a.a_post(number, "&" * 10_000) for number in (1, 2)]
    case = a.in_review(a.claimed(a.a_case(*posts)))
    assert case.draft is not None
    assert faults(drawn(case.with_draft(replace(case.draft, text="&" * 2_000)))) == []


@pytest.mark.parametrize("words", ["x" * 5_000, "&" * 5_000, "a\n" * 2_000, "\ud83d"])
def test_long_reasons_of_people_and_platforms_fit(words: str):
    refused = RefusedByPlatform(reason=words)
    cases = [
        approval.ask_changes(a.in_review(), a.PAT, 1, words, a.NOON).case,
        approval.reject(a.in_review(), a.PAT, 1, words, a.NOON).case,
        sending.record(a.sending_now(), 1, Nonce("n1"), refused, a.LEAVES).case,
        sending.record(a.sending_now(), 1, Nonce("n1"), NotSent(reason=words), a.LEAVES).case,
        ownership.hand_over(a.claimed(), a.SAM, Side.PR, words, a.NOON).case,
        ending.dismiss(a.claimed(), a.SAM, Resolution.SPAM, words, a.NOON).case,
        ending.agree(ending.dismiss(a.claimed(), a.SAM, Resolution.SPAM, words, a.NOON).case, a.SUE, a.NOON).case,
        drafting.submit(a.claimed(), a.SAM, a.written(note=words), a.RULE, a.NOON).case,
    ]
    for case in cases:
        assert faults(drawn(case)) == []
        assert len(notes.story(case)) < 12_000
        assert problems_of_view(modals.draft(case, RULE, (), "")) == []


@pytest.mark.parametrize("words", ["<!channel> <@UPAT> & more", "x" * 5_000, "a\n\n\u202eb"])
@pytest.mark.parametrize("until", [None, a.after(24 * a.HOUR)])
def test_why_a_reply_waits_is_said_on_one_line_and_calls_nobody(words: str, until: int | None):
    waiting = sending.put_off(a.approved(), 1, until, words, a.NOON).case
    message = drawn(waiting)
    assert faults(message) == []
    (line,) = [text for text in map(str, message.blocks) if ":hourglass:" in text]
    assert "<!channel>" not in line
    assert "\n" not in line


def test_the_way_by_hand_needs_an_address_only_where_there_is_one():
    assert faults(drawn(handled_by_hand(), shown=Shown(account="900"))) == []
