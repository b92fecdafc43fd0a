"""`demo`: the pretend workspace, the pretend X and the real desk in one process, on one page."""

import asyncio
import secrets
import shutil
from pathlib import Path

import click

from bot.commands.starting import CANNOT_START, read_all
from bot.domain.errors import DeskError
from bot.logs import configure, get_log
from bot.opening import opened
from bot.process import run, stop_on_signals
from bot.sandbox.errors import SandboxError
from bot.sandbox.server import Sandbox

POLL_SECONDS = "5"


def run_demo(*, port: int, folder: Path, fresh: bool, trickle: bool) -> int:
    """Return the exit code: 0 ended by Ctrl-C, 1 could not start, 2 wrong settings."""
    if fresh and folder.exists():
        shutil.rmtree(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        click.echo(f"error: {folder} cannot be written ({error.strerror}). Choose another with --folder.", err=True)
        return 1
    configure("WARNING")
    return asyncio.run(_demo(port, folder, trickle=trickle))


async def _demo(port: int, folder: Path, *, trickle: bool) -> int:
    stop = asyncio.Event()
    stop_on_signals(stop)
    try:
        async with Sandbox.running(port=port, state_dir=folder / "sandbox", trickle=trickle) as sandbox:
            return await _desk(sandbox, folder, stop)
    except (SandboxError, DeskError) as error:
        click.echo(f"error: {error}", err=True)
        return 1


async def _desk(sandbox: Sandbox, folder: Path, stop: asyncio.Event) -> int:
    found = read_all({}, environment=environment(sandbox, folder))
    if found is None:
        return CANNOT_START
    async with opened(
        *found,
        get_log(),
        offset=lambda: int(sandbox.clock.offset * 1000),
        tell=lambda sentence: click.echo(sentence, err=True),
    ) as desk:
        click.echo(
            "Everything here is pretend, on this machine only. Ctrl-C ends it; it goes on where it was next time."
        )
        click.echo(f"Open  {sandbox.page_url}")
        await run(desk, stop)
    click.echo("Ended cleanly.")
    return 0


def environment(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    """Return the settings of a desk that works with this sandbox and keeps its things in `folder`."""
    return {
        **sandbox.environment(),
        "REPLYDESK_APPROVAL_KEY": _approval_key(folder),
        "REPLYDESK_DATA_DIR": str(folder),
        "REPLYDESK_POLL_SECONDS": POLL_SECONDS,
        "REPLYDESK_STREAM": "true",
        "REPLYDESK_WORKSPACE": "demo",
    }


def _approval_key(folder: Path) -> str:
    """Return the demo's own key, made once: approvals must hold across restarts."""
    file = folder / "approval_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return file.read_text(encoding="utf-8")
