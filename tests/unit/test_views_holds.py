"""Holds on cards, in channels, at home and in their form: within Slack's rules, whatever was typed as a reason."""

from dataclasses import replace

import pytest

from bot.domain.approving import hold as h
from bot.domain.approving.hold import Hold, Holds, Reach, Scope
from bot.sandbox.slack.blocks import problems_of_blocks, problems_of_view
from bot.views import holds as views
from bot.views import home
from bot.views.shown import Shown
from tests import builders as a
from tests.unit.drawn import HOSTILE, HOSTILE_STATES, SHOWN, STATES, bare, drawn, faults, mrkdwn, pressed

SHORT = frozenset({"resolved", "dismissed", "closed"})


def holds_of(reason: str = HOSTILE, count: int = 1) -> tuple[Hold, ...]:
    holds = Holds()
    for number in range(count):
        label = f"{reason} {number}"
        holds, _ = h.place(holds, Reach(scope=Scope.TOPIC, value=label, label=label), reason * 9, a.SAM, a.NOON)
    return holds.standing


def held(reason: str = "a recall is coming") -> Shown:
    return replace(SHOWN, held=holds_of(reason))


@pytest.mark.parametrize("state", [*STATES, *HOSTILE_STATES])
@pytest.mark.parametrize("count", [1, h.MOST_STANDING])
def test_a_card_with_holds_on_it_is_what_slack_takes_and_nobody_else_writes_marks_on_it(state: str, count: int):
    case = {**STATES, **HOSTILE_STATES}[state]()
    message = drawn(case, shown=replace(SHOWN, held=holds_of(count=count)))
    assert faults(message) == []
    assert not any(set(bare(text)) & set("<>") for text in mrkdwn(message.blocks))


@pytest.mark.parametrize("state", STATES)
def test_the_banner_is_the_first_thing_on_a_card_that_has_something_to_do(state: str):
    message = drawn(STATES[state](), shown=held())
    first = mrkdwn(message.blocks[0])
    if message.blocks[0]["type"] == "context":
        assert "Held: a recall is coming" in first[0]
        assert "<@U0SAM>" in first[0]
    else:
        assert "Held" not in str(message.blocks)


def test_an_approved_reply_is_said_to_be_held_and_one_under_way_is_not():
    assert "Reply approved, held" in str(drawn(a.approved(), shown=held()).blocks)
    assert "Reply is being published" in str(drawn(a.sending_now(), shown=held()).blocks)
    assert "held" not in str(drawn(a.approved()).blocks)


def test_where_the_holds_cannot_be_read_the_card_says_that_nothing_is_sent():
    message = drawn(a.approved(), shown=replace(SHOWN, held=None))
    assert "cannot read its holds" in str(message.blocks[0])
    assert "Reply approved, held" in str(message.blocks)
    assert faults(message) == []


def test_a_reply_to_be_posted_by_hand_loses_its_way_to_the_platform_under_a_hold():
    case = STATES["approved, by hand"]()
    assert "open_link" in pressed(drawn(case))
    assert "open_link" not in pressed(drawn(case, shown=held()))
    assert "posted_by_hand" in pressed(drawn(case, shown=held()))


def test_the_home_tab_names_five_holds_and_counts_the_rest():
    view = home.render("Sam", [], [], 0, held=holds_of(count=h.MOST_STANDING))
    assert problems_of_view(view) == []
    assert "15 more" in str(view)
    assert "On hold" not in str(home.render("Sam", [], [], 0))


def test_notices_and_the_form_are_what_slack_takes():
    (hold,) = holds_of()
    for by in (a.SAM, a.PAT):
        assert problems_of_blocks([dict(block) for block in views.notice(hold).blocks]) == []
        _, hold = h.ask_lift(Holds(standing=(hold,)), hold.id, by, a.NOON)
    assert problems_of_blocks([dict(block) for block in views.notice(hold).blocks]) == []
    reaches = [Reach(scope=scope, value="C-1" * 60, label=HOSTILE) for scope in Scope]
    assert problems_of_view(views.form("C-1042", reaches)) == []
