"""`make fault`: rounds of faults until the time is over or enough workers were killed; one line, exit 0 only if all is well.

python -m tests.fault [--minutes 2] [--kills 1000] [--seed 7]
"""

import argparse
import asyncio
import secrets
import shutil
import sys
import time
from collections.abc import Sequence

from tests.fault.driver.rounds import Result, play, uncovered

ROUND = 60.0
"""Seconds of faults in one round: the books stay small enough to be read quickly."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make fault", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="how long things go wrong, in all")
    parser.add_argument("--kills", type=int, default=0, help="go on until so many workers were killed")
    parser.add_argument("--seed", type=int, help="the first round's seed; the next rounds count on from it")
    parser.add_argument("--plant", default="", help="a bug of driver/plants.py, to see it found")
    given = parser.parse_args(arguments)
    seed = given.seed if given.seed is not None else secrets.randbelow(100_000)
    return asyncio.run(_rounds(seed, given.minutes * 60, given.kills, given.plant))


async def _rounds(seed: int, seconds: float, kills: int, plant: str) -> int:
    total = Result()
    raged = 0.0
    while raged < seconds or total.counts["kills"] < kills:
        length = ROUND if raged >= seconds else min(ROUND, seconds - raged)
        began = time.monotonic()
        result = await play(seed, seconds=length, plant=plant, say=lambda words: print(f"  {words}", flush=True))
        raged += length
        took = time.monotonic() - began
        print(f"  seed {seed}: {result.line()}; {result.also()} ({took:.0f} s)", flush=True)
        total.add(result)
        if not result.fine:
            print(result.details())
            print(f'  again: make fault FAULT_ARGS="--seed {seed}"; logs and traffic: {result.folder}', flush=True)
            break
        if result.folder:
            shutil.rmtree(result.folder)
        seed += 1
    if total.fine and (left := uncovered(total.covered)):
        print(f"  not reached: {', '.join(left)}")
    print(f"  {total.also()}")
    print(total.line(), flush=True)
    return 0 if total.fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
