"""The tracked files, and copies of the tree in which a breach can be planted."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
OURS = ("bot", "handlers", "config")
PARTS = (*OURS, ".importlinter", "pyproject.toml")


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file of the repository, or of the folder where it was unpacked without one."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        return tuple(path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file())
    return tuple(path for path in ROOT.rglob("*") if path.is_file() and not _hidden(path.relative_to(ROOT)))


def _hidden(path: Path) -> bool:
    kept = (".github", ".ci", ".env.example", ".importlinter", ".gitignore")
    return any((part.startswith(".") and part not in kept) or part == "__pycache__" for part in path.parts)


def python(*folders: str) -> list[Path]:
    """Return the tracked Python files under these folders, all where none is named."""
    names = folders or (*OURS, "tests")
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in names]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def copied(to: Path) -> Path:
    """Return a copy of the code in which something may be planted."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, to / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / part)
    return to


def run(where: Path, *command: str) -> tuple[int, str]:
    """Run one of the tools of the build; return its exit code and what it said."""
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=where, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
