"""A figure, what it is held against, and how many samples of it become one number."""

import math
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Json = dict[str, object]


class Rule(StrEnum):
    """What a goal bounds: the value itself, its ratio to the baseline, or how far it lies above the baseline."""

    BELOW = "< {limit:g} {unit}"
    AT_LEAST = "≥ {limit:g} {unit}"
    RATIO_AT_MOST = "≤ {limit:g} × baseline"
    RATIO_AT_LEAST = "≥ {limit:g} × baseline"
    ABOVE_BASELINE_AT_MOST = "≤ baseline + {limit:g} {unit}"


_MET: dict[Rule, Callable[[float, float, float], bool]] = {
    Rule.BELOW: lambda value, _, limit: value < limit,
    Rule.AT_LEAST: lambda value, _, limit: value >= limit,
    Rule.RATIO_AT_MOST: lambda value, baseline, limit: value <= limit * baseline,
    Rule.RATIO_AT_LEAST: lambda value, baseline, limit: value >= limit * baseline,
    Rule.ABOVE_BASELINE_AT_MOST: lambda value, baseline, limit: value <= baseline + limit,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """A rule with its limit, in the unit of the figure."""

    rule: Rule
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number. `against` says in words what the baseline is."""

    name: str
    value: float
    unit: str
    baseline: float
    against: str
    goal: Goal | None = None

    @property
    def ratio(self) -> float:
        return self.value / self.baseline if self.baseline else math.nan

    @property
    def goal_words(self) -> str | None:
        return self.goal.rule.value.format(limit=self.goal.limit, unit=self.unit) if self.goal else None

    @property
    def goal_met(self) -> bool | None:
        return _MET[self.goal.rule](self.value, self.baseline, self.goal.limit) if self.goal else None

    def as_json(self) -> Json:
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "baseline": round(self.baseline, 3),
            "ratio": round(self.ratio, 3),
            "goal": self.goal_words,
            "goal_met": self.goal_met,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is done: more makes the figures steadier."""

    rounds: int
    clicks: int
    approvals: int
    posts: int
    cards: int
    cases: int
    starts: int
    works: int
    repeats: int
    settle_looks: int
    scale: tuple[int, int]
    tick: tuple[int, int]
    ticks: int
    due: int
    pings: int


FULL = Size(
    rounds=5,
    clicks=200,
    approvals=60,
    posts=1_000,
    cards=60,
    cases=1_000,
    starts=9,
    works=1_000,
    repeats=2_000,
    settle_looks=12,
    scale=(10_000, 100_000),
    tick=(1_000, 100_000),
    ticks=5,
    due=1_000,
    pings=1_000,
)
QUICK = Size(
    rounds=1,
    clicks=4,
    approvals=2,
    posts=20,
    cards=2,
    cases=10,
    starts=1,
    works=20,
    repeats=5,
    settle_looks=1,
    scale=(20, 40),
    tick=(20, 40),
    ticks=1,
    due=10,
    pings=5,
)


async def timed(act: Awaitable[object]) -> float:
    """Return the milliseconds until it is done."""
    started = time.perf_counter()
    await act
    return (time.perf_counter() - started) * 1_000


def each(act: Callable[[], object], repeats: int) -> float:
    """Return the microseconds that one takes."""
    started = time.perf_counter()
    for _ in range(repeats):
        act()
    return (time.perf_counter() - started) / repeats * 1_000_000


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile: 0.99 of 300 samples is the fourth highest."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(samples: Sequence[float]) -> float:
    return statistics.median(samples)
