"""The parts list of the services: each by its ordinary constructor, in the order in which they need each other."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters.pagers import Routes, open_pagers
from bot.adapters.redis_document import Kept
from bot.adapters.sealing import HmacSigner
from bot.adapters.slack_channels import SlackChannels
from bot.adapters.slack_chat import SlackCalls, SlackChat, SlackDirect, SlackScreens, open_client
from bot.adapters.slack_directory import SlackDirectory
from bot.adapters.slack_search import SlackCopies
from bot.domain.approving.hold import HOLDS, Holds
from bot.domain.approving.switches import Switches
from bot.domain.on_call.roster import Roster
from bot.domain.replies.talking_points import Withdrawn
from bot.domain.running.sharing import KNOWN_FOR, Sharing
from bot.ports.alarm import Pager
from bot.services.account_watch import AccountWatch
from bot.services.acting import Acting
from bot.services.alike import Alike
from bot.services.archived import StoreAndArchive
from bot.services.cards import Cards
from bot.services.cases import Cases
from bot.services.changeover import Changeover
from bot.services.confirmation import Confirmation
from bot.services.delivery import Delivery, Reached
from bot.services.drills import Drills
from bot.services.duties import Duties
from bot.services.duty_news import DutyNews
from bot.services.escalations import Escalations
from bot.services.finding import Finding
from bot.services.guarded_chat import GuardedChat
from bot.services.hold_news import HoldNews
from bot.services.holding import Holding
from bot.services.intake import Intake
from bot.services.limits import Limits
from bot.services.ops import Ops
from bot.services.paging import Pages
from bot.services.paging_places import Passing
from bot.services.points import Points
from bot.services.recent import Recent
from bot.services.redrawing import Redrawing
from bot.services.replies import Replies
from bot.services.second_route import SecondRoute
from bot.services.shared_cards import SharedCards
from bot.services.sharing import Shared
from bot.services.tidying import Tidying
from bot.services.timers import Timers
from bot.wiring.outside import Outside, plain

SHARED_OUTSIDE = Kept(name="sharing", kind=Sharing, empty=Sharing())
POINTS_WITHDRAWN = Kept(name="points", kind=Withdrawn, empty=Withdrawn())
SWITCHES = Kept(name="limits", kind=Switches, empty=Switches())
HOLDS_KEPT = Kept(name=HOLDS, kind=Holds, empty=Holds())
ROSTER = Kept(name="roster", kind=Roster, empty=Roster())
"""The documents that the whole desk shares, by their names in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Every service of a desk, and what they speak to Slack with."""

    chat: GuardedChat
    shared: Shared
    shared_cards: SharedCards
    screens: SlackScreens
    calls: SlackCalls
    directory: SlackDirectory
    tidying: Tidying
    cases: Cases
    limits: Limits
    points: Points
    replies: Replies
    finding: Finding
    intake: Intake
    cards: Cards
    redrawing: Redrawing
    changeover: Changeover
    delivery: Delivery
    confirmation: Confirmation
    ops: Ops
    holding: Holding
    hold_news: HoldNews
    timers: Timers
    duties: Duties
    duty_news: DutyNews
    escalations: Escalations
    drills: Drills
    pagers: tuple[Pager, ...]
    second: SecondRoute
    paging: Pages
    store: StoreAndArchive
    account_watch: AccountWatch


def parts_of(outside: Outside, reached: Reached, passing: Passing, pagers: Sequence[Pager]) -> Parts:
    """Return the services; `reached` is told of each step of a reply's way, `passing` of a page's."""
    redis, policy, settings = outside.redis, outside.policy, outside.settings
    platforms = {name: connection.platform for name, connection in outside.connections.items()}
    client = open_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, outside.session)
    calls = SlackCalls(client)
    known = Recent(redis.document(SHARED_OUTSIDE), KNOWN_FOR, time.monotonic)
    shared = Shared(known, SlackChannels(calls), redis.outbox, policy)
    chat, screens = GuardedChat(SlackChat(calls, outside.home.site), shared), SlackScreens(calls)
    directory = SlackDirectory(calls, policy.sides, outside.home.team_id, policy.groups)
    signer = HmacSigner(settings.approval_key.get_secret_value().encode())

    holds = redis.document(HOLDS_KEPT)
    store = StoreAndArchive(redis.store, outside.archive, redis.departures, redis.memory)
    tidying = Tidying(store, redis.outbox, chat, SlackCopies(calls))
    acting = Acting(store, directory, redis.journal, tidying.show_the_way)
    cases = Cases(acting)
    switches = redis.document(SWITCHES)
    limits = Limits(acting, redis.memory, redis.outbox, chat, policy, switches)
    points = Points(policy.saved_replies, redis.document(POINTS_WITHDRAWN), store, directory, redis.journal)
    replies = Replies(acting, redis.outbox, signer, platforms, policy, points, limits.terms)
    finding = Finding(acting, chat, outside.archive, holds, policy)
    intake = Intake(store, redis.arrivals, policy)
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
    roster = redis.document(ROSTER)
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
    second = SecondRoute(store=store, memory=redis.memory, chat=chat, policy=policy, pagers=pagers, passing=passing)
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

    return Parts(
        chat=chat,
        shared=shared,
        shared_cards=shared_cards,
        screens=screens,
        calls=calls,
        directory=directory,
        tidying=tidying,
        cases=cases,
        limits=limits,
        points=points,
        replies=replies,
        finding=finding,
        intake=intake,
        cards=cards,
        redrawing=Redrawing(redis.outbox),
        changeover=changeover,
        delivery=delivery,
        confirmation=confirmation,
        ops=ops,
        holding=holding,
        hold_news=hold_news,
        timers=timers,
        duties=duties,
        duty_news=duty_news,
        escalations=escalations,
        drills=Drills(acting, redis.memory, chat, policy),
        pagers=pagers,
        second=second,
        paging=paging,
        store=store,
        account_watch=AccountWatch(
            store=store,
            memory=redis.memory,
            outbox=redis.outbox,
            platforms=platforms,
            policy=policy,
            pagers=pagers,
        ),
    )


def _routes(outside: Outside) -> Routes:
    settings, paging = outside.settings, outside.policy.paging
    return Routes(
        smtp_url=plain(settings.smtp_url),
        mail_from=settings.mail_from,
        addresses=paging.addresses,
        webhook_url=plain(settings.webhook_url),
        webhook_secret=plain(settings.webhook_secret),
        routing_key=plain(settings.webhook_routing_key),
    )
