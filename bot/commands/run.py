"""`run`: the desk with real credentials, until SIGTERM or Ctrl-C."""

import asyncio
from collections.abc import Mapping
from typing import Any

import click

from bot.commands.starting import CANNOT_START, read_all
from bot.domain.errors import DeskError
from bot.domain.policy import Policy
from bot.logs import configure, get_log
from bot.opening import StoppedWaiting, opened
from bot.process import Role, run, stop_on_signals
from config.settings import Settings

ROLES = {"all": Role.ALL, "bot": Role.BOT, "worker": Role.WORKER}


def run_desk(role: str, flags: Mapping[str, Any]) -> int:
    """Return the exit code: 0 stopped when asked, 1 a part refused or did not answer, 2 wrong settings."""
    found = read_all(flags)
    if found is None:
        return CANNOT_START
    settings, policy = found
    configure(settings.log_level, json=settings.log_json)
    return asyncio.run(_run(settings, policy, ROLES[role]))


async def _run(settings: Settings, policy: Policy, role: Role) -> int:
    stop = asyncio.Event()
    stop_on_signals(stop)
    try:
        async with opened(settings, policy, get_log(), tell=_tell, stop=stop) as desk:
            _tell("The desk is running. Ctrl-C ends it.")
            await run(desk, stop, role, look_at_once=True)
    except StoppedWaiting as stopped:
        _tell(str(stopped))
    except DeskError as error:
        _tell(f"error: {error}")
        return 1
    return 0


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)
