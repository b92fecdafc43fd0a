"""`check`: one line per thing that a desk needs, what was found, and the exact next step."""

import asyncio
import json
import os
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from bot.adapters.embedded_server import EmbeddedServer
from bot.adapters.platforms import PLATFORMS
from bot.adapters.redis_connect import connect, inspect, open_ports, shown
from bot.adapters.slack_channels import SlackChannels
from bot.adapters.slack_chat import SlackCalls, open_client, open_session
from bot.adapters.slack_directory import known_groups
from bot.adapters.sqlite_archive import SqliteArchive
from bot.checks import as_json, exit_code, render, run
from bot.checks_desk import (
    ArchiveState,
    AuditState,
    CheckParts,
    FileReading,
    RedisState,
    SlackIdentity,
    desk_checks,
    scopes_of,
)
from bot.domain.approving.groups import group_faults
from bot.domain.errors import Broken
from bot.domain.ids import MINUTE, ChannelId
from bot.domain.policy import Policy
from bot.logs import configure
from bot.ports import Account
from bot.services.audit import RESULT, read_result
from config.policy import PolicyError, read_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE, Settings, SettingsError, load

MANIFEST = Path(POLICY_FILE).parent / "slack_manifest.json"


def check_desk(*, machine_readable: bool) -> int:
    """Return the exit code: 0 nothing failed, 1 something did."""
    configure("ERROR")
    return asyncio.run(_check(machine_readable=machine_readable))


async def _check(*, machine_readable: bool) -> int:
    async with AsyncExitStack() as stack:
        lines = await run(desk_checks(_parts(Looking(stack))))
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    click.echo(as_json(lines) if machine_readable else render(lines, colour=colour))
    return exit_code(lines)


