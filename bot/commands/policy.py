"""`policy check`: is this file a policy, and what is odd in it."""

import time
from pathlib import Path

import click

from bot.domain.ids import Instant
from bot.domain.on_call.outlook import outlook
from bot.domain.policy import Policy
from bot.views.oncall import gap_lines
from config.policy import PolicyError, read_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE


def check_policy(file: Path | None) -> int:
    """Return the exit code: 0 usable, 1 mistakes."""
    path = file or POLICY_FILE
    try:
        reading = read_policy(path, TALKING_POINTS_FILE)
    except PolicyError as error:
        for mistake in error.mistakes:
            click.echo(f"error: {mistake}", err=True)
        click.echo(f"{path.name}: {len(error.mistakes)} to correct")
        return 1
    for warning in reading.warnings:
        click.echo(f"warning: {warning}", err=True)
    for gap in gaps_ahead(reading.policy, Instant(time.time_ns() // 1_000_000)):
        click.echo(f"warning: {path.name}: on call, {gap}", err=True)
    policy = reading.policy
    click.echo(
        f"{path.name}: ok, version {policy.version}, {len(policy.routing)} routing rules, {len(policy.teams)} teams"
    )
    return 0


def gaps_ahead(policy: Policy, now: Instant) -> list[str]:
    """Return a sentence for each stretch of the next 14 days in which a schedule of this policy has nobody on call."""
    ahead = [outlook(schedule, (), now) for schedule in policy.schedules.values()]
    return [line for one in ahead for line in gap_lines(one)]
