"""Each row of tests/cases.yaml has a test that carries its id; a module that covers rows says so in `COVERS`."""

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

TESTS = Path(__file__).parents[1]
ROWS = {row["id"]: row for row in yaml.safe_load((TESTS / "cases.yaml").read_text(encoding="utf-8"))}


def modules_that_cover() -> list[Path]:
    """Return the test modules that set `COVERS` at their top level."""
    return [
        path
        for path in sorted(TESTS.rglob("test_*.py"))
        if "COVERS" in path.read_text(encoding="utf-8") and _sets_covers(path)
    ]


def _sets_covers(path: Path) -> bool:
    names = (
        target for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.Assign) for target in node.targets
    )
    return any(isinstance(name, ast.Name) and name.id == "COVERS" for name in names)


def missing_ids(claimed: dict[str, set[str]], collected: list[str]) -> dict[str, list[str]]:
    """Return by module the claimed ids that no collected test carries in its brackets, whole or between `-`."""
    carried: dict[str, list[str]] = defaultdict(list)
    for node in collected:
        if "[" in node:
            carried[node.partition("::")[0]].append(node.partition("[")[2].rstrip("]"))
    return {
        module: sorted(row for row in rows if not any(f"-{row}-" in f"-{mark}-" for mark in carried[module]))
        for module, rows in claimed.items()
    }


@pytest.fixture(scope="module")
def claimed() -> dict[str, set[str]]:
    """What each module says it covers, read from the module itself as pytest imports it."""
    script = "import importlib, json, sys; print(json.dumps({p: list(importlib.import_module(p).COVERS) for p in sys.argv[1:]}))"
    names = {
        str(path.relative_to(TESTS.parent)): path.relative_to(TESTS.parent).with_suffix("").as_posix().replace("/", ".")
        for path in modules_that_cover()
    }
    done = subprocess.run(
        [sys.executable, "-c", script, *names.values()], cwd=TESTS.parent, capture_output=True, text=True, check=True
    )
    said = yaml.safe_load(done.stdout)
    return {path: set(said[name]) for path, name in names.items()}


def test_each_claimed_row_is_in_the_ids_of_that_module_s_tests(claimed):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        *claimed,
    ]
    done = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2_000:]
    nodes = [line for line in done.stdout.splitlines() if "::" in line]
    assert {module: rows for module, rows in missing_ids(claimed, nodes).items() if rows} == {}


def test_each_row_is_covered_or_says_why_not_yet(claimed):
    covered = set().union(*claimed.values())
    assert sorted(row for row in ROWS if row not in covered and not ROWS[row].get("not_yet")) == []


def test_nothing_is_claimed_that_is_no_row(claimed):
    assert sorted(set().union(*claimed.values()) - set(ROWS)) == []


def test_a_claim_without_a_test_is_seen():
    nodes = [
        "tests/unit/test_a.py::test_case[TXT-01]",
        "tests/unit/test_a.py::test_case[TXT-22-18]",
        "tests/unit/test_a.py::test_plain",
    ]
    assert missing_ids({"tests/unit/test_a.py": {"TXT-01", "TXT-02", "TXT-22"}}, nodes) == {
        "tests/unit/test_a.py": ["TXT-02"]
    }
