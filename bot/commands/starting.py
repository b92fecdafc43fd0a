"""What every command that starts a desk shares: read settings and policy, and say every mistake at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from bot.domain.policy import Policy
from config.policy import PolicyError, read_policy
from config.settings import Settings, SettingsError, load

CANNOT_START = 2
"""Exit code for settings or a policy that cannot be used; nothing was started."""


def read_all(
    flags: Mapping[str, Any], environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[Settings, Policy] | None:
    """Return settings and policy, or None once every mistake has been said on standard error.

    `folder` is where `.env` and `replydesk.toml` are looked for; by itself, the current one.
    """
    mistakes: list[str] = []
    settings = None
    try:
        settings = load(folder=folder, environment=environment, **flags)
        for warning in settings.warnings:
            click.echo(f"warning: {warning}", err=True)
        reading = read_policy(settings.policy_file, settings.talking_points_file)
        for warning in reading.warnings:
            click.echo(f"warning: {warning}", err=True)
    except (SettingsError, PolicyError) as error:
        mistakes.extend(error.mistakes)
    else:
        return settings, reading.policy
    for mistake in mistakes:
        click.echo(f"error: {mistake}", err=True)
    click.echo(f"Nothing was started: {len(mistakes)} to correct.", err=True)
    return None
