"""Opens what a desk needs from outside, refuses to start where it would not be safe, and closes it again.

What is only away for now is waited for; nothing is taken from Slack or X, and nothing sent, before all is there.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TypeVar

import aiohttp

from bot.adapters.embedded_server import EmbeddedServer, Tell
from bot.adapters.platforms import PLATFORMS
from bot.adapters.platforms.connection import Connection
from bot.adapters.platforms.proven import Proven, wrong_account
from bot.adapters.redis_connect import Finding, RedisPorts, connect, inspect, open_ports, server_epoch, shown
from bot.adapters.redis_epochs import RedisEpochs, epoch_file, never_forgets
from bot.adapters.redis_scripts import Client, Offset, no_shift
from bot.adapters.slack_chat import SlackCalls, open_client, open_session
from bot.adapters.slack_directory import known_groups
from bot.adapters.sqlite_archive import open_archive
from bot.domain.approving.groups import group_faults
from bot.domain.errors import Broken, DeskError, Refused, Unavailable
from bot.domain.escalating.drill_work import follow
from bot.domain.ids import PlatformName
from bot.domain.policy import Policy
from bot.grouped import ungrouped
from bot.logs import Log
from bot.ports import Account
from bot.ports.alarm import Pager
from bot.services.delivery import Reached, nowhere
from bot.services.paging_places import Passing, unwatched
from bot.wiring import Desk, Outside, build
from config.settings import Settings
from handlers.door import Home

T = TypeVar("T")
LONGEST_PAUSE = 30.0
"""Seconds between two tries to reach a part that does not answer."""
MAY_BE_VOLATILE = frozenset({"appendonly", "appendfsync"})
"""What `REPLYDESK_ALLOW_VOLATILE` accepts. A server that drops cases when it is full is never accepted."""


class StoppedWaiting(DeskError):  # noqa: N818 -- reads as the fact it is
    """Asked to stop while a part was still away; nothing had begun."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Waits for parts that are away, until `stop` is set; `tell` hears what is waited for."""

    tell: Tell
    stop: asyncio.Event

    async def until(self, part: str, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until there is an answer. Raises `StoppedWaiting`, and what `ask` raises for good."""
        pause = 1.0
        while True:
            try:
                return await ask()
            except Unavailable as error:
                self.tell(f"{part} is away: {error} The desk waits for it and tries again in {pause:.0f} s.")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), pause)
            if self.stop.is_set():
                raise StoppedWaiting(f"Stopped while waiting for {part}.")
            pause = min(LONGEST_PAUSE, 2 * pause)


@asynccontextmanager
async def opened(
    settings: Settings,
    policy: Policy,
    log: Log,
    *,
    offset: Offset = no_shift,
    tell: Tell = print,
    stop: asyncio.Event | None = None,
    reached: Reached = nowhere,
    passing: Passing = unwatched,
    pagers: Sequence[Pager] = (),
) -> AsyncIterator[Desk]:
    """Yield a desk that is ready to run.

    Raises `Broken` with a sentence where it must not run (a store that forgets, another brand's credentials), and
    `StoppedWaiting` when `stop` is set before all parts answered. `tell` hears sentences for whoever runs the desk,
    `reached` of each step on the way of a reply, `passing` of a page's.
    """
    patience = Patience(tell, stop or asyncio.Event())
    with ungrouped():
        async with AsyncExitStack() as stack:
            client, epochs = await _store(stack, settings, patience)
            session = await stack.enter_async_context(open_session())
            archive = open_archive(settings.archive_file, settings.workspace)
            stack.push_async_callback(archive.close)
            connections = await _platforms(stack, settings, policy, tell)
            home = await patience.until("Slack", lambda: _home(settings, session))
            await _look_at_groups(settings, policy, session, tell)
            wake = asyncio.Event()
            outside = Outside(
                settings=settings,
                policy=policy,
                redis=_ports(client, settings, offset, wake),
                archive=archive,
                epochs=epochs,
                wake=wake,
                connections=connections,
                session=session,
                home=home,
                log=log,
            )
            yield build(outside, reached=reached, passing=passing, pagers=pagers)


def _ports(client: Client, settings: Settings, offset: Offset, wake: asyncio.Event) -> RedisPorts:
    return open_ports(
        client,
        settings.workspace,
        follow=lambda before, after, events: follow(before, after, tuple(events)),
        offset=offset,
        committed=wake.set,
    )


async def _store(stack: AsyncExitStack, settings: Settings, patience: Patience) -> tuple[Client, RedisEpochs]:
    """Open the store, our own where no other is named, and refuse one that may forget."""
    if settings.redis_url:
        url = settings.redis_url.get_secret_value()
    else:
        server = EmbeddedServer(settings.data_dir / "store", tell=patience.tell)
        url = await server.start()
        stack.push_async_callback(server.stop)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        watching = group.create_task(server.watch())
        stack.callback(watching.cancel)
    client = connect(url)
    stack.push_async_callback(client.aclose)
    findings = await patience.until(f"Redis at {shown(url)}", lambda: inspect(client))
    refusals = [sentence for finding in findings if (sentence := _refusal(finding, settings))]
    if refusals:
        raise Broken(" ".join(refusals))
    kept = epoch_file(settings.data_dir, shown(url), settings.workspace)
    return client, RedisEpochs(lambda: server_epoch(client), kept, sure=never_forgets(findings))


def _refusal(finding: Finding, settings: Settings) -> str:
    """Say why this store must not be used, and what to do; nothing where it may."""
    if finding.ok or not finding.must:
        return ""
    if finding.name not in MAY_BE_VOLATILE and finding.value is not None:
        return f"{finding.sentence} Set it so on the server."
    if settings.allow_volatile:
        return ""
    if finding.value is None:
        look = f"Ask it yourself (CONFIG GET {finding.name}) and set it so, or let the desk's user ask"
        return f"{finding.sentence} {look}; else start with --allow-volatile (REPLYDESK_ALLOW_VOLATILE=true)."
    return f"{finding.sentence} Set it so, or start with --allow-volatile (REPLYDESK_ALLOW_VOLATILE=true)."


async def _platforms(
    stack: AsyncExitStack, settings: Settings, policy: Policy, tell: Tell
) -> Mapping[PlatformName, Connection]:
    """Connect the brand's accounts, and make sure that the credentials are theirs.

    A platform that is away stops nobody: cards go on, and the account is proven before the first reply leaves.
    """
    found: dict[PlatformName, Connection] = {}
    for brand in policy.accounts:
        account = Account(id=brand.id, handle=brand.handle)
        connection = PLATFORMS[brand.platform](account, settings.platform(brand.platform))
        stack.push_async_callback(connection.close)
        try:
            actual = await connection.platform.whoami()
        except Unavailable as error:
            tell(f"{brand.platform.upper()} is away: {error}. The desk starts; replies wait until it is back.")
            connection = replace(connection, platform=Proven(connection.platform))
        else:
            if actual.id != account.id:
                raise Broken(wrong_account(connection.platform.name, actual, account))
        found[brand.platform] = connection
    return found


async def _home(settings: Settings, session: aiohttp.ClientSession) -> Home:
    """Ask Slack which workspace this is; the app's id is part of the app-level token."""
    client = open_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
    try:
        answer = await SlackCalls(client).call("auth.test", client.auth_test)
    except Broken as error:
        raise Broken(
            f"Slack refuses SLACK_BOT_TOKEN ({error}). Copy the bot token again from OAuth & Permissions on the app's "
            "page at api.slack.com/apps."
        ) from None
    return Home(team_id=str(answer["team_id"]), app_id=app_id(settings), site=str(answer.get("url") or ""))


async def _look_at_groups(settings: Settings, policy: Policy, session: aiohttp.ClientSession, tell: Tell) -> None:
    """Say for which user groups nobody can approve. The desk starts: what needs such a group waits, and is not sent."""
    client = open_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
    try:
        known = await known_groups(SlackCalls(client))
    except (Broken, Unavailable) as error:
        tell(f"warning: the user groups cannot be looked at ({error}); nobody can approve while that is so.")
        return
    for fault in group_faults(policy, known):
        tell(f"warning: {fault}.")


def app_id(settings: Settings) -> str:
    """Return the app's id from its app-level token (`xapp-1-A…-…`); raises `Refused` where it holds none."""
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    parts = token.split("-")
    if len(parts) < 3 or not parts[2].startswith("A"):
        raise Refused("SLACK_APP_TOKEN holds no app id: copy it again from the app's Basic Information page.")
    return parts[2]
