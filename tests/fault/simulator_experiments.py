"""What happens when an assumption of sending does not hold: which windows remain, and how wide they are.

python -m tests.fault.simulator --experiments
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.domain.ids import MINUTE, SECOND
from tests.fault.simulator_run import REAL, run
from tests.fault.simulator_weather import Weather

QUIET = Weather(processes=2, lasts=15 * MINUTE, timeline_lag=90 * SECOND)
SECRETLY_PUBLISHED = (0, 2, 4)
"""The rows of `simulator_platform.BAD` that publish and do not say so."""
IN_DOUBT = replace(QUIET, bad_call=1.0, bad_kinds=SECRETLY_PUBLISHED)
SECONDS = (60, 120, 150, 180, 210, 240, 300, 600)


@dataclass(frozen=True, slots=True)
class Experiment:
    """One broken assumption, at one strength."""

    name: str
    strength: str
    weather: Weather


def experiments() -> Iterator[Experiment]:
    for s in SECONDS:
        yield Experiment("timeline late by up to", f"{s} s", replace(IN_DOUBT, timeline_lag=s * SECOND, late_most=1))
    for s in SECONDS:
        yield Experiment("published late by up to", f"{s} s", replace(IN_DOUBT, late_most=s * SECOND))
    for chance in (0.01, 0.05):
        killed = replace(QUIET, crash=chance, aimed=15, lasts=8 * MINUTE)
        yield Experiment("killed at an await of its way with a chance of", f"{chance}", killed)
    for s in SECONDS:
        held = replace(QUIET, held_with_bytes=1.0, held_for=s * SECOND, lasts=2 * MINUTE)
        yield Experiment("held between the last look at the clock and the bytes for", f"{s} s", held)
    for s in SECONDS:
        asleep = replace(QUIET, stop=0.02, aimed=20, stops=(s * SECOND,), clock_sleeps=True)
        yield Experiment("asleep with its clock after the mark for about", f"{s} s", asleep)
    for ms in (100, 1_000, 5_000, 30_000):
        for lag in (0, 90):
            forgets = replace(QUIET, forgets=ms, timeline_lag=lag * SECOND, lasts=5 * MINUTE)
            yield Experiment(f"server forgets, timeline late by up to {lag} s", f"{ms} ms", forgets)
    for minutes in (-10, -1, 1, 3, 10):
        jump = replace(IN_DOUBT, jump=minutes * MINUTE)
        yield Experiment("the server's clock jumps by", f"{minutes} min", jump)


LEFT = "left to people"


def measure_weather(weather: Weather, seeds: range) -> Counter[str]:
    """Return how many runs showed which kind of fault, under `""` how many showed none, and `LEFT` over all."""
    found: Counter[str] = Counter()
    for seed in seeds:
        ended = run(seed, REAL, weather)
        found.update({fault.partition(":")[0] for fault in ended.faults} or {""})
        found[LEFT] += ended.left_to_people
    return found


def report(seeds: range) -> Iterator[str]:
    for experiment in experiments():
        found = measure_weather(experiment.weather, seeds)
        bad = ", ".join(f"{word} {number}" for word, number in sorted(found.items()) if word and word != LEFT)
        left = f", {found[LEFT]} left to people"
        yield f"{experiment.name} {experiment.strength}: {bad or 'nothing'} of {len(seeds)}{left}"
