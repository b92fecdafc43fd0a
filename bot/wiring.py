"""The parts list: from settings and policy to a desk that is ready to run. Nothing runs and nothing is called here."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.adapters.heartbeat import HttpHeart
from bot.adapters.pagers import Routes, open_pagers
from bot.adapters.platforms.connection import Connection
from bot.adapters.redis_books import RedisBooks
from bot.adapters.redis_connect import RedisPorts
from bot.adapters.redis_document import Kept
from bot.adapters.redis_epochs import RedisEpochs
from bot.adapters.sealing import HmacSigner
from bot.adapters.slack_channels import SlackChannels
from bot.adapters.slack_chat import CALL_TIMEOUT, SlackCalls, SlackChat, SlackDirect, SlackScreens, open_client
from bot.adapters.slack_directory import SlackDirectory
from bot.adapters.slack_search import SlackCopies
from bot.adapters.slack_socket import SlackSocket
from bot.domain.effects import Job
from bot.domain.hold import HOLDS, Holds
from bot.domain.ids import PlatformName
from bot.domain.policy import Policy
from bot.domain.roster import Roster
from bot.domain.sharing import Sharing
from bot.domain.switches import Switches
from bot.domain.talking_points import Withdrawn
from bot.jobs.doing import Doings
from bot.jobs.ingest import Ingest
from bot.jobs.relay import Doing, Relay, Wake
from bot.logs import Log
from bot.ports_alarm import Pager
from bot.ports_archive import Archive
from bot.services.acting import Acting
from bot.services.alike import Alike
from bot.services.archived import StoreAndArchive
from bot.services.archiving import Archiving
from bot.services.audit import Audit
from bot.services.cards import Cards
from bot.services.cases import Cases
from bot.services.changeover import Changeover
from bot.services.confirmation import Confirmation
from bot.services.delivery import Delivery, Reached, nowhere
from bot.services.duties import Duties
from bot.services.duty_news import DutyNews
from bot.services.escalations import Escalations
from bot.services.finding import Finding
from bot.services.guarded_chat import GuardedChat
from bot.services.heartbeat import Heartbeat
from bot.services.hold_news import HoldNews
from bot.services.holding import Holding
from bot.services.intake import Intake
from bot.services.limits import Limits
from bot.services.ops import Ops
from bot.services.paging import Pages
from bot.services.paging_places import Passing, unwatched
from bot.services.points import Points
from bot.services.replies import Replies
from bot.services.room import Room
from bot.services.second_route import SecondRoute
from bot.services.shared_cards import SharedCards
from bot.services.sharing import Shared
from bot.services.tidying import Tidying
from bot.services.timers import Timers
from config.settings import Settings
from handlers.deciding import Deciding
from handlers.door import Door, Home
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

SHARED_OUTSIDE = Kept(name="sharing", kind=Sharing, empty=Sharing())
POINTS_WITHDRAWN = Kept(name="points", kind=Withdrawn, empty=Withdrawn())
"""The documents that the whole desk shares, by their names in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a desk needs from outside: opened before it, closed after it."""

    settings: Settings
    policy: Policy
    redis: RedisPorts
    archive: Archive
    epochs: RedisEpochs
    wake: Wake
    connections: Mapping[PlatformName, Connection]
    session: aiohttp.ClientSession
    home: Home
    log: Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk, put together."""

    outside: Outside
    app: AsyncApp
    listener: SlackSocket
    relay: Relay
    intake: Intake
    ingests: tuple[Ingest, ...]
    changeover: Changeover
    directory: SlackDirectory
    archiving: Archiving
    duties: Duties
    duty_news: DutyNews
    audit: Audit
    heartbeat: Heartbeat
    limits: Limits
    shared: Shared


