"""The parts list: from settings and policy to a desk that is ready to run. Nothing runs and nothing is called here."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.adapters.heartbeat import HttpHeart
from bot.adapters.redis_books import RedisBooks
from bot.adapters.slack_directory import SlackDirectory
from bot.adapters.slack_socket import SlackSocket
from bot.jobs.ingest import Ingest
from bot.jobs.relay import Relay
from bot.ports.alarm import Pager
from bot.services.account_watch import AccountWatch
from bot.services.archiving import Archiving
from bot.services.audit import Audit
from bot.services.changeover import Changeover
from bot.services.delivery import Reached, nowhere
from bot.services.duties import Duties
from bot.services.duty_news import DutyNews
from bot.services.heartbeat import Heartbeat
from bot.services.intake import Intake
from bot.services.limits import Limits
from bot.services.missed import Misses
from bot.services.paging_places import Passing, unwatched
from bot.services.room import Room
from bot.services.sharing import Shared
from bot.wiring.edge import listening
from bot.wiring.jobs import jobs_of
from bot.wiring.outside import Outside, plain
from bot.wiring.parts import parts_of

__all__ = ["Desk", "Outside", "build"]


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
    account_watch: AccountWatch


def build(
    outside: Outside, *, reached: Reached = nowhere, passing: Passing = unwatched, pagers: Sequence[Pager] = ()
) -> Desk:
    """Return the desk made of these parts; `reached` is told of each step of a reply's way, `passing` of a page's."""
    redis, policy, settings = outside.redis, outside.policy, outside.settings
    parts = parts_of(outside, reached, passing, pagers)
    relay = Relay(redis.outbox, jobs_of(parts), outside.log, outside.wake)
    app, listener = listening(outside, parts)
    room = Room(redis.memory, redis.memory, redis.outbox)
    ingests = tuple(
        Ingest(
            platform=connection.platform,
            stream=connection.stream if settings.stream else None,
            intake=parts.intake,
            memory=redis.memory,
            journal=redis.journal,
            log=outside.log,
            room=room.check,
            missed=Misses(redis.memory, redis.outbox, connection.platform).tell,
        )
        for connection in outside.connections.values()
    )
    audit = Audit(
        books=RedisBooks(redis.shard),
        store=parts.store,
        memory=redis.memory,
        outbox=redis.outbox,
        chat=parts.chat,
        policy=policy,
        cursors=tuple(ingest.cursor_name for ingest in ingests),
        poll_seconds=settings.poll_seconds,
        watches=parts.account_watch.names,
        pagers=parts.pagers,
    )
    heart = HttpHeart(outside.session, plain(settings.heartbeat_url)) if settings.heartbeat_url else None
    return Desk(
        outside=outside,
        app=app,
        listener=listener,
        relay=relay,
        intake=parts.intake,
        ingests=ingests,
        changeover=parts.changeover,
        directory=parts.directory,
        archiving=Archiving(redis.departures, outside.archive, redis.outbox, redis.memory, policy),
        duties=parts.duties,
        duty_news=parts.duty_news,
        audit=audit,
        heartbeat=Heartbeat(audit, heart, relay.is_alive),
        limits=parts.limits,
        shared=parts.shared,
        account_watch=parts.account_watch,
    )
