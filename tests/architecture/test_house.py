"""The rules of the house that no tool knows: sizes, reasons for exemptions, names, loops that survive, nothing secret."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import OURS, ROOT, name, python, tracked

FILE_LINES, FUNCTION_LINES = 350, 60
"""The hard ceilings of code; the house aims at 250 and 40."""
TEST_LINES = 550
"""A file of tests is read one test at a time, so it may be longer."""
PARTS_LISTS = {("bot/wiring/__init__.py", "build"), ("bot/wiring/parts.py", "parts_of")}
"""Long because there are many parts, with nothing to decide on the way."""
MAY_CATCH_ALL = {"bot/jobs/relay.py", "bot/jobs/ingest.py", "bot/jobs/calendar.py", "handlers/door.py"}
"""Loops that must survive whatever one item does."""
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "manager", "managers", "base", "core"}
EXEMPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma|nosec|ruff:|mypy:)")
WITH_REASON = re.compile(
    r"# (?:ruff: )?noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)* -- \S.{5,}|# type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]  # \S.{5,}"
)
SECRETS = re.compile(
    "|".join(
        (
            r"xox[abeprs]" + r"-[A-Za-z0-9][A-Za-z0-9-]{9,}",
            r"xapp" + r"-[A-Za-z0-9][A-Za-z0-9-]{9,}",
            r"AKIA" + r"[0-9A-Z]{16}",
            r"gh[pousr]" + r"_[A-Za-z0-9]{30,}",
            r"-----BEGIN [A-Z ]*" + r"PRIVATE KEY",
            r"AAAAAAAAAAAA" + r"[A-Za-z0-9%]{60,}",
        )
    )
)
MACHINE = re.compile(
    "|".join(
        (
            r"/(?:work|root)" + r"/[a-z.]",
            r"/home" + r"/[a-z]+/",
            r"/Users" + r"/[A-Za-z]+/",
            r"(?:extra-)?index" + r"-url\s*=",
            r"(?:artifactory|nexus)" + r"\.[a-z]",
            r"https?://(?:test\.)?(?:pypi|registry|mirror|proxy)" + r"\.",
        )
    )
)


def breaches(look: Callable[[Path], list[str]], *folders: str) -> dict[str, list[str]]:
    """Return what `look` finds by file, of the Python files under these folders, all where none is named."""
    return {name(path): found for path in python(*folders) if (found := look(path))}


def line_count(path: Path) -> int:
    return len(path.read_text().splitlines())


def ceiling(path: Path) -> int:
    return TEST_LINES if name(path).startswith("tests/") else FILE_LINES


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def comments(source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def without_reason(source: str) -> list[str]:
    return [text for text in comments(source) if EXEMPTION.search(text) and not WITH_REASON.search(text)]


def mocks(source: str) -> list[str]:
    """Return what is imported from libraries that make pretend objects."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found += [name for name in names if re.search(r"(?:^|[._])mock(?:$|[._])", name) or "Mock" in name]
    return found


