"""The build's tools see what they are there for: each planted mistake is found, and the same lines without it pass."""

from pathlib import Path

import pytest

from tests.architecture.tree import copied, run

GOOD_VIEW = '''"""Planted."""

from bot.domain.cases.post import Post
from bot.domain.text.words import escape_mrkdwn
from bot.views import blocks


def planted(post: Post) -> blocks.Block:
    return blocks.mrkdwn({words})
'''
GOOD_JOB = '''"""Planted."""

import asyncio
{imported}

async def work() -> None:
    """Do nothing for a moment."""
    await asyncio.sleep(0)


async def run(tasks: set[asyncio.Task[None]]) -> None:
    {kept}asyncio.create_task(work()){after}
'''
KEPT = {"kept": "task = ", "after": "\n    tasks.add(task)"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("tools"))


def typed(copy: Path, words: str) -> tuple[int, str]:
    (copy / "bot/views/planted.py").write_text(GOOD_VIEW.format(words=words))
    return run(copy, "mypy", "--strict", "bot/views/planted.py")


def linted(copy: Path, **parts: str) -> tuple[int, str]:
    (copy / "bot/jobs/planted.py").write_text(GOOD_JOB.format(**{"imported": "", **parts}))
    return run(copy, "ruff", "check", "--no-cache", "--output-format", "concise", "bot/jobs/planted.py")


def test_escaped_words_may_stand_in_mrkdwn(copy: Path):
    code, said = typed(copy, "escape_mrkdwn(post.text)")
    assert code == 0, said


@pytest.mark.parametrize(
    "words", ["post.text", "post.author.name", "escape_mrkdwn(post.text) + post.text", 'f"*{post.text}*"']
)
def test_words_that_nobody_escaped_may_not(copy: Path, words: str):
    code, said = typed(copy, words)
    assert code != 0
    assert 'expected "Mrkdwn"' in said


def test_a_case_number_is_not_a_post_number(copy: Path):
    (copy / "bot/views/planted.py").write_text(
        '"""Planted."""\n\nfrom bot.domain.cases.case import Case\nfrom bot.domain.cases.post import Post\n\n\n'
        "def planted(case: Case) -> Post | None:\n    return case.post(case.id)\n"
    )
    code, said = run(copy, "mypy", "--strict", "bot/views/planted.py")
    assert code != 0
    assert 'expected "PostId"' in said


def test_a_task_that_is_kept_passes(copy: Path):
    code, said = linted(copy, **KEPT)
    assert code == 0, said


def test_a_bare_create_task_is_found(copy: Path):
    code, said = linted(copy, kept="", after="\n    tasks.clear()")
    assert code != 0
    assert "RUF006" in said


@pytest.mark.parametrize(("line", "rule"), [("import os", "F401"), ("from asyncio import *", "F403")])
def test_a_useless_import_is_found(copy: Path, line: str, rule: str):
    code, said = linted(copy, imported=line, **KEPT)
    assert code != 0
    assert rule in said


def test_a_blind_except_is_found(copy: Path):
    code, said = linted(copy, kept="try:\n        ", after="\n    except Exception:\n        tasks.clear()")
    assert code != 0
    assert "BLE001" in said


def test_a_function_of_many_ways_is_found(copy: Path):
    ways = "".join(f"\n    if len(tasks) == {n}:\n        tasks.clear()" for n in range(9))
    code, said = linted(copy, kept="task = ", after=f"\n    tasks.add(task){ways}")
    assert code != 0
    assert "C901" in said
