"""The small commands: help without heavy imports, version, policy check."""

from pathlib import Path

import pytest

from tests.integration.place import POLICY
from tests.integration.processes import finished, started

HEAVY = ("aiohttp", "slack_bolt", "slack_sdk", "tweepy", "redis", "pydantic", "apscheduler", "msgspec", "structlog")
LOADED = """
import runpy, sys
sys.argv = ["bot", *sys.argv[1:]]
try:
    runpy.run_module("bot", run_name="__main__")
finally:
    print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("demo", "-h"), ("version",), ("policy", "--help")])
async def test_help_and_version_load_nothing_heavy(folder: Path, words: tuple[str, ...]) -> None:
    async with started("-c", LOADED, *words, folder=folder) as process:
        assert await process.ends() == 0, process.said
    loaded = set(process.out[-1].split())
    assert "click" in loaded
    assert loaded.isdisjoint(HEAVY)


async def test_a_command_does_load_what_it_needs(folder: Path) -> None:
    async with started("-c", LOADED, "policy", "check", folder=folder) as process:
        await process.ends()
    assert "pydantic" in set(process.out[-1].split())


async def test_the_version_is_one_line(folder: Path) -> None:
    code, process = await finished("version", folder=folder)
    assert (code, process.err) == (0, [])
    assert process.out == ["0.1.0"]


async def test_the_policy_that_comes_with_the_desk_is_good(folder: Path) -> None:
    code, process = await finished("policy", "check", folder=folder)
    assert code == 0, process.said
    assert process.out[0].startswith("policy.toml: ok, version ")


async def test_a_bad_policy_is_told_with_all_its_mistakes(folder: Path) -> None:
    bad = folder / "mine.toml"
    bad.write_text(POLICY.read_text().replace('undo = "30 s"', 'undo = "soon"\nundoo = "1 s"'))
    code, process = await finished("policy", "check", str(bad), folder=folder)
    assert code == 1
    assert sum(line.startswith("error: ") for line in process.err) == 2, process.err
    assert process.out == ["mine.toml: 2 to correct"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe[desk]", b"[desk", b""])
async def test_a_policy_that_cannot_be_read_gets_a_sentence(folder: Path, content: bytes | None) -> None:
    if content is not None:
        (folder / "mine.toml").write_bytes(content)
    code, process = await finished("policy", "check", "mine.toml", folder=folder)
    assert code == 1
    assert process.err[0].startswith("error: ")
    assert "Traceback" not in process.said


async def test_an_unknown_word_is_a_mistake_in_the_command(folder: Path) -> None:
    code, process = await finished("rnu", folder=folder)
    assert code == 2
    assert "No such command" in process.said
