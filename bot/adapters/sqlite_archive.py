"""The archive on this machine's disk: one SQLite file, one row per case, on the disk before `put` returns.

A row holds the same bytes as the store did, and the record as compressed JSON lines. SQLite runs in a thread
of its own, and every call has a time limit: a disk that hangs must not hold up the desk.
"""

import asyncio
import json
import os
import platform
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.adapters.redis_codec import Codec
from bot.domain.cases.case import Case
from bot.domain.cases.ending import closed_since
from bot.domain.cases.leaving import Leaving, Line
from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import CaseId

T = TypeVar("T")

TIMEOUT = 5.0
"""Seconds for one call; 200 cases are written in about 0.1 s."""
BUSY = 2.0
"""Seconds to wait while another process of this machine writes."""
MOST_WAITING = 64
"""Calls that may wait for the disk; more are refused at once."""
LONGEST_RECORD = 64_000_000
"""Bytes that the record of one case may have when unpacked; a line has about 150."""
SLOW = "The archive did not answer in time. If nothing has changed in a moment, please try again."
NOT_NOW = "The archive cannot be used just now ({why}). Closed cases stay in the store meanwhile."
BROKEN = "The archive file cannot be read ({why}). It was left as it is."

_TABLES = """
CREATE TABLE IF NOT EXISTS cases (
  workspace TEXT NOT NULL, id TEXT NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER NOT NULL,
  author TEXT NOT NULL, document BLOB NOT NULL, journal BLOB NOT NULL, PRIMARY KEY (workspace, id, opened_at)
);
CREATE INDEX IF NOT EXISTS by_author ON cases (workspace, author, opened_at);
"""
_PUT = "INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?)"
_NEWEST = "FROM cases WHERE workspace = ? AND id = ? ORDER BY opened_at DESC LIMIT 1"
_BY_AUTHOR = "SELECT DISTINCT id FROM cases WHERE workspace = ? AND author = ? ORDER BY opened_at DESC LIMIT ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What an archive holds: cases of all workspaces, and bytes on the disk; `there` says whether it was begun."""

    there: bool
    cases: int = 0
    size: int = 0


