"""Locks on files that the kernel gives back by itself when whoever holds them is gone."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """An advisory lock (`flock`) on one file; it lives as long as any process holds the open file it was taken on."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it (mode 600). Raises `OSError`."""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @property
    def fd(self) -> int:
        """The open file: a child that inherits it holds the lock, too."""
        return self._fd

    def try_alone(self) -> bool:
        """Return whether we now hold it alone; what we held before is given up either way."""
        return self._try(fcntl.LOCK_EX)

    def try_together(self) -> bool:
        """Return whether we now hold it with others who hold it together."""
        return self._try(fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go of our open file; the lock stays where a child has inherited it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _try(self, kind: int) -> bool:
        fcntl.flock(self._fd, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
