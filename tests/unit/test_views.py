"""The card in every state: within Slack's rules, and offering nothing that the table forbids."""

import re

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant

from bot.domain.cases.lifecycle import Verb, allowed
from bot.domain.ids import HOUR, Instant, later
from bot.sandbox.slack.blocks import problems_of_view
from bot.views import blocks as b
from bot.views import modals
from bot.views.ids import Action
from tests import builders as a
from tests.case_life import CaseLife
from tests.unit.drawn import (
    NO_VERB,
    RULE,
    SAVED,
    STATES,
    VERB_OF,
    bare,
    drawn,
    faults,
    mrkdwn,
    pressed,
    quoted,
    walk,
)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("after", [0, a.TIMING.ask_after, 30 * 24 * HOUR])
def test_slack_takes_the_card_in_every_state(state: str, after: int):
    assert faults(drawn(STATES[state](), later(a.LEAVES, after), waiting=3)) == []


@pytest.mark.parametrize("state", STATES)
def test_every_card_is_a_sentence_for_those_who_cannot_see_it(state: str):
    case = STATES[state]()
    text = drawn(case).text
    assert text.startswith("C-1042: ")
    assert text.endswith(".")
    assert "@maria" in text


@pytest.mark.parametrize("state", STATES)
def test_no_mark_that_is_not_ours_stands_in_mrkdwn(state: str):
    message = drawn(STATES[state]())
    for text in (message.text, *mrkdwn(message.blocks)):
        assert not set(bare(text)) & set("<>"), text


@pytest.mark.parametrize("state", STATES)
def test_at_most_one_button_is_primary_and_the_menu_has_one_to_five_entries(state: str):
    parts = [*walk(drawn(STATES[state](), later(a.LEAVES, a.TIMING.ask_after)).blocks)]
    assert sum(part.get("style") == "primary" for part in parts) <= 1
    assert all(1 <= len(part["options"]) <= 5 for part in parts if part.get("type") == "overflow")


@pytest.mark.parametrize("state", STATES)
def test_no_button_offers_what_the_table_forbids(state: str):
    case = STATES[state]()
    for now in (a.LEAVES, later(a.LEAVES, a.TIMING.ask_after)):
        for name in pressed(drawn(case, now)):
            action = Action(name)
            if action not in NO_VERB:
                assert allowed(case.status, VERB_OF.get(action) or Verb(action)), (case.status, action)


@pytest.mark.parametrize("state", STATES)
def test_buttons_carry_ids_and_never_words(state: str):
    for part in walk(drawn(STATES[state]()).blocks):
        value = str(part.get("value", ""))
        assert re.fullmatch(r"|(?:[a-z_]+:)?C-1042(?:\|1(?:\|[0-9a-f]{16})?)?", value), value


def test_the_approve_button_carries_what_is_shown():
    case = a.in_review()
    values = [part.get("value") for part in walk(drawn(case).blocks) if part.get("action_id") == Action.APPROVE]
    assert values == [f"C-1042|1|{a.shown(case)}"]


def test_a_finished_case_shrinks_to_three_blocks():
    for state in ("resolved", "closed", "dismissed"):
        assert len(drawn(STATES[state]()).blocks) == 3


def test_a_closed_case_has_nothing_to_press():
    assert pressed(drawn(a.closed())) == []


def test_a_reply_that_is_leaving_cannot_be_undone_on_the_card():
    assert Action.RECALL in pressed(drawn(a.approved()))
    assert Action.RECALL not in pressed(drawn(a.sending_now()))


def test_people_are_asked_about_a_doubt_only_when_the_desk_cannot_tell():
    asked = {Action.IT_IS_THERE, Action.SEND_AGAIN}
    assert not asked & set(pressed(drawn(a.unconfirmed())))
    assert asked <= set(pressed(drawn(a.unconfirmed(), later(a.LEAVES, a.TIMING.ask_after))))


def test_an_offer_can_be_accepted_and_a_dismissal_decided_on_the_card():
    assert pressed(drawn(STATES["handed over"]()))[0] == Action.ACCEPT
    assert pressed(drawn(STATES["dismissal asked"]()))[:2] == [Action.AGREE, Action.KEEP]


def test_the_card_shows_exactly_what_would_be_published_and_its_length():
    message = drawn(a.in_review(body="We are <looking> & *sorry*."))
    assert "We are <looking> & *sorry*. – Sam" in quoted(message)
    assert any("25 of 280" in text for text in mrkdwn(message.blocks))


def test_deleted_words_are_nowhere_on_the_card():
    message = drawn(STATES["post deleted"]())
    assert "three weeks" not in str(message)
    assert any("The customer deleted" in text for text in mrkdwn(message.blocks))
    assert "(no text)" not in quoted(message)


# small pieces


def test_a_time_is_shown_in_the_readers_zone_with_utc_for_the_others():
    assert b.clock(Instant(1_763_550_000_000)) == "<!date^1763550000^{time}|11:00 UTC>"


def test_nothing_plain_is_empty_because_slack_refuses_that():
    assert b.plain("")["text"] == " "
    assert "(no text)" in str(b.quote(""))


class SeenLife(CaseLife):
    """Whatever happens to a case, its card can be drawn, and offers nothing that the table forbids."""

    @invariant()
    def slack_takes_the_card(self) -> None:
        message = drawn(self.case, self.now)
        assert faults(message) == []
        assert not any(set(bare(text)) & set("<>") for text in (message.text, *mrkdwn(message.blocks)))
        for name in pressed(message):
            action = Action(name)
            assert action in NO_VERB or allowed(self.case.status, VERB_OF.get(action) or Verb(action))

    @invariant()
    def slack_takes_the_form(self) -> None:
        assert problems_of_view(modals.draft(self.case, RULE, SAVED[:2], "– Sam")) == []


TestSeenLife = SeenLife.TestCase
TestSeenLife.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