class SqliteArchive:
    """The `Archive` in one file. Any number of processes of this machine may use it; it is begun by the first `put`."""

    def __init__(self, path: Path, workspace: str) -> None:
        """Nothing is opened yet."""
        self._path = path
        self._workspace = workspace
        self._codec = Codec(Case)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self._waiting = 0
        self._open: sqlite3.Connection | None = None

    @property
    def place(self) -> str:
        return platform.node() or "a machine without a name"

    async def put(self, leaving: Sequence[Leaving]) -> None:
        rows = [self._row(one) for one in leaving]
        if rows:
            await self._in_thread(lambda: self._write(rows))

    async def get(self, case_id: CaseId) -> Case | None:
        found = await self._in_thread(lambda: self._rows(f"SELECT document {_NEWEST}", case_id))
        return self._codec.decode(found[0][0]) if found else None

    async def lines(self, case_id: CaseId) -> Sequence[Line]:
        found = await self._in_thread(lambda: self._rows(f"SELECT journal {_NEWEST}", case_id))
        return _lines(found[0][0]) if found else ()

    async def by_author(self, handle: str, limit: int) -> Sequence[CaseId]:
        found = await self._in_thread(lambda: self._rows(_BY_AUTHOR, handle.casefold(), limit))
        return tuple(CaseId(name) for (name,) in found)

    async def look(self) -> Holdings:
        """Look whether it can be written, changing nothing. Raises `Unavailable`, `Broken`."""
        return await self._in_thread(self._holdings)

    async def close(self) -> None:
        """Let go of the file."""
        with suppress(Unavailable, Broken):
            await self._in_thread(self._shut)
        self._thread.shutdown(wait=False)

    def _row(self, leaving: Leaving) -> tuple[object, ...]:
        case = leaving.case
        journal = "\n".join(json.dumps(line, ensure_ascii=False) for line in leaving.lines)
        return (
            self._workspace,
            case.id,
            case.opened_at,
            closed_since(case),
            case.first_post.author.handle.casefold(),
            self._codec.encode(case),
            zlib.compress(journal.encode(errors="replace"), 6),
        )

    async def _in_thread(self, act: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable(SLOW)
        self._waiting += 1
        try:
            async with asyncio.timeout(TIMEOUT):
                return await asyncio.get_running_loop().run_in_executor(self._thread, act)
        except TimeoutError:
            raise Unavailable(SLOW) from None
        except sqlite3.OperationalError as error:
            raise Unavailable(NOT_NOW.format(why=error)) from None
        except OSError as error:
            raise Unavailable(NOT_NOW.format(why=error.strerror)) from None
        except sqlite3.Error as error:
            raise Broken(BROKEN.format(why=error)) from None
        finally:
            self._waiting -= 1

    # From here on: in the thread.

    def _write(self, rows: Sequence[tuple[object, ...]]) -> None:
        with _transaction(self._connected()) as file:
            file.executemany(_PUT, rows)

    def _rows(self, question: str, *words: object) -> list[tuple[Any]]:
        if self._open is None and not self._path.exists():
            return []
        return self._connected().execute(question, (self._workspace, *words)).fetchall()

    def _connected(self) -> sqlite3.Connection:
        """Return the open file. Whatever is acknowledged is on the disk (`synchronous = FULL`)."""
        if self._open is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            file = sqlite3.connect(self._path, timeout=BUSY, isolation_level=None, check_same_thread=False)
            try:
                file.execute("PRAGMA journal_mode = WAL")
                file.execute("PRAGMA synchronous = FULL")
                file.executescript(_TABLES)
            except sqlite3.Error:
                file.close()
                raise
            self._open = file
        return self._open

    def _holdings(self) -> Holdings:
        if not self._path.exists():
            folder = next(parent for parent in self._path.absolute().parents if parent.exists())
            if not os.access(folder, os.W_OK | os.X_OK):
                raise Unavailable(NOT_NOW.format(why=f"{folder} cannot be written"))
            return Holdings(there=False)
        file = self._connected()
        file.execute("BEGIN IMMEDIATE")
        (count,) = file.execute("SELECT count(*) FROM cases").fetchone()
        file.execute("ROLLBACK")
        return Holdings(there=True, cases=count, size=self._path.stat().st_size)

    def _shut(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


class NoArchive:
    """The `Archive` where none is kept: closed cases stay in the store."""

    place = ""

    async def put(self, leaving: Sequence[Leaving]) -> None:  # noqa: ARG002 -- as the port has it
        """Refuse: nothing may leave the store for nowhere."""
        raise Unavailable(NOT_NOW.format(why="no archive is kept"))

    async def get(self, case_id: CaseId) -> Case | None:  # noqa: ARG002 -- as the port has it
        return None

    async def lines(self, case_id: CaseId) -> Sequence[Line]:  # noqa: ARG002 -- as the port has it
        return ()

    async def by_author(self, handle: str, limit: int) -> Sequence[CaseId]:  # noqa: ARG002 -- as the port has it
        return ()

    async def close(self) -> None:
        """Nothing is open."""


def open_archive(path: Path | None, workspace: str) -> SqliteArchive | NoArchive:
    return SqliteArchive(path, workspace) if path else NoArchive()


@contextmanager
def _transaction(file: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    file.execute("BEGIN IMMEDIATE")
    try:
        yield file
        file.execute("COMMIT")
    except sqlite3.Error:
        if file.in_transaction:
            file.execute("ROLLBACK")
        raise


def _lines(packed: bytes) -> tuple[Line, ...]:
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, LONGEST_RECORD).decode()
        if not unpacker.eof:
            raise Broken(BROKEN.format(why="a record is cut off or too long"))
        return tuple(json.loads(line) for line in text.split("\n") if line)
    except (zlib.error, ValueError) as error:
        raise Broken(BROKEN.format(why=type(error).__name__)) from None
