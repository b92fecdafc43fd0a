"""`check` against the sandbox: all ok, and for each thing broken its line, its next step, and nothing secret."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.integration.place import POLICY, Place
from tests.integration.processes import started
from tests.servers import Server

Change = Callable[[Place], None]
LINES = (
    "settings",
    "policy",
    "Slack bot token",
    "Slack scopes",
    "Slack app token",
    "Slack channels",
    "Slack user groups",
    "X account",
    "Redis",
    "Redis durability",
    "Redis eviction",
    "archive",
    "auditor",
    "clock",
)


async def checked(place: Place, *words: str, **settings: str | None) -> tuple[int, dict[str, dict[str, str]]]:
    """Run `check --json`; returns the exit code and the lines by name."""
    async with place.bot("check", "--json", *words, **settings) as process:
        code = await process.ends()
    assert process.err == []
    assert_no_secret(place, process.said, settings)
    return code, {line["name"]: line for line in json.loads("\n".join(process.out))}


def assert_no_secret(place: Place, said: str, settings: dict[str, str | None]) -> None:
    secret = re.compile("TOKEN|SECRET|API_KEY|APPROVAL_KEY")
    values = [value for name, value in {**place.environment, **settings}.items() if value and secret.search(name)]
    assert len(values) >= 8
    assert [value for value in values if value in said] == []


async def test_a_place_where_all_is_well_is_all_ok(place: Place) -> None:
    code, lines = await checked(place)
    assert {name: line["level"] for name, line in lines.items()} == dict.fromkeys(LINES, "ok")
    assert code == 0
    assert place.cards() == []


async def test_lines_for_people_and_no_colours_in_a_pipe(place: Place) -> None:
    async with place.bot("check") as process:
        assert await process.ends() == 0
    assert [line.split()[0] for line in process.out] == ["ok"] * len(LINES)
    assert "\x1b" not in process.said
    assert_no_secret(place, process.said, {})


@dataclass(frozen=True)
class Broken:
    """One thing that is wrong, the line that says so, and those that cannot be looked at because of it."""

    line: str
    words: str
    step: str
    settings: dict[str, str | None] = field(default_factory=dict)
    change: Change = lambda place: None
    skipped: tuple[str, ...] = ()


def without_scope(place: Place) -> None:
    app = place.sandbox.slack.app
    place.sandbox.slack.app = replace(app, scopes=app.scopes - {"users:read"})


def bot_leaves(place: Place) -> None:
    place.sandbox.slack.state.channels["C0PRDESK"]["members"].remove("U0DESK")


def other_account(place: Place) -> None:
    policy = place.folder / "policy.toml"
    policy.write_text(POLICY.read_text().replace('id = "900000001"', 'id = "900000002"'))


def bad_policy(place: Place) -> None:
    (place.folder / "policy.toml").write_text("[desk\n")


def slack_down(place: Place) -> None:
    place.sandbox.weather.slack_down = True


def x_down(place: Place) -> None:
    place.sandbox.weather.x_down = True


WRONG = "xo" + "xb-sandbox-wrong"
BROKEN = {
    "a wrong bot token": Broken(
        "Slack bot token",
        "invalid_auth",
        "Check the keys",
        settings={"SLACK_BOT_TOKEN": WRONG},
        skipped=("Slack scopes", "Slack channels", "Slack user groups"),
    ),
    "a missing scope": Broken("Slack scopes", "missing: users:read", "slack_manifest.json", change=without_scope),
    "a wrong app token": Broken(
        "Slack app token",
        "invalid_auth",
        "Check the keys",
        settings={"SLACK_APP_TOKEN": "xa" + "pp-1-A0REPLYDESK-sandbox-wrong"},
    ),
    "no app token": Broken(
        "settings",
        "SLACK_APP_TOKEN is not set",
        "Correct the settings",
        settings={"SLACK_APP_TOKEN": None},
        skipped=tuple(set(LINES) - {"settings", "policy"}),
    ),
    "a channel without the bot": Broken("Slack channels", "C0PRDESK", "/invite @Replydesk", change=bot_leaves),
    "another account": Broken("X account", "the policy names 900000002", "access keys", change=other_account),
    "wrong X keys": Broken("X account", "refused", "Check the keys", settings={"X_ACCESS_SECRET": "sandbox-wrong"}),
    "a policy that cannot be read": Broken(
        "policy", "", "Correct the policy file", change=bad_policy, skipped=("Slack channels", "Slack user groups", "X account")
    ),
    "Slack away": Broken(
        "Slack bot token", "did not answer", "Check the address", change=slack_down,
        skipped=("Slack scopes", "Slack channels", "Slack user groups"),
    ),
    "X away": Broken("X account", "did not answer", "Check the address", change=x_down),
    "no Redis": Broken(
        "Redis",
        "did not answer",
        "Check the address",
        settings={"REDIS_URL": "redis://127.0.0.1:1/0"},
        skipped=("Redis durability", "Redis eviction", "auditor", "clock"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_broken_is_told_with_the_next_step(place: Place, name: str) -> None:
    wrong = BROKEN[name]
    wrong.change(place)
    code, lines = await checked(place, **wrong.settings)
    assert code == 1
    line = lines[wrong.line]
    assert line["level"] == "fail"
    assert wrong.words in line["found"]
    assert wrong.step in line["next_step"]
    assert {name for name, line in lines.items() if line["level"] == "skipped"} == set(wrong.skipped)
    if name != "Slack away":
        assert {name for name, line in lines.items() if line["level"] == "fail"} == {wrong.line}


@pytest.mark.parametrize(
    ("options", "line", "step"),
    [
        (("--appendonly", "no"), "Redis durability", "CONFIG SET appendonly yes"),
        (("--maxmemory-policy", "allkeys-lru"), "Redis eviction", "CONFIG SET maxmemory-policy noeviction"),
    ],
)
async def test_a_redis_that_forgets_is_told(place: Place, options: tuple[str, str], line: str, step: str) -> None:
    with Server(place.folder, *options).running() as server:
        code, lines = await checked(place, REDIS_URL=server.url)
    assert code == 1
    assert lines[line]["level"] == "fail"
    assert step in lines[line]["next_step"]


SKEWED = """
import runpy, sys, time
now = time.time
time.time = lambda: now() + 90
runpy.run_module("bot", run_name="__main__")
"""


async def test_a_clock_that_is_ahead_is_told(place: Place) -> None:
    async with started("-c", SKEWED, "check", "--json", environment=place.environment, folder=place.folder) as process:
        assert await process.ends() == 1, process.said
    lines = {line["name"]: line for line in json.loads("\n".join(process.out))}
    assert lines["clock"]["level"] == "fail"
    assert "90.0 seconds ahead of the store's clock" in lines["clock"]["found"]
    assert "NTP" in lines["clock"]["next_step"]


async def test_check_beside_a_running_desk_disturbs_nothing(place: Place) -> None:
    async with place.bot("run") as desk:
        await place.listening()
        code, lines = await checked(place)
        assert (code, {line["level"] for line in lines.values()}) == (0, {"ok"})
        card = await place.in_review()
        assert await desk.stops() == 0
    assert card
