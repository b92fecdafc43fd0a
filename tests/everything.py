"""The whole suite in one command: a browser where none is, lint, types, import contracts, tests. Exit 1 if any fails.

python -m tests.everything [--lint-only] [arguments for pytest]
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

WORKERS = (os.cpu_count() or 2) + 1
"""One more than there are cores: a third of the time of the tests is waiting."""

LINT: dict[str, tuple[str, ...]] = {
    "format": ("ruff", "format", "--check", "--quiet", "."),
    "lint": ("ruff", "check", "--quiet", "."),
    "types": ("mypy",),
    "imports": ("lint-imports",),
}


def main(arguments: Sequence[str]) -> int:
    """Return the exit code."""
    failed = [name for name, command in LINT.items() if not passes(name, command)]
    rest = [argument for argument in arguments if argument != "--lint-only"]
    if "--lint-only" not in arguments:
        find_browser()
        if not passes("tests", ("pytest", *(rest or ("-n", str(WORKERS), "--dist", "loadgroup", "-m", "not long")))):
            failed.append("tests")
    print(f"everything: {'FAILED: ' + ', '.join(failed) if failed else 'ok'}", flush=True)
    return 1 if failed else 0


def passes(name: str, command: Sequence[str]) -> bool:
    started = time.monotonic()
    print(f"── {name}", flush=True)
    code = subprocess.call([str(BIN / command[0]), *command[1:]], cwd=ROOT)
    print(f"── {name}: {'ok' if code == 0 else 'FAILED'} ({time.monotonic() - started:.0f} s)", flush=True)
    return code == 0


def find_browser() -> None:
    """Make sure that there is a Chromium, by whatever way this machine has; the browser tests say so where there is none."""
    if browser():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        quietly("apt-get", "update")
        quietly("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    if not browser():
        quietly(str(BIN / "playwright"), "install", "chromium")


def browser() -> str | None:
    """Return the path of a Chromium on the PATH, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def quietly(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
