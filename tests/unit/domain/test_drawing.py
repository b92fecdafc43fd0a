"""A drawing that is put off is asked for, in the end, as it would have been at once."""

from dataclasses import replace

import pytest

from bot.domain import drawing
from bot.domain.cases import effects
from bot.domain.ids import CaseId, Nonce
from bot.domain.job import Effect, Job
from bot.domain.work import Work
from tests import builders as a

HOLD = Effect(
    job=Job.SHOW_HOLD,
    case_id=CaseId("H-1"),
    key="hold:H-1:C0CARE",
    lane="slack:C0CARE",
    urgency=3,
    args={"hold": "H-1", "channel": "C0CARE"},
)


def taken(effect: Effect) -> Work:
    """Return the work as the relay takes it."""
    return Work(
        key=effect.key,
        job=effect.job,
        case_id=effect.case_id,
        lane=effect.lane,
        nonce=Nonce("n1"),
        due=a.NOON,
        lease_until=a.NOON,
        urgency=effect.urgency,
        args=effect.args,
    )


@pytest.mark.parametrize("asked", [effects.card(a.claimed()), effects.card(a.a_case()), HOLD])
def test_what_was_put_off_is_asked_for_under_its_own_key_and_as_urgently(asked: Effect):
    put_off = drawing.later(asked, key="ask:C-1042:7", after=600_000)
    assert (put_off.job, put_off.key, put_off.after) == (Job.DRAW_AGAIN, "ask:C-1042:7", 600_000)
    assert drawing.asked(taken(put_off)) == asked


def test_what_is_drawn_once_more_waits_under_a_key_of_its_own_and_is_then_the_same_drawing():
    once_more = drawing.once_more(taken(HOLD))
    assert (once_more.key, once_more.after) == ("again:hold:H-1:C0CARE:n1", drawing.ARRIVED_BY)
    assert drawing.asked(taken(once_more)) == drawing.anew(replace(taken(HOLD), doubtful=True)) == HOLD
