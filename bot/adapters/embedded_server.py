"""The desk's own Valkey: started on a folder, shared by every process on that folder, restarted when it dies.

The server holds a lock on the folder for as long as it lives, so there can never be two. Whoever uses it
holds another lock together with the others; the last one to leave stops it.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from bot.adapters import embedded_trouble as trouble
from bot.adapters.embedded_lock import FileLock
from bot.adapters.embedded_process import SOCKET, ServerProcess, find_binary
from bot.domain.errors import Broken, Unavailable

START_WITHIN = 30.0
"""Seconds until a server answers; one that says it is still reading its file is given as long again."""
STOP_WITHIN = 15.0
"""Seconds for a stopping server to write what it has and go."""
LOOK_EVERY = 0.01
"""Seconds between looks while a server starts (46 ms) or stops: processes share no event to wait for."""
REST = 0.5
"""Seconds before another try when a restart did not succeed."""
LONGEST_SOCKET = 100
"""Characters of a socket's path: the kernel allows 107 on Linux and 103 on macOS."""

Tell = Callable[[str], None]


def _tell_nobody(_sentence: str) -> None:
    """Keep it to ourselves."""


class EmbeddedServer:
    """One server on one folder, as this process sees it. `tell` hears what people should know."""

    def __init__(self, folder: Path, *, binary: str | None = None, tell: Tell = _tell_nobody) -> None:
        """Find the server's program; nothing is started or written yet. Raises `Broken` where there is none."""
        self._folder = folder.absolute()
        self._home = _short(self._folder)
        self._binary = binary or find_binary()
        self._process = ServerProcess(self._folder, self._home, self._binary)
        self._tell = tell
        self._users: FileLock | None = None
        self._cut_tail = False

    @property
    def url(self) -> str:
        """Return the address for `redis_connect.connect`."""
        return f"unix://{self._home / SOCKET}"

    async def start(self) -> str:
        """Join the server on this folder, or start it, and return its address. Raises `Broken`, `Unavailable`."""
        self._users = self._prepared()
        try:
            await self._join(self._users)
            await self._up()
        except BaseException:
            self._leave()
            raise
        return self.url

    async def watch(self) -> None:
        """Start the server again whenever it dies; ends only by being cancelled, or with `Broken`."""
        while True:
            await self._until_gone()
            try:
                await self._up()
            except Unavailable as error:
                self._tell(str(error))
                await asyncio.sleep(REST)
            else:
                self._tell(trouble.RESTARTED)

    async def stop(self) -> None:
        """Leave; the last one to leave stops the server and waits for it. Raises `Unavailable` where it stays."""
        try:
            if self._users and self._users.try_alone():
                await self._shut_down()
        finally:
            self._leave()

    def _prepared(self) -> FileLock:
        """Make the folder, for our eyes only, and open the users' lock in it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(PermissionError):
                self._folder.chmod(0o700)
            _link(self._home, self._folder)
            return FileLock(self._folder / "users.lock")
        except OSError as error:
            raise self._not_usable(error) from None

    def _not_usable(self, error: OSError) -> Broken:
        return Broken(trouble.NOT_WRITABLE.format(folder=self._folder, reason=error.strerror or "it cannot be used"))

    async def _join(self, users: FileLock) -> None:
        """Wait while the last one of an earlier crowd is still stopping the server."""
        ends = time.monotonic() + STOP_WITHIN
        while not users.try_together():
            if time.monotonic() > ends:
                raise Unavailable(trouble.STILL_THERE.format(seconds=int(STOP_WITHIN), folder=self._folder))
            await asyncio.sleep(LOOK_EVERY)

    def _leave(self) -> None:
        if self._users:
            self._users.close()
            self._users = None
        self._process.is_ours()  # takes note of its end, so that it does not stay behind as a zombie

    async def _up(self) -> None:
        """Return when a server answers: whoever gets the folder's lock starts it, the others wait for it."""
        ends = time.monotonic() + START_WITHIN
        started = False
        while time.monotonic() < ends:
            answer = await self._ask(b"PING\r\n")
            if answer.startswith(b"+PONG"):
                return
            if answer.startswith(b"-LOADING"):
                ends = time.monotonic() + START_WITHIN
            elif not self._process.is_ours():
                if started:
                    self._explain()
                started = await self._start_if_free()
            await asyncio.sleep(LOOK_EVERY)
        raise Unavailable(trouble.TOO_SLOW.format(seconds=int(START_WITHIN), folder=self._folder))

    async def _start_if_free(self) -> bool:
        """Start a server unless somebody else has one on this folder; return whether we did."""
        try:
            lock = FileLock(self._folder / "server.lock")
        except OSError as error:
            raise self._not_usable(error) from None
        with contextlib.closing(lock):
            if not lock.try_alone():
                return False
            if self._cut_tail:
                await self._keep_a_copy()
            try:
                self._process.start(lock, cut_tail=self._cut_tail)
            except OSError as error:
                raise self._not_usable(error) from None
        return True

    def _explain(self) -> None:
        """Say why the server that we started is gone; an entry cut off at the end is mended, after a copy."""
        log = self._process.words()
        if trouble.CUT_OFF not in log or self._cut_tail:
            raise trouble.explained(log, self._folder, self._binary)
        self._cut_tail = True

    async def _keep_a_copy(self) -> None:
        kept = self._folder / f"appendonlydir.kept-{time.time_ns()}"
        try:
            await asyncio.to_thread(shutil.copytree, self._folder / "appendonlydir", kept)
        except OSError as error:
            raise self._not_usable(error) from None
        self._tell(trouble.CUT.format(kept=kept))

    async def _shut_down(self) -> None:
        if self._process.is_ours():
            self._process.terminate()
        else:
            await self._ask(b"SHUTDOWN NOSAVE\r\n")
        ends = time.monotonic() + STOP_WITHIN
        while not self._is_gone():
            if time.monotonic() > ends:
                raise Unavailable(trouble.STILL_THERE.format(seconds=int(STOP_WITHIN), folder=self._folder))
            await asyncio.sleep(LOOK_EVERY)

    def _is_gone(self) -> bool:
        with contextlib.closing(FileLock(self._folder / "server.lock")) as lock:
            return lock.try_alone() and not self._process.is_ours()

    async def _ask(self, question: bytes) -> bytes:
        """Return the server's answer, or nothing where nobody answers within a second."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1), _door(self._home / SOCKET) as (reader, writer):
                writer.write(question)
                return await reader.readline()
        return b""

    async def _until_gone(self) -> None:
        """Return when the server closes the connection on which we say nothing: then it is dead."""
        with contextlib.suppress(OSError):
            async with _door(self._home / SOCKET) as (reader, _):
                await reader.read()


@contextlib.asynccontextmanager
async def _door(socket: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_unix_connection(str(socket))
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _short(folder: Path) -> Path:
    """Return the folder, or where its path is too long for a socket a short one that is to lead there."""
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET:
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"replydesk-{os.geteuid()}-{name}"


def _link(home: Path, folder: Path) -> None:
    """Make the short path lead to the folder. Raises `OSError` where somebody else's link stands in its place."""
    if home == folder:
        return
    with contextlib.suppress(FileExistsError):
        home.symlink_to(folder)
    if home.lstat().st_uid != os.geteuid() or not home.is_symlink() or home.readlink() != folder:
        raise OSError(errno.EEXIST, f"{home} is in the way")
