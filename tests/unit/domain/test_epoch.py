"""Whether the store went back: what the desk saw last, in the store and outside it, decides."""

import pytest

from bot.domain.ids import HOUR, MINUTE, SECOND, Instant, UserId
from bot.domain.replies.epoch import Epoch, confirmed, observed
from bot.domain.replies.reply import OwnPost
from bot.services.waits import PutOff, for_the_store, hides
from tests.builders import NOON, after

KNOWN = Epoch(server="a", seen=NOON)
NOW = after(MINUTE)


@pytest.mark.parametrize(
    ("known", "server", "outside", "sure", "changed", "held"),
    [
        (None, "a", None, False, False, False),
        (None, "a", NOON, True, True, True),
        (KNOWN, "a", NOON, False, False, False),
        (KNOWN, "a", None, False, False, False),
        (KNOWN, "b", NOON, True, False, False),
        (KNOWN, "b", NOON, False, True, False),
        (KNOWN, "b", None, False, True, False),
        (KNOWN, "a", after(SECOND), True, True, False),
        (KNOWN, "b", after(2 * SECOND), True, True, False),
        (KNOWN, "a", after(6 * MINUTE), True, True, True),
        (KNOWN, "b", after(24 * HOUR), False, True, True),
    ],
    ids=[
        "a new store",
        "a store that was emptied",
        "nothing new",
        "nothing new, no file",
        "started again, never forgets",
        "started again, may forget",
        "started again, may forget, no file",
        "gone back by a second",
        "fail-over that forgets",
        "gone back too far",
        "a backup of yesterday",
    ],
)
def test_a_look_tells_a_store_that_may_have_forgotten(
    known: Epoch | None, server: str, outside: Instant | None, *, sure: bool, changed: bool, held: bool
):
    seen = observed(known, server, outside, NOW, sure=sure)
    assert (seen.changed_at == NOW, seen.held, seen.server) == (changed, held, server)


def test_without_a_file_a_long_absence_and_another_server_are_a_case_for_people():
    assert observed(KNOWN, "b", None, after(6 * MINUTE), sure=True).held
    assert not observed(KNOWN, "a", None, after(24 * HOUR), sure=True).held


def test_a_clock_that_goes_back_is_no_store_that_went_back():
    first = observed(KNOWN, "a", NOON, after(-10 * MINUTE), sure=False)
    assert first == KNOWN
    assert observed(first, "a", first.seen, after(-9 * MINUTE), sure=False) == KNOWN


def test_what_was_held_stays_held_until_a_person_has_looked():
    held = observed(KNOWN, "b", after(HOUR), NOW, sure=False)
    again = observed(held, "c", held.seen, after(2 * MINUTE), sure=False)
    assert again.held
    assert not confirmed(again, UserId("UPAT")).held


def test_a_second_change_soon_after_the_first_still_covers_the_time_of_the_first():
    first = observed(KNOWN, "b", NOON, NOW, sure=False)
    second = observed(first, "c", first.seen, after(3 * MINUTE), sure=False)
    assert (second.changed_at, second.back_to) == (after(3 * MINUTE), NOON)


def test_replies_wait_out_the_pause_and_no_longer():
    changed = observed(KNOWN, "b", NOON, NOW, sure=False)
    with pytest.raises(PutOff) as waiting:
        for_the_store(changed, 3 * MINUTE, after(2 * MINUTE))
    assert waiting.value.after == 2 * MINUTE
    for_the_store(changed, 3 * MINUTE, after(4 * MINUTE))


def own(number: int, newest: Instant) -> list[OwnPost]:
    return [OwnPost(id=str(1_000 - n), text="x", created_at=Instant(newest - n * SECOND)) for n in range(number)]


def test_a_timeline_that_is_full_hides_what_may_have_been_forgotten():
    changed = observed(KNOWN, "b", NOON, NOW, sure=False)
    assert hides(changed, NOON, own(100, NOW))
    assert not hides(changed, NOON, own(99, NOW))
    assert not hides(changed, after(2 * MINUTE), own(100, NOW))
    assert not hides(changed, NOON, own(100, after(-MINUTE)))
    assert not hides(KNOWN, NOON, own(100, NOW))
