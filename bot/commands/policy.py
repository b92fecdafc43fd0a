"""`policy check`: is this file a policy, and what is odd in it."""

from pathlib import Path

import click

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
    policy = reading.policy
    click.echo(
        f"{path.name}: ok, version {policy.version}, {len(policy.routing)} routing rules, {len(policy.teams)} teams"
    )
    return 0
