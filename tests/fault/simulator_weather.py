"""How bad a simulated afternoon is: every probability and length in one place, drawn from the seed."""

from dataclasses import dataclass
from random import Random

from bot.domain.ids import MINUTE, SECOND

CALM, ROUGH, WILD = 0.0, 0.02, 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Chances are per await, per request or per call; times are in milliseconds.

    The last five are experiments: they break an assumption that the desk makes, and are off in ordinary runs.
    """

    cases: int = 1
    processes: int = 2
    lasts: int = 8 * MINUTE
    crash: float = 0.0
    stop: float = 0.0
    stop_most: int = 5 * MINUTE
    cancel: float = 0.0
    lost: float = 0.0
    slow: float = 0.0
    bad_call: float = 0.0
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
        chances = (self.crash, self.stop, self.cancel, self.lost, self.bad_call, self.limits, self.bad_read, self.unread)
        return not any((*chances, self.refuses, self.people, self.customers, self.away[1], self.jump, self.forgets))


def draw(luck: Random) -> Weather:
    """Return the weather of one run: from a calm afternoon to everything at once."""

    def chance(*choices: float) -> float:
        return luck.choice(choices)

    if luck.random() < 0.02:
        return Weather()
    away = luck.randrange(0, 8 * MINUTE) if luck.random() < 0.15 else 0
    return Weather(
        processes=luck.choice((1, 2, 2, 3)),
        lasts=luck.choice((3, 6, 10)) * MINUTE,
        crash=chance(CALM, ROUGH, WILD),
        stop=chance(CALM, ROUGH, WILD),
        stop_most=luck.choice((5 * SECOND, MINUTE, 6 * MINUTE)),
        cancel=chance(CALM, CALM, ROUGH),
        lost=chance(CALM, ROUGH, 0.08, 0.25),
        slow=chance(CALM, 0.05, 0.3),
        bad_call=chance(CALM, 0.2, 0.6, 0.9),
        limits=chance(CALM, CALM, 0.3),
        bad_read=chance(CALM, 0.05, 0.3),
        unread=chance(CALM, CALM, 0.02),
        timeline_lag=luck.choice((0, 2, 30, 90)) * SECOND,
        refuses=chance(CALM, 0.1),
        dedupes=luck.random() < 0.3,
        people=chance(CALM, 0.15, 0.4),
        customers=chance(CALM, 0.3, 0.6),
        away=(away, away + luck.choice((20, 120)) * SECOND) if away else (0, 0),
    )
