"""Approvals under random schedules, each repeatable by its seed: several people of both sides, an editor, leavers, holds.

python -m tests.fault.schedules --seed 17         # one schedule, with its trace
python -m tests.fault.schedules --seeds 10000     # many; names the seeds in which something was not allowed to leave
"""

import multiprocessing
import time
from collections.abc import Iterator

import click

from tests.fault.schedules_run import Ended, run

SHOWN = 5
"""Failed schedules that are shown whole."""
AT_ONCE = 50
"""Seeds that one process takes at a time."""


def told(ended: Ended) -> str:
    """Return what a person needs to understand a schedule: its trace, and what was wrong."""
    lines = [f"{row[0] / 1000:9.3f} {row[1]:7} {' '.join(str(word) for word in row[2:])}" for row in ended.trace]
    return "\n".join([*lines, *(f"seed {ended.seed}: {fault}" for fault in ended.faults)])


def all_of(seeds: range) -> Iterator[Ended]:
    """Run them on every processor; only schedules with faults keep their trace."""
    with multiprocessing.get_context("spawn").Pool() as pool:
        yield from pool.imap_unordered(_run, seeds, chunksize=AT_ONCE)


def _run(seed: int) -> Ended:
    ended = run(seed)
    return ended if ended.faults else ended.without_trace()


@click.command()
@click.option("--seed", type=int, help="One schedule, with its trace.")
@click.option("--seeds", type=int, default=10_000, show_default=True, help="So many schedules.")
@click.option("--first", type=int, default=0, show_default=True, help="The first seed of them.")
def main(seed: int | None, seeds: int, first: int) -> None:
    """Let people of both sides do anything at any time, and judge what left."""
    if seed is not None:
        click.echo(told(run(seed)))
        return
    began = time.monotonic()
    published = alone = yeses = 0
    bad: list[Ended] = []
    for ended in all_of(range(first, first + seeds)):
        published, alone, yeses = published + ended.published, alone + ended.alone, yeses + ended.yeses
        bad += [ended] if ended.faults else []
    for ended in bad[:SHOWN]:
        click.echo(told(ended))
    click.echo(
        f"schedules: {seeds} in {time.monotonic() - began:.0f} s, {yeses} approvals, {published} published "
        f"({alone} handed in to be sent alone), {len(bad)} with something that was not allowed: "
        f"{sorted(ended.seed for ended in bad)}"
    )
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
