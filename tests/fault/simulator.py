"""The whole way of a reply under everything that can go wrong, thousands of times, each repeatable by its seed.

python -m tests.fault.simulator --seed 17             # one run, with its trace
python -m tests.fault.simulator --seeds 100000        # a long run; names the seeds that failed
python -m tests.fault.simulator --experiments         # which windows remain, with numbers
"""

import time

import click

from tests.fault.simulator_experiments import report
from tests.fault.simulator_run import Ended, run

SHOWN = 5
"""Failed runs of a long run that are shown whole."""


def told(ended: Ended) -> str:
    """Return what a person needs to understand a run: its weather, its trace, and what was wrong."""
    lines = [f"seed {ended.seed}: {ended.weather}"]
    lines += [f"{row[0] / 1000:9.3f} {row[1]:7} {' '.join(str(word) for word in row[2:])}" for row in ended.trace]
    return "\n".join([*lines, *(f"seed {ended.seed}: {fault}" for fault in ended.faults)])


def failed(seeds: range) -> list[Ended]:
    return [ended for seed in seeds if (ended := run(seed)).faults]


@click.command()
@click.option("--seed", type=int, help="One run, with its trace.")
@click.option("--seeds", type=int, default=10_000, show_default=True, help="So many runs.")
@click.option("--first", type=int, default=0, show_default=True, help="The first seed of them.")
@click.option("--experiments", is_flag=True, help="Break one assumption at a time and count.")
def main(seed: int | None, seeds: int, first: int, *, experiments: bool) -> None:
    """Simulate the way of a reply."""
    if seed is not None:
        click.echo(told(run(seed)))
        return
    if experiments:
        for line in report(range(first, first + min(seeds, 1_000))):
            click.echo(line)
        return
    began = time.monotonic()
    bad = failed(range(first, first + seeds))
    for ended in bad[:SHOWN]:
        click.echo(told(ended))
    click.echo(f"{seeds} runs in {time.monotonic() - began:.0f} s, {len(bad)} failed: {[e.seed for e in bad]}")
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
