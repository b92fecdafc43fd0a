"""`check`: a line per thing, the exact next step, and what cannot be looked at says why."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.checks import Check, Verdict, as_json, exit_code, fail, ok, render, run, warn
from bot.checks_desk import ArchiveState, AuditState, CheckParts, FileReading, RedisState, SlackIdentity, desk_checks
from bot.domain.errors import Unavailable
from bot.domain.ids import AccountId
from bot.ports import Account


def says(value):
    async def answer(*_):
        return value

    return answer


def breaks(error):
    async def answer(*_):
        raise error

    return answer


GOOD = CheckParts(
    settings=says(FileReading(summary="26 settings")),
    policy=says(FileReading(summary="version abc")),
    slack=says(SlackIdentity(team="Lumen Shop", bot="replydesk", scopes=frozenset({"chat:write", "commands"}))),
    app_token=says(None),
    is_member=says(True),
    group_faults=says(()),
    is_shared=says(False),
    platform_account=says(Account(id=AccountId("9"), handle="LumenShop")),
    redis=says(
        RedisState(place="cache:6379", version="8.0.2", append_only=True, fsync="always", eviction="noeviction")
    ),
    clock_skew=says(0.1),
    archive=says(ArchiveState(place="/srv/desk/archive.sqlite3", cases=7)),
    audit=says(AuditState(minutes=1)),
    wanted_scopes=frozenset({"chat:write", "commands"}),
    channels={"team care": "C0CARE", "ops": "C0OPS"},
    accounts=("9",),
)


async def found(**changes):
    lines = await run(desk_checks(replace(GOOD, **changes)), time_limit=5)
    return {line.name: line.finding for line in lines}


async def test_a_desk_that_is_all_right_is_all_ok():
    lines = await run(desk_checks(GOOD))
    assert {line.finding.level for line in lines} == {Verdict.OK}
    assert exit_code(lines) == 0


async def test_a_desk_that_has_never_run_has_no_audit_and_that_is_no_trouble():
    assert (await found(audit=says(AuditState(minutes=None))))["auditor"].level == Verdict.OK


REDIS = RedisState(place="cache:6379", version="7.2.4")


@pytest.mark.parametrize(
    ("name", "changes", "level", "words"),
    [
        ("settings", {"settings": says(FileReading(summary="", mistakes=("A.", "B.")))}, "fail", "A.\nB."),
        ("auditor", {"audit": says(AuditState(minutes=1, found=("orphan: C-7",)))}, "warn", "orphan: C-7"),
        ("settings", {"settings": says(FileReading(summary="", warnings=("odd",)))}, "warn", "odd"),
        ("policy", {"policy": says(FileReading(summary="", mistakes=("A.",)))}, "fail", "A."),
        ("Slack bot token", {"slack": breaks(Unavailable("secret words"))}, "fail", "did not answer (Unavailable)"),
        ("Slack scopes", {"wanted_scopes": frozenset({"im:write", "chat:write"})}, "fail", "missing: im:write"),
        ("Slack scopes", {"wanted_scopes": frozenset({"chat:write"})}, "warn", "more than the desk needs: commands"),
        (
            "Slack scopes",
            {"wanted_scopes": frozenset({"chat:write"}), "strict": True},
            "fail",
            "more than the desk needs: commands",
        ),
        (
            "Slack channels",
            {"is_shared": says(True), "shared_on_purpose": frozenset({"C0OPS"})},
            "fail",
            "another company is in, or invited to: team care (C0CARE)",
        ),
        (
            "Slack scopes",
            {"slack": says(SlackIdentity(team="t", bot="b"))},
            "warn",
            "Slack did not say which scopes the token has",
        ),
        (
            "Slack app token",
            {"app_token": breaks(ConnectionRefusedError())},
            "fail",
            "did not answer (ConnectionRefusedError)",
        ),
        ("Slack user groups", {"group_faults": says(("S0PR is empty",))}, "warn", "S0PR is empty"),
        ("Slack channels", {"is_member": says(False)}, "fail", "not in: team care (C0CARE), ops (C0OPS)"),
        ("X account", {"accounts": ("8",)}, "fail", "the keys belong to account 9, the policy names 8"),
        ("Redis", {"redis": breaks(TimeoutError())}, "fail", "no answer within 5 seconds"),
        (
            "Redis durability",
            {"redis": says(replace(REDIS, append_only=False))},
            "fail",
            "a power cut can lose acknowledged writes",
        ),
        (
            "Redis durability",
            {"redis": says(replace(REDIS, append_only=True, fsync="everysec"))},
            "fail",
            "a power cut can lose acknowledged writes",
        ),
        (
            "Redis durability",
            {"redis": says(REDIS)},
            "fail",
            "the server does not say what appendonly and appendfsync is",
        ),
        (
            "Redis durability",
            {"redis": says(replace(REDIS, append_only=True))},
            "fail",
            "the server does not say what appendfsync is",
        ),
        (
            "Redis durability",
            {"redis": says(REDIS), "allow_volatile": True},
            "warn",
            "the server does not say what appendonly and appendfsync is",
        ),
        (
            "Redis eviction",
            {"redis": says(replace(REDIS, eviction="allkeys-lru"))},
            "fail",
            "allkeys-lru: a full server would forget cases",
        ),
        ("Redis eviction", {"redis": says(REDIS)}, "warn", "the server does not say whether it forgets when full"),
        ("clock", {"clock_skew": says(-3.0)}, "warn", "3.0 seconds behind the store's clock"),
        ("clock", {"clock_skew": says(90.0)}, "fail", "90.0 seconds ahead of the store's clock"),
    ],
)
async def test_each_trouble_is_found_and_has_a_next_step(name, changes, level, words):
    finding = (await found(**changes))[name]
    assert (finding.level, finding.found) == (level, words)
    assert finding.next_step


async def test_what_needs_a_failed_thing_is_skipped_and_says_so():
    seen = await found(settings=says(FileReading(summary="", mistakes=("A.",))))
    assert seen["Slack scopes"].found == "not looked at, because of “Slack bot token” above"
    assert {name for name, finding in seen.items() if finding.level is Verdict.SKIPPED} == set(seen) - {
        "settings",
        "policy",
    }


async def test_a_thing_that_never_answers_does_not_hold_up_the_others():
    lines = await run(
        (Check(name="slow", look=asyncio.Event().wait), Check(name="next", look=says(ok("fine")))), time_limit=0.01
    )  # type: ignore[arg-type]  # a look that never ends gives no finding
    assert [line.finding.level for line in lines] == ["fail", "ok"]


async def test_the_result_is_a_line_per_thing_with_the_step_under_it():
    lines = await run(
        (
            Check(name="settings", look=says(fail("A.\nB.", "Correct them."))),
            Check(name="clock", look=says(warn("late\x1b[2J", "Mend it."))),
            Check(name="Redis", look=says(ok("here")), needs=("settings",)),
        )
    )
    assert render(lines) == (
        "fail    settings  A.\n"
        "                  B.\n"
        "        → Correct them.\n"
        "warn    clock     late[2J\n"
        "        → Mend it.\n"
        "skipped Redis     not looked at, because of “settings” above"
    )
    assert "\x1b[31mfail   \x1b[0m settings" in render(lines, colour=True)
    assert exit_code(lines) == 1
    assert json.loads(as_json(lines))[0] == {
        "name": "settings",
        "level": "fail",
        "found": "A.\nB.",
        "next_step": "Correct them.",
    }
