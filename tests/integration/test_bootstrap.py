"""`make demo` on a bare copy: it makes its own environment, or says in a sentence what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.processes import REPO

MAKE = shutil.which("make")
NOT_SOURCE = ("*.pyc", "__pycache__", ".*_cache", ".hypothesis", ".venv", ".git", ".desk", ".env")
pytestmark = pytest.mark.skipif(MAKE is None, reason="there is no make on this machine")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return the repository as somebody gets it: without environment, caches and state."""
    return Path(shutil.copytree(REPO, tmp_path / "copy", ignore=shutil.ignore_patterns(*NOT_SOURCE)))


def make(copy: Path, *words: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    own = {key: os.environ[key] for key in os.environ if key == "HOME" or key.startswith(("PIP_", "SSL_", "HTTP"))}
    places = [str(path)] if path else [str(Path(sys.executable).resolve().parent)]
    own["PATH"] = os.pathsep.join([*places, os.environ["PATH"]])
    return subprocess.run(
        [str(MAKE), *words], cwd=copy, env=own, capture_output=True, text=True, timeout=540, check=False
    )


def fake_python(folder: Path, refused: str) -> Path:
    """Put a `python3` first on the path that fails for whatever mentions `refused`, and else is the real one."""
    folder.mkdir()
    program = folder / "python3"
    program.write_text(f'#!/bin/sh\ncase "$*" in *"{refused}"*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    return folder


def test_a_python_without_venv_gets_a_sentence(copy: Path, tmp_path: Path) -> None:
    made = make(copy, "demo", path=fake_python(tmp_path / "bin", "import ensurepip, venv"))
    assert made.returncode != 0
    assert "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv" in made.stdout
    assert "Traceback" not in made.stdout + made.stderr
    assert not (copy / ".venv").exists()


def test_a_python_that_is_too_old_gets_a_sentence(copy: Path, tmp_path: Path) -> None:
    made = make(copy, "demo", path=fake_python(tmp_path / "bin", "version_info"))
    assert made.returncode != 0
    assert "Replydesk needs Python 3.11 or newer. Name one: make PYTHON=python3.12 …" in made.stdout
    assert not (copy / ".venv").exists()


def test_make_alone_lists_what_there_is(copy: Path) -> None:
    made = make(copy)
    assert made.returncode == 0
    for target in ("demo", "test", "lint", "bench", "run", "check"):
        assert f"make {target} " in made.stdout


@pytest.mark.slow
def test_make_demo_on_a_bare_copy_walks_through_the_whole_story(copy: Path) -> None:
    made = make(copy, "demo", "DEMO_ARGS=--walk")
    assert made.returncode == 0, made.stdout + made.stderr
    assert made.stdout.rstrip().splitlines()[-1].startswith("walk: ok, ")
    assert made.stdout.rstrip().endswith("1 reply published")
    again = make(copy, "demo", "DEMO_ARGS=--walk")
    assert again.returncode == 0
    assert "Installing" not in again.stdout