@dataclass
class Looking:
    """What was found so far; each look opens what it needs and leaves it to the stack to close."""

    stack: AsyncExitStack
    settings: Settings | None = None
    policy: Policy | None = None
    mistakes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    odd: tuple[str, ...] = ()
    slack_calls: SlackCalls | None = None
    redis_client: Any = None

    def __post_init__(self) -> None:
        """Read both files first: the other looks depend on them."""
        try:
            self.settings = load()
        except SettingsError as error:
            self.mistakes["settings"] = error.mistakes
        policy_file = self.settings.policy_file if self.settings else POLICY_FILE
        talking_points = self.settings.talking_points_file if self.settings else TALKING_POINTS_FILE
        try:
            reading = read_policy(policy_file, talking_points)
            self.policy, self.odd = reading.policy, reading.warnings
        except PolicyError as error:
            self.mistakes["policy"] = error.mistakes

    async def read_settings(self) -> FileReading:
        warnings = self.settings.warnings if self.settings else ()
        return FileReading(summary="complete", mistakes=self.mistakes.get("settings", ()), warnings=warnings)

    async def read_policy(self) -> FileReading:
        version = self.policy.version if self.policy else ""
        return FileReading(summary=f"version {version}", mistakes=self.mistakes.get("policy", ()), warnings=self.odd)

    def given(self) -> Settings:
        if self.settings is None:
            raise Broken("the settings cannot be used")
        return self.settings

    async def calls(self) -> SlackCalls:
        if self.slack_calls is None:
            session = await self.stack.enter_async_context(open_session())
            settings = self.given()
            client = open_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
            self.slack_calls = SlackCalls(client)
        return self.slack_calls

    async def slack(self) -> SlackIdentity:
        calls = await self.calls()
        answer = await calls.answer("auth.test", calls.client.auth_test)
        scopes = answer.headers.get("x-oauth-scopes") or answer.headers.get("X-OAuth-Scopes")
        granted = frozenset(scope.strip() for scope in scopes.split(",")) if scopes else None
        return SlackIdentity(team=str(answer["team"]), bot=str(answer["user"]), scopes=granted)

    async def app_token(self) -> None:
        calls, token = await self.calls(), self.given().slack_app_token
        if token is None:
            raise Broken("SLACK_APP_TOKEN is missing")
        await calls.call(
            "apps.connections.open", lambda: calls.client.apps_connections_open(app_token=token.get_secret_value())
        )

    async def is_member(self, channel: str) -> bool:
        calls = await self.calls()
        try:
            answer = await calls.call("conversations.info", lambda: calls.client.conversations_info(channel=channel))
        except Broken as error:
            if str(error) == "channel_not_found":
                return False
            raise
        return bool(answer["channel"].get("is_member"))

    async def group_faults(self) -> tuple[str, ...]:
        known = await known_groups(await self.calls())
        return tuple(group_faults(self.policy, known)) if self.policy else ()

    async def is_shared(self, channel: str) -> bool:
        return await SlackChannels(await self.calls()).is_shared(ChannelId(channel))

    async def account(self) -> Account:
        brand = self.policy.accounts[0] if self.policy else None
        if brand is None:
            raise Broken("the policy names no account")
        account = Account(id=brand.id, handle=brand.handle)
        connection = PLATFORMS[brand.platform](account, self.given().platform(brand.platform))
        self.stack.push_async_callback(connection.close)
        return await connection.platform.whoami()

    async def client(self) -> Any:
        if self.redis_client is None:
            settings = self.given()
            if settings.redis_url:
                url = settings.redis_url.get_secret_value()
            else:
                server = EmbeddedServer(settings.data_dir / "store")
                url = await server.start()
                self.stack.push_async_callback(server.stop)
            self.redis_client = connect(url)
            self.stack.push_async_callback(self.redis_client.aclose)
        return self.redis_client

    async def redis(self) -> RedisState:
        client = await self.client()
        found = {finding.name: finding for finding in await inspect(client)}
        url = self.given().redis_url
        append_only = found["appendonly"].value
        return RedisState(
            place=shown(url.get_secret_value()) if url else "the desk's own server",
            version=found["server"].sentence.split(",")[0],
            append_only=None if append_only is None else append_only == "yes",
            fsync=found["appendfsync"].value,
            eviction=found["maxmemory-policy"].value,
        )

    async def archive(self) -> ArchiveState:
        settings = self.given()
        path = settings.archive_file
        if path is None:
            return ArchiveState(place="off, as the settings say" if settings.archive else "")
        archive = SqliteArchive(path, settings.workspace)
        self.stack.push_async_callback(archive.close)
        held = await archive.look()
        return ArchiveState(place=f"{path} on {archive.place}", cases=held.cases if held.there else None)

    async def audit(self) -> AuditState:
        memory = open_ports(await self.client(), self.given().workspace, follow=lambda *_: ()).memory
        last = read_result(await memory.recall(RESULT))
        if not last.at:
            return AuditState(minutes=None)
        found = tuple(f"{name}: {', '.join(last.named.get(name, ()))}" for name in last.since)
        return AuditState(minutes=(await memory.now() - last.at) // MINUTE, found=found)

    async def skew(self) -> float:
        seconds, micros = await (await self.client()).time()
        return time.time() - (int(seconds) + int(micros) / 1e6)


def _parts(looking: Looking) -> CheckParts:
    policy, settings = looking.policy, looking.settings
    sides = {f"side {side}": rule.channel for side, rule in policy.sides.items()} if policy else {}
    teams = {f"team {name}": team.channel for name, team in policy.teams.items()} if policy else {}
    return CheckParts(
        settings=looking.read_settings,
        policy=looking.read_policy,
        slack=looking.slack,
        app_token=looking.app_token,
        is_member=looking.is_member,
        group_faults=looking.group_faults,
        is_shared=looking.is_shared,
        platform_account=looking.account,
        redis=looking.redis,
        clock_skew=looking.skew,
        archive=looking.archive,
        audit=looking.audit,
        wanted_scopes=scopes_of(json.loads(MANIFEST.read_text(encoding="utf-8"))),
        channels={**teams, **sides, **({"ops": policy.ops_channel} if policy else {})},
        accounts=tuple(account.id for account in policy.accounts) if policy else (),
        shared_on_purpose=policy.shared_channels if policy else frozenset(),
        allow_volatile=bool(settings and settings.allow_volatile),
        strict=bool(settings and settings.strict),
    )
