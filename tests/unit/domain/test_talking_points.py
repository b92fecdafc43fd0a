"""From when to when a talking point holds, and who may withdraw it."""

import pytest

from bot.domain.errors import Refused
from bot.domain.ids import DAY
from bot.domain.policy import SavedReply
from bot.domain.replies import talking_points
from bot.domain.replies.talking_points import Withdrawn
from tests import builders as a

FAIR = SavedReply(
    id="fair", title="The fair", text="See you there", owner=a.SAM.id, valid_from=a.NOON, valid_until=a.after(DAY)
)
NOTHING = Withdrawn()


@pytest.mark.parametrize(
    ("moment", "why"), [(-1, "does not hold yet"), (0, ""), (DAY - 1, ""), (DAY, "has run out")], ids=str
)
def test_a_point_holds_from_its_first_moment_to_before_its_last(moment, why):
    assert why in talking_points.fault(FAIR, NOTHING, a.after(moment))
    assert bool(talking_points.fault(FAIR, NOTHING, a.after(moment))) == bool(why)


def test_its_owner_withdraws_and_restores_it_without_being_in_pr():
    gone = talking_points.withdraw(NOTHING, FAIR, a.SAM, "cancelled", a.NOON)
    assert "withdrawn by <@U0SAM>: cancelled" in talking_points.fault(FAIR, gone.value, a.NOON)
    assert [effect.args for effect in gone.effects] == [{"point": "fair"}]
    assert talking_points.restore(gone.value, FAIR, a.SAM, a.NOON).value == NOTHING


def test_others_of_service_may_not():
    with pytest.raises(Refused, match="Only PR or its owner <@U0SAM> can do that"):
        talking_points.withdraw(NOTHING, FAIR, a.SUE, "why not", a.NOON)
