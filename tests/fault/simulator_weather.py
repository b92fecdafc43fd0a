"""How bad a simulated afternoon is: every probability and length in one place, drawn from the seed."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from bot.domain.ids import MINUTE, SECOND

KINDS_OF_BAD_ANSWERS = 9
"""As many as `simulator_platform.BAD` has."""
STOPS = (
    (2 * SECOND, 5 * SECOND),
    (20 * SECOND, 41 * SECOND, 90 * SECOND),
    (13 * MINUTE, 16 * MINUTE),
    (4 * MINUTE, 6 * MINUTE),
)
"""Shorter than a call, around a lease, longer than people wait, and longer than the desk takes to send again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Chances are per await, per request or per call; times are in milliseconds.

    `aimed` multiplies what happens to a process between its mark and its record. The last four but `forgets` are experiments: they break an assumption of the desk, and are off in ordinary runs.
    """

    cases: int = 1
    processes: int = 2
    lasts: int = 8 * MINUTE
    crash: float = 0.0
    stop: float = 0.0
    stops: tuple[int, ...] = (MINUTE,)
    cancel: float = 0.0
    aimed: float = 1.0
    lost: float = 0.0
    slow: float = 0.0
    bad_call: float = 0.0
    bad_kinds: tuple[int, ...] = tuple(range(KINDS_OF_BAD_ANSWERS))
    limits: float = 0.0
    bad_read: float = 0.0
    unread: float = 0.0
    timeline_lag: int = 0
    late_most: int = 20 * SECOND
    refuses: float = 0.0
    dedupes: bool = False
    people: float = 0.0
    customers: float = 0.0
    away: tuple[int, int] = (0, 0)
    held_with_bytes: float = 0.0
    held_for: int = 0
    clock_sleeps: bool = False
    forgets: int = 0
    jump: int = 0

    @property
    def is_calm(self) -> bool:
        """Whether nothing at all can go wrong, so that the reply must be out at the end."""
        chances = (
            self.crash,
            self.stop,
            self.cancel,
            self.lost,
            self.bad_call,
            self.limits,
            self.bad_read,
            self.unread,
        )
        return not any((*chances, self.refuses, self.people, self.customers, self.away[1], self.jump, self.forgets))


def draw(luck: Random) -> Weather:
    """Return the weather of one run: a few troubles at once, rarely none, rarely all; a timeline is nearly always late."""
    names = luck.sample(sorted(TROUBLES), luck.choice((1, 2, 2, 3, 4, len(TROUBLES))))
    if luck.random() < 0.02:
        return Weather()
    found: dict[str, Any] = {
        "processes": luck.choice((1, 2, 2, 3)),
        "lasts": luck.choice((3, 6, 10)) * MINUTE,
        "timeline_lag": luck.choice((0, 2, 30, 90, 90)) * SECOND,
        "dedupes": luck.random() < 0.25,
        "aimed": luck.choice((1, 5, 15)),
    }
    for name in names:
        found |= TROUBLES[name](luck)
    # A luck of its own: the afternoons that showed flaws once stay what they were.
    own = Random(f"{found}")
    if own.random() < 0.1 and not {"people", "customers"} & set(names):
        found["forgets"] = own.choice((500, 2_000, 10_000, 30_000))
    return Weather(**found)


def _away(luck: Random) -> dict[str, Any]:
    begins = luck.randrange(4 * MINUTE)
    return {"away": (begins, begins + luck.choice((20, 120, 900)) * SECOND)}


def _bad_calls(luck: Random) -> dict[str, Any]:
    kinds = tuple(sorted(luck.sample(range(KINDS_OF_BAD_ANSWERS), luck.choice((1, 2, KINDS_OF_BAD_ANSWERS)))))
    return {"bad_call": luck.choice((0.3, 0.6, 0.9)), "bad_kinds": kinds}


TROUBLES: dict[str, Callable[[Random], dict[str, Any]]] = {
    "kills": lambda luck: {"crash": luck.choice((0.01, 0.05))},
    "stops": lambda luck: {"stop": luck.choice((0.01, 0.05)), "stops": luck.choice(STOPS)},
    "held up": lambda _luck: {"stop": 0.02, "stops": STOPS[-1], "aimed": 20, "processes": 2},
    "cancels": lambda _luck: {"cancel": 0.02},
    "lost": lambda luck: {"lost": luck.choice((0.02, 0.08, 0.25))},
    "slow": lambda luck: {"slow": luck.choice((0.05, 0.3))},
    "bad calls": _bad_calls,
    "bad answers": _bad_calls,
    "limits": lambda _luck: {"limits": 0.3},
    "bad reads": lambda luck: {"bad_read": luck.choice((0.05, 0.3))},
    "refused reads": lambda _luck: {"unread": 0.02},
    "unsummoned": lambda _luck: {"refuses": 0.3},
    "people": lambda luck: {"people": luck.choice((0.15, 0.4))},
    "customers": lambda luck: {"customers": luck.choice((0.3, 0.6))},
    "away": _away,
}
"""What can be wrong that afternoon; bad answers stand there twice because most of the danger comes from them."""
