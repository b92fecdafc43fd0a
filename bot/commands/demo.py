"""`demo`: the pretend workspace, the pretend X and the real desk in one process, on one page."""

import asyncio
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import click

from bot.adapters.embedded_lock import FileLock
from bot.adapters.embedded_server import EmbeddedServer
from bot.adapters.redis_epochs import KEPT_AS
from bot.commands.starting import CANNOT_START, read_all
from bot.domain.errors import DeskError
from bot.logs import configure, get_log
from bot.opening import opened
from bot.process import run, stop_on_signals
from bot.sandbox.errors import SandboxError
from bot.sandbox.server import Sandbox

POLL_SECONDS = "5"
LOCK, KEY, STORE, SANDBOX = "demo.lock", "approval_key", "store", "sandbox"
"""What demos keep in their folder."""


class FolderTaken(Exception):  # noqa: N818 -- reads as the fact it is
    """The demo's folder cannot be used; the message is a sentence."""


def run_demo(*, port: int, folder: Path, fresh: bool, trickle: bool) -> int:
    """Return the exit code: 0 ended by Ctrl-C, 1 could not start, 2 wrong settings."""
    configure("WARNING")
    try:
        with _ours(folder):
            if fresh:
                asyncio.run(_forget(folder))
            return asyncio.run(_demo(port, folder, trickle=trickle))
    except (FolderTaken, SandboxError, DeskError) as error:
        click.echo(f"error: {error}", err=True)
    except OSError as error:
        click.echo(f"error: {folder} or port {port} cannot be used ({error.strerror}).", err=True)
    return 1


@contextmanager
def _ours(folder: Path) -> Iterator[None]:
    """Keep the folder to this demo; raises `FolderTaken` where another one runs on it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
    except OSError as error:
        raise FolderTaken(f"{folder} cannot be written ({error.strerror}). Choose another with --folder.") from None
    with closing(lock):
        if not lock.try_alone():
            raise FolderTaken(
                f"A demo is running on {folder} already: use its page, end it, or choose another --folder and --port."
            )
        yield


async def _forget(folder: Path) -> None:
    """Remove what demos keep, and nothing else; a server that a killed demo left behind is ended before."""
    store = folder / STORE
    if store.exists():
        with suppress(DeskError):
            server = EmbeddedServer(store)
            await server.start()
            await server.stop()
        shutil.rmtree(store)
    shutil.rmtree(folder / SANDBOX, ignore_errors=True)
    _remove_files(folder)


def _remove_files(folder: Path) -> None:
    """Remove the key, and what this machine knows of the store: a new one would be taken for an old backup."""
    for kept in (folder / KEY, *folder.glob(f"{KEPT_AS}*")):
        kept.unlink(missing_ok=True)


async def _demo(port: int, folder: Path, *, trickle: bool) -> int:
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with Sandbox.running(port=port, state_dir=folder / SANDBOX, trickle=trickle) as sandbox:
        return await _desk(sandbox, folder, stop)


async def _desk(sandbox: Sandbox, folder: Path, stop: asyncio.Event) -> int:
    found = read_all({}, environment(sandbox, folder), folder)
    if found is None:
        return CANNOT_START
    async with opened(
        *found,
        get_log(),
        offset=lambda: int(sandbox.clock.offset * 1000),
        tell=lambda sentence: click.echo(sentence, err=True),
        stop=stop,
    ) as desk:
        click.echo(
            "Everything here is pretend, on this machine only. Ctrl-C ends it; it goes on where it was next time."
        )
        click.echo(f"Open  {sandbox.page_url}")
        await run(desk, stop, look_at_once=True)
    click.echo("Ended cleanly.")
    return 0


def environment(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    """Return the settings of a desk that works with this sandbox and keeps its things in `folder`.

    Real secrets and a real Redis of the machine must not get into it, so it looks for them in `folder` alone.
    """
    return {
        **sandbox.environment(),
        "REPLYDESK_APPROVAL_KEY": _approval_key(folder),
        "REPLYDESK_DATA_DIR": str(folder),
        "REPLYDESK_POLL_SECONDS": POLL_SECONDS,
        "REPLYDESK_SECRETS_DIR": str(folder / "secrets"),
        "REPLYDESK_STREAM": "true",
        "REPLYDESK_WORKSPACE": "demo",
    }


def _approval_key(folder: Path) -> str:
    """Return the demo's own key, made once: approvals must hold across restarts."""
    file = folder / KEY
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return file.read_text(encoding="utf-8")
