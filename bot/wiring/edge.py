"""Slack's incoming edge: the flows in one table, the door before them, and the connections that listen."""

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.adapters.slack_chat import open_client
from bot.adapters.slack_socket import SlackSocket
from bot.wiring.outside import Outside, plain
from bot.wiring.parts import Parts
from handlers.deciding import Deciding
from handlers.door import Door
from handlers.drafting import Drafting
from handlers.duties import OnDuty
from handlers.ending import Ending
from handlers.escalating import Escalating
from handlers.holding import Stopping
from handlers.kit import Kit
from handlers.limiting import Limiting
from handlers.looking import Looking
from handlers.membership import Membership
from handlers.owning import Owning
from handlers.pointing import Pointing
from handlers.running import Running
from handlers.sharing import SharingNews
from handlers.tables import Tables


def listening(outside: Outside, parts: Parts) -> tuple[AsyncApp, SlackSocket]:
    """Return the app that hears what people do, and its connections to Slack."""
    kit = Kit(parts.chat, parts.screens)
    tables = Tables.of(
        Owning(kit, parts.cases),
        Drafting(kit, parts.replies),
        Deciding(kit, parts.replies),
        Ending(kit, parts.cases),
        Running(kit, parts.ops, parts.changeover),
        Pointing(parts.points),
        Stopping(kit, parts.holding),
        OnDuty(kit, parts.duties),
        Limiting(parts.limits),
        Escalating(kit, parts.escalations, parts.drills),
        Looking(kit, parts.finding, parts.duties),
        Membership(parts.directory.forget),
        SharingNews(parts.shared.ask_for),
    )
    door = Door(
        kit=kit,
        home=outside.home,
        memory=outside.redis.memory,
        log=outside.log,
        tables=tables,
        tell_ops=parts.ops.slack_refuses,
    )
    # Acknowledged only when the listener is through, because then the act is durable.
    nameless = open_client(None, outside.settings.slack_api_url, outside.session)
    app = AsyncApp(client=nameless, authorize=_ours(outside), process_before_response=True)
    door.open(app)
    return app, SlackSocket(app, plain(outside.settings.slack_app_token), parts.calls, outside.log)


def _ours(outside: Outside) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Return what tells Bolt who we are, without a call.

    By itself Bolt asks Slack at the first click, takes a Slack that is away for an app that is gone, says so in an
    answer that Slack shows to nobody, and acknowledges a click that it has thrown away.
    """
    token = outside.settings.slack_bot_token.get_secret_value()

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=outside.home.team_id, bot_token=token)

    return authorize