def build(
    outside: Outside, *, reached: Reached = nowhere, passing: Passing = unwatched, pagers: Sequence[Pager] = ()
) -> Desk:
    """Return the desk made of these parts; `reached` is told of each step of a reply's way, `passing` of a page's."""
    redis, policy, settings, log = outside.redis, outside.policy, outside.settings, outside.log
    platforms = {name: connection.platform for name, connection in outside.connections.items()}
    client = open_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, outside.session)
    calls = SlackCalls(client)
    shared = Shared(redis.document(SHARED_OUTSIDE), SlackChannels(calls), redis.outbox, policy)
    chat, screens = GuardedChat(SlackChat(calls), shared), SlackScreens(calls)
    directory = SlackDirectory(calls, policy.sides, outside.home.team_id, policy.groups)
    signer = HmacSigner(settings.approval_key.get_secret_value().encode())

    holds = redis.document(Kept(name=HOLDS, kind=Holds, empty=Holds()))
    store = StoreAndArchive(redis.store, outside.archive, redis.departures, redis.memory)
    tidying = Tidying(store, redis.outbox, chat, SlackCopies(calls))
    acting = Acting(store, directory, redis.journal, tidying.show_the_way)
    cases = Cases(acting)
    switches = redis.document(Kept(name="limits", kind=Switches, empty=Switches()))
    limits = Limits(acting, redis.memory, redis.outbox, chat, policy, switches)
    points = Points(policy.saved_replies, redis.document(POINTS_WITHDRAWN), store, directory, redis.journal)
    replies = Replies(acting, redis.outbox, signer, platforms, policy, points, limits.terms)
    finding = Finding(acting, chat, outside.archive, holds, policy)
    intake = Intake(store, policy)
    cards = Cards(store, redis.outbox, redis.memory, chat, platforms, policy, holds, shared.instead)
    shared_cards = SharedCards(store, redis.outbox, chat, shared)
    changeover = Changeover(redis.memory, outside.epochs, redis.outbox, directory, policy)
    delivery = Delivery(
        store=store,
        memory=redis.memory,
        outbox=redis.outbox,
        directory=directory,
        signer=signer,
        intake=intake,
        terms=limits.terms,
        platforms=platforms,
        holds=holds,
        hold_rule=policy.hold,
        changeover=changeover,
        monotonic=time.monotonic,
        reached=reached,
        objections=[points.objection, Alike(redis.memory).objection],
    )
    confirmation = Confirmation(store, platforms)
    ops = Ops(redis.outbox, redis.memory, chat, directory, redis.journal, policy)
    holding = Holding(holds, store, directory, redis.journal, policy)
    hold_news = HoldNews(holds, store, redis.outbox, redis.memory, chat)
    timers = Timers(store, redis.memory, intake, platforms, policy)
    roster = redis.document(Kept(name="roster", kind=Roster, empty=Roster()))
    duties = Duties(roster, directory, redis.journal, policy.schedules)
    duty_news = DutyNews(
        duties=duties,
        memory=redis.memory,
        outbox=redis.outbox,
        store=store,
        chat=chat,
        directory=directory,
        ops_channel=policy.ops_channel,
    )

    escalations = Escalations(acting, redis.memory, duties, directory, policy, holds)
    pagers = (*pagers, *open_pagers(_routes(outside), outside.session))
    second = SecondRoute(store=store, memory=redis.memory, policy=policy, pagers=pagers, passing=passing)
    paging = Pages(
        store=store,
        memory=redis.memory,
        chat=chat,
        direct=SlackDirect(calls),
        duty=duties,
        policy=policy,
        second=second,
        holds=holds,
        passing=passing,
    )

    doing = Doings(CALL_TIMEOUT)
    jobs: dict[str, Doing] = {
        Job.ESCALATE: doing.once(escalations.start_for),
        Job.PAGE_STEP: doing.any_time(escalations.take_step),
        Job.REMIND_ACK: doing.any_time(escalations.remind),
        Job.END_ACK: doing.any_time(escalations.lapse),
        Job.PAGE: doing.paging(paging.page),
        Job.SETTLE_PAGES: doing.once(second.settle),
        Job.REFRESH_PAGES: doing.in_time(paging.refresh),
        Job.TELL_PERSON: doing.in_time(paging.tell),
        Job.SEND_REPLY: delivery.send,
        Job.WATCH_SENDING: doing.any_time(confirmation.watch),
        Job.LOOK_FOR_REPLY: doing.any_time(confirmation.look),
        Job.CHECK_REPLY: doing.once(confirmation.check),
        Job.REFRESH_CARD: doing.in_time(cards.refresh),
        Job.TIDY_CARD: doing.any_time(tidying.tidy),
        Job.NOTE: doing.in_time(cards.note),
        Job.ANNOUNCE: doing.in_time(cards.announce),
        Job.EXPIRE_DRAFT: doing.any_time(timers.expire),
        Job.CHECK_CLAIM: doing.any_time(timers.lapse),
        Job.WAKE: doing.any_time(timers.wake),
        Job.ARCHIVE: doing.any_time(timers.archive),
        Job.CHECK_TARGET: doing.any_time(timers.check_target),
        Job.CHECK_POST: doing.any_time(timers.check_post),
        Job.TELL_OPS: doing.once(ops.tell),
        Job.TAKE_BACK_DRAFTS: doing.any_time(points.take_back),
        Job.SPREAD_HOLD: doing.once(hold_news.spread),
        Job.SHOW_HOLD: doing.in_time(hold_news.show),
        Job.TELL_DUTY: doing.once(duty_news.tell),
        Job.LOOK_AHEAD: doing.once(duty_news.look_ahead),
        Job.TELL_LIMITS: doing.once(limits.tell),
        Job.CHECK_CHANNEL: doing.once(shared.check),
        Job.SPREAD_SHARING: doing.once(shared_cards.spread),
        Job.RETURN_CARD: doing.once(shared_cards.bring_back),
    }
    relay = Relay(redis.outbox, jobs, log, outside.wake)

    kit = Kit(chat, screens)
    tables = Tables.of(
        Owning(kit, cases),
        Drafting(kit, replies),
        Deciding(kit, replies),
        Ending(kit, cases),
        Running(kit, ops, changeover),
        Pointing(points),
        Stopping(kit, holding),
        OnDuty(kit, duties),
        Limiting(limits),
        Escalating(kit, escalations),
        Looking(kit, finding, duties),
        Membership(directory.forget),
        SharingNews(shared.ask_for),
    )
    door = Door(kit=kit, home=outside.home, memory=redis.memory, log=log, tables=tables, tell_ops=ops.slack_refuses)
    # Acknowledged only when the listener is through, because then the act is durable.
    nameless = open_client(None, settings.slack_api_url, outside.session)
    app = AsyncApp(client=nameless, authorize=_ours(outside), process_before_response=True)
    door.open(app)
    listener = SlackSocket(app, _plain(settings.slack_app_token), calls, log)
    room = Room(redis.memory, redis.memory, redis.outbox)
    ingests = tuple(
        Ingest(
            platform=connection.platform,
            stream=connection.stream if settings.stream else None,
            intake=intake,
            memory=redis.memory,
            journal=redis.journal,
            log=log,
            room=room.check,
        )
        for connection in outside.connections.values()
    )
    audit = Audit(
        books=RedisBooks(redis.shard),
        store=store,
        memory=redis.memory,
        outbox=redis.outbox,
        chat=chat,
        policy=policy,
        cursors=tuple(ingest.cursor_name for ingest in ingests),
        poll_seconds=settings.poll_seconds,
        pagers=pagers,
    )
    heart = HttpHeart(outside.session, _plain(settings.heartbeat_url)) if settings.heartbeat_url else None
    return Desk(
        outside=outside,
        app=app,
        listener=listener,
        relay=relay,
        intake=intake,
        ingests=ingests,
        changeover=changeover,
        directory=directory,
        archiving=Archiving(redis.departures, outside.archive, redis.outbox, redis.memory, policy),
        duties=duties,
        duty_news=duty_news,
        audit=audit,
        heartbeat=Heartbeat(audit, heart, relay.is_alive),
        limits=limits,
        shared=shared,
    )


def _ours(outside: Outside) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Return what tells Bolt who we are, without a call.

    By itself Bolt asks Slack at the first click, takes a Slack that is away for an app that is gone, says so in an
    answer that Slack shows to nobody, and acknowledges a click that it has thrown away.
    """
    token = outside.settings.slack_bot_token.get_secret_value()

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=outside.home.team_id, bot_token=token)

    return authorize


def _routes(outside: Outside) -> Routes:
    settings, paging = outside.settings, outside.policy.paging
    return Routes(
        smtp_url=_plain(settings.smtp_url),
        mail_from=settings.mail_from,
        addresses=paging.addresses,
        webhook_url=_plain(settings.webhook_url),
        webhook_secret=_plain(settings.webhook_secret),
        routing_key=_plain(settings.webhook_routing_key),
    )


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
