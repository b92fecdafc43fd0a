"""The epoch of a Redis: which server answers, and a word about it in a file of our own."""

import hashlib
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bot.adapters.redis_connect import REPLICAS, Finding
from bot.domain.ids import Instant

MUST_KEEP = frozenset({"appendonly", "appendfsync"})


def never_forgets(findings: Sequence[Finding]) -> bool:
    """Say whether the server keeps all it acknowledges and no copy that lacks something can take its place."""
    keeps = all(finding.ok for finding in findings if finding.name in MUST_KEEP)
    return keeps and all(finding.name != REPLICAS for finding in findings)


KEPT_AS = "epoch-"
"""How the names of these files begin."""


def epoch_file(folder: Path, place: str, workspace: str) -> Path:
    """Return where the word about one store is kept; another store has another file."""
    return folder / f"{KEPT_AS}{hashlib.sha256(f'{place} {workspace}'.encode()).hexdigest()[:12]}"


class RedisEpochs:
    """The `Epochs` of one Redis. Where the file cannot be written, the store alone has to tell."""

    def __init__(self, ask: Callable[[], Awaitable[str]], file: Path, *, sure: bool) -> None:
        self.ask = ask
        self.sure = sure
        self._file = file

    async def server(self) -> str:
        return await self.ask()

    def outside(self) -> Instant | None:
        try:
            return Instant(int(self._file.read_text(encoding="ascii")))
        except (OSError, ValueError):
            return None

    def keep(self, seen: Instant) -> None:
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            new.write_text(str(max(seen, self.outside() or seen)), encoding="ascii")
            new.replace(self._file)
