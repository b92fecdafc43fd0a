"""How long `python -m bot --help` takes, from the shell's point of view."""

import subprocess
import sys
import time

from tests.bench.figures import Figure, Goal, Rule, Size, median
from tests.bench.place import ROOT, Place


async def starting(_place: Place, size: Size) -> list[Figure]:
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(size.starts):
        ours.append(_wall("-m", "bot", "--help"))
        bare.append(_wall("-c", "pass"))
    return [
        Figure(
            name="help_wall",
            value=median(ours),
            unit="ms",
            baseline=median(bare),
            against="python -c pass",
            goal=Goal(Rule.BELOW, 200),
        )
    ]


def _wall(*words: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1_000
