"""A no to a person stands in the record, once and with what was asked for; a yes and the way to another card do not."""

import pytest

from bot.domain.errors import Broken, Refused, RefusedField
from bot.domain.ids import CaseId, UserId
from bot.domain.job import NO_CASE
from bot.services.acting import SecondCard, journaled

ANA = UserId("UANA")


class Record:
    """Keeps what it is told."""

    def __init__(self):
        self.told = []

    async def refused(self, case_id, by, act, sentence, ground):
        self.told.append((case_id, by, act, sentence, ground))


@pytest.mark.parametrize("no", [Refused("Not now."), RefusedField("reason", "Not now.")])
async def test_a_no_is_recorded_and_reaches_the_person_as_it_was_said(no):
    record = Record()
    with pytest.raises(Refused) as told:
        async with journaled(record, ANA, "claim", CaseId("C-7")):
            raise no
    assert told.value is no
    assert record.told == [("C-7", "UANA", "claim", "Not now.", None)]


async def test_a_no_that_is_about_no_case_says_so():
    record = Record()
    with pytest.raises(Refused):
        async with journaled(record, ANA, "place_hold"):
            raise Refused("Not now.")
    assert record.told == [(NO_CASE, "UANA", "place_hold", "Not now.", None)]


async def test_a_yes_is_not_recorded_as_a_no():
    record = Record()
    async with journaled(record, ANA, "claim"):
        pass
    assert record.told == []


@pytest.mark.parametrize("error", [SecondCard("Please use the other card."), Broken("the answer has no words")])
async def test_the_way_to_another_card_and_a_fault_of_ours_are_no_refusals(error):
    record = Record()
    with pytest.raises(type(error)):
        async with journaled(record, ANA, "claim"):
            raise error
    assert record.told == []
