"""Opens what a desk needs from outside, refuses to start where it would not be safe, and closes it again."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from bot.adapters.embedded_server import EmbeddedServer, Tell
from bot.adapters.platforms import PLATFORMS
from bot.adapters.platforms.connection import Connection
from bot.adapters.redis_connect import connect, inspect, open_ports
from bot.adapters.redis_scripts import Client, Offset, no_shift
from bot.adapters.slack_chat import SlackCalls, open_client, open_session
from bot.domain.effects import follow
from bot.domain.errors import Broken, Refused, Unavailable
from bot.domain.ids import PlatformName
from bot.domain.policy import Policy
from bot.logs import Log
from bot.ports import Account
from bot.wiring import Desk, Outside, build
from config.settings import Settings
from handlers.door import Home


@asynccontextmanager
async def opened(settings: Settings, policy: Policy, log: Log, *, offset: Offset = no_shift, tell: Tell = print) -> AsyncIterator[Desk]:
    """Yield a desk that is ready to run.

    Raises `Broken` with a sentence where it must not run (a store that forgets, another brand's credentials),
    `Unavailable` where a part does not answer. `tell` hears sentences for whoever runs the desk.
    """
    async with AsyncExitStack() as stack:
        client = await _store(stack, settings, tell)
        session = await stack.enter_async_context(open_session())
        connections = await _platforms(stack, settings, policy)
        wake = asyncio.Event()
        ports = open_ports(
            client,
            settings.workspace,
            follow=lambda _before, after, events: follow(after, tuple(events)),
            offset=offset,
            committed=wake.set,
        )
        outside = Outside(
            settings=settings,
            policy=policy,
            redis=ports,
            wake=wake,
            connections=connections,
            session=session,
            home=await _home(settings, session),
            log=log,
        )
        yield build(outside)


async def _store(stack: AsyncExitStack, settings: Settings, tell: Tell) -> Client:
    """Open the store, our own where no other is named, and refuse one that may forget."""
    if settings.redis_url:
        url = settings.redis_url.get_secret_value()
    else:
        server = EmbeddedServer(settings.data_dir / "store", tell=tell)
        url = await server.start()
        stack.push_async_callback(server.stop)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        watching = group.create_task(server.watch())
        stack.callback(watching.cancel)
    client = connect(url)
    stack.push_async_callback(client.aclose)
    for finding in await inspect(client):
        if not finding.ok and finding.must and not settings.allow_volatile:
            raise Broken(f"{finding.sentence} Set it so, or start with REPLYDESK_ALLOW_VOLATILE=true.")
    return client


async def _platforms(stack: AsyncExitStack, settings: Settings, policy: Policy) -> Mapping[PlatformName, Connection]:
    """Connect the brand's accounts, and make sure that the credentials are theirs."""
    found: dict[PlatformName, Connection] = {}
    for brand in policy.accounts:
        account = Account(id=brand.id, handle=brand.handle)
        connection = PLATFORMS[brand.platform](account, settings.platform(brand.platform))
        stack.push_async_callback(connection.close)
        await _same_account(connection, account)
        found[brand.platform] = connection
    return found


async def _same_account(connection: Connection, account: Account) -> None:
    """Raise `Broken` where the credentials belong to somebody else: nothing may ever leave from there."""
    try:
        actual = await connection.platform.whoami()
    except Unavailable:
        return
    if actual.id != account.id:
        raise Broken(
            f"The credentials for {connection.platform.name} belong to @{actual.handle} ({actual.id}), but the policy "
            f"names @{account.handle} ({account.id}). Use that account's credentials, or correct [[accounts]]."
        )


async def _home(settings: Settings, session: object) -> Home:
    """Ask Slack which workspace this is; the app's id is part of the app-level token."""
    client = open_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)  # type: ignore[arg-type]  # an aiohttp session
    answer = await SlackCalls(client).call("auth.test", client.auth_test)
    return Home(team_id=str(answer["team_id"]), app_id=app_id(settings))


def app_id(settings: Settings) -> str:
    """Return the app's id from its app-level token (`xapp-1-A…-…`); raises `Refused` where it holds none."""
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    parts = token.split("-")
    if len(parts) < 3 or not parts[2].startswith("A"):
        raise Refused("SLACK_APP_TOKEN holds no app id: copy it again from the app's Basic Information page.")
    return parts[2]
