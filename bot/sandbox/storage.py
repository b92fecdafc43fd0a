"""The sandbox's memory on disk: one JSON file with both sides, written whole, soon after a change and at the end."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.errors import SandboxError

VERSION = 1
DEBOUNCE_SECONDS = 0.5
NOT_STATE = {"traffic", "x_stream"}
"""Topics that change nothing worth keeping."""


class Storage:
    """`sandbox.json` in a folder; a half-written file can never take its place."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "sandbox.json"

    def load(self) -> dict[str, Any] | None:
        """The last snapshot, or None at the first start; SandboxError when the file is not one of ours."""
        try:
            stored = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, OSError) as broken:
            raise SandboxError(
                f"{self.file} cannot be read as a sandbox ({broken}). Move it away to start afresh."
            ) from broken
        if not isinstance(stored, dict) or stored.get("version") != VERSION:
            raise SandboxError(
                f"{self.file} was written by another version of the sandbox. Move it away to start afresh."
            )
        return stored

    def save(self, snapshot: dict[str, Any]) -> None:
        """Write beside, flush to the disk, then rename."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        beside = self.file.with_suffix(".tmp")
        with beside.open("w", encoding="utf-8") as out:
            # a lone surrogate cannot be written as UTF-8, so everything outside ASCII is escaped
            json.dump({"version": VERSION, **snapshot}, out)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self.file)

    async def keep(self, changes: Changes, snapshot: Callable[[], dict[str, Any]]) -> None:
        """Save now, and half a second after each change, until cancelled; a full disk is told and tried again."""
        with changes.subscribe() as subscription:
            # what happened before anybody listened is in the first save
            saved = changes.count
            await self._save_beside(changes, snapshot())
            async for change in subscription:
                if change["n"] <= saved or change["topic"] in NOT_STATE:
                    continue
                await asyncio.sleep(DEBOUNCE_SECONDS)
                saved = changes.count
                await self._save_beside(changes, snapshot())

    async def _save_beside(self, changes: Changes, snapshot: dict[str, Any]) -> None:
        """In a thread, and never left half done: the last save, at the end, must be the last."""
        saving = asyncio.ensure_future(asyncio.to_thread(self.save, snapshot))
        try:
            await asyncio.shield(saving)
        except asyncio.CancelledError:
            await asyncio.wait({saving})
            raise
        except OSError as trouble:
            changes.publish("storage", {"error": f"{self.file} could not be written: {trouble.strerror}."})