def catches_all(source: str) -> list[str]:
    """Return handlers that catch everything and do not raise it again."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if re.search(r"^$|\b(?:Base)?Exception\b", caught) and not again:
                found.append(caught or "everything")
    return found


def made_at_import(source: str) -> list[str]:
    """Return calls at the top level that make something with a state or a connection."""
    return [
        ast.unparse(node.value)
        for node in ast.parse(source).body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        and isinstance(node.value, (ast.Dict, ast.List, ast.Set, ast.Call))
        if re.search(r"(?:App|Client|Session|Redis|Scheduler|Engine|Lock|Event|Queue)\(", ast.unparse(node.value))
    ]


def test_no_file_is_longer_than_one_can_hold_in_mind():
    assert breaches(lambda path: [f"{lines} lines" for lines in [line_count(path)] if lines > ceiling(path)]) == {}


def test_no_function_is_longer_than_a_page():
    def too_long(path: Path) -> list[str]:
        return [
            function
            for function, lines in functions(path)
            if lines > FUNCTION_LINES and (name(path), function) not in PARTS_LISTS
        ]

    assert breaches(too_long) == {}


def test_every_exemption_has_a_reason():
    assert breaches(lambda path: without_reason(path.read_text())) == {}


def test_nothing_is_mocked():
    assert breaches(lambda path: mocks(path.read_text())) == {}


def test_everything_is_caught_only_where_a_loop_must_survive():
    found = breaches(lambda path: catches_all(path.read_text()), *OURS)
    assert found.keys() - MAY_CATCH_ALL == set()


def test_modules_are_named_for_what_they_do():
    assert breaches(lambda path: sorted({path.stem, path.parent.name} & NO_NAMES), *OURS) == {}


def test_every_module_says_what_it_is():
    def too_short(path: Path) -> list[str]:
        words = ast.get_docstring(ast.parse(path.read_bytes())) or ""
        return [words] if len(words.split()) < 4 else []

    assert breaches(too_short, *OURS) == {}


def test_nothing_is_made_when_a_module_is_imported():
    """A module-level app, client or registry would be shared by all tests and all desks of a process."""
    assert breaches(lambda path: made_at_import(path.read_text()), "bot") == {}


def texts() -> list[Path]:
    return [
        path for path in tracked() if path.suffix not in {".png", ".jpg", ".ico", ".woff2"} and path != Path(__file__)
    ]


@pytest.mark.parametrize("unwanted", [SECRETS, MACHINE], ids=["secrets", "machine"])
def test_nothing_secret_and_nothing_of_this_machine_is_kept(unwanted: re.Pattern[str]):
    found = {
        name(path): [hit[0][:12] for hit in unwanted.finditer(path.read_text(encoding="utf-8"))] for path in texts()
    }
    assert {path: hits for path, hits in found.items() if hits} == {}


def test_no_file_is_heavier_than_a_megabyte():
    assert [name(path) for path in tracked() if path.stat().st_size > 1_000_000] == []


# planted


def test_planted_exemptions_without_a_reason_are_found():
    planted = "x = 1  # noqa\ny = 2  # noqa: E501\nz = 3  # type: ignore\nw = 4  # type: ignore[misc]\n"
    assert len(without_reason(planted)) == 4
    assert without_reason("x = 1  # noqa: E501 -- a table reads better wide\n") == []
    assert without_reason("x = 1  # type: ignore[misc]  # the package has no types\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "from unittest.mock import patch",
        "import unittest.mock",
        "from unittest import mock",
        "from pytest_mock import MockerFixture",
    ],
)
def test_a_planted_mock_is_found(line: str):
    assert mocks(line) != []


@pytest.mark.parametrize(
    "caught", ["", " Exception", " BaseException", " (ValueError, Exception)", " Exception as error"]
)
def test_a_planted_catch_all_is_found(caught: str):
    assert catches_all(f"try:\n    pass\nexcept{caught}:\n    pass\n") != []
    assert catches_all(f"try:\n    pass\nexcept{caught}:\n    raise\n") == []


@pytest.mark.parametrize(
    "planted", ["client = AsyncWebClient()", "LOCK: Lock = asyncio.Lock()", "ALL = {'a': Queue()}"]
)
def test_a_planted_client_at_import_is_found(planted: str):
    assert made_at_import(planted) != []


@pytest.mark.parametrize(
    "text",
    [
        "xoxb" + "-1234567890-abc",
        "xapp" + "-1-A012345678",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "ghp" + "_" + "a" * 36,
    ],
)
def test_a_planted_secret_is_found(text: str):
    assert SECRETS.search(f'token = "{text}"')


@pytest.mark.parametrize(
    "text",
    ["/work" + "/main/bot", "/home" + "/ana/desk", "--index" + "-url=https://x", "https://pypi" + ".example/simple"],
)
def test_a_planted_path_of_this_machine_is_found(text: str):
    assert MACHINE.search(text)


def test_the_ceilings_are_the_ones_we_say():
    assert [*functions(Path(__file__))] != []
    assert "bot/domain/cases/case.py" in breaches(lambda _: ["looked at"])
    assert len(breaches(lambda _: ["looked at"], "bot")) > 100
    assert ROOT / ".importlinter" in tracked()
