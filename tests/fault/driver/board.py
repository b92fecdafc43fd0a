"""What every process of a round reads at any moment: how far the time was moved, and whether the faults are over."""

import mmap
import struct
from pathlib import Path

_SHAPE = struct.Struct("<qq")


class Board:
    """A few numbers in memory that all processes share; the driver alone writes."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_SHAPE.pack(0, 0))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SHAPE.size)

    @property
    def passed(self) -> int:
        """Milliseconds that were let pass."""
        return int(_SHAPE.unpack(self._memory[:])[0])

    @property
    def calm(self) -> bool:
        """Whether nothing is to go wrong any more."""
        return bool(_SHAPE.unpack(self._memory[:])[1])

    def pass_time(self, seconds: float) -> None:
        self._memory[:] = _SHAPE.pack(self.passed + round(seconds * 1000), self.calm)

    def calm_down(self) -> None:
        self._memory[:] = _SHAPE.pack(self.passed, 1)
