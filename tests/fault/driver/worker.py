"""One worker of a round: the real desk, wired as ever, with short waits and with places where it may be stopped."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import bot.adapters.platforms.x
import bot.adapters.platforms.x_client
import bot.adapters.redis_connect
import bot.adapters.slack_chat
import bot.jobs.relay
import bot.services.delivery
import bot.wiring.jobs
import bot.wiring.parts
from bot.domain.errors import DeskError
from bot.domain.ids import SECOND
from bot.domain.policy import Policy
from bot.logs import configure, get_log
from bot.opening import StoppedWaiting, opened
from bot.process import Role, run, stop_on_signals
from bot.wiring import Desk
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE, load
from tests.fault.driver.board import Board
from tests.fault.driver.failpoints import LEASE, Deed, Failpoints, Place, Plan
from tests.fault.driver.plants import PLANTS

SWEEP_EVERY = 0.5
"""Seconds; a worker does not live long enough for the calendar."""
CALL = 1.0
"""Seconds for a call to Slack or X: to the lease as in earnest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a worker is started with. `skew` is how many seconds its own clock is ahead."""

    name: str
    folder: str
    environment: Mapping[str, str]
    plan: tuple[Plan, ...] = ()
    plant: str = ""
    skew: float = 0.0

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Order":
        fields = json.loads(text)
        plan = tuple(Plan(place=p["place"], deed=Deed(p["deed"]), nth=p["nth"]) for p in fields.pop("plan"))
        return cls(plan=plan, **fields)


def quick(policy: Policy) -> Policy:
    """Return the house rules with waits of seconds, in the same order of length as the real ones."""
    return replace(
        policy,
        # So few people write so much that most of it would only be counted.
        grouping=replace(policy.grouping, one_author=8),
        timing=replace(
            policy.timing,
            undo=1 * SECOND,
            look_grace=9 * SECOND,
            look_gap=5 * SECOND,
            ask_after=45 * SECOND,
        ),
    )


def work(order: Order) -> int:
    """Run until killed, or until SIGTERM; returns the exit code."""
    folder = Path(order.folder)
    log = (folder / "workers.log").open("a", encoding="utf-8")
    os.dup2(log.fileno(), sys.stderr.fileno())
    configure("INFO", json=True, stream=log)
    if order.skew:
        real = time.time
        time.time = lambda: real() + order.skew
    board = Board(folder / "board")
    _shorten(board)
    points = Failpoints(plan=order.plan, board=board, hits=folder / "hits")
    PLANTS[order.plant]()
    _place(points)
    return asyncio.run(_desk(order, board, points))


async def _desk(order: Order, board: Board, points: Failpoints) -> int:
    stop = asyncio.Event()
    stop_on_signals(stop)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _tell_tasks)
    settings = load(folder=Path(order.folder), environment=order.environment)
    policy = quick(load_policy(POLICY_FILE, TALKING_POINTS_FILE))
    log = get_log()
    try:
        async with opened(
            settings,
            policy,
            log,
            offset=lambda: board.passed,
            tell=lambda _: None,
            stop=stop,
            reached=points.reached,
            passing=lambda place: points.reached(f"page:{place}"),
        ) as desk:
            for connection in desk.outside.connections.values():
                wire = getattr(connection.platform, "_platform", connection.platform).wire
                wire.limits._now = lambda: time.time() + board.passed / 1000
            desk.relay.paces = {}
            async with asyncio.TaskGroup() as group:
                group.create_task(_sweep(desk, stop))
                await run(desk, stop, Role.ALL)
    except StoppedWaiting:
        pass
    except DeskError as error:
        log.error("cannot_run", reason=type(error).__name__)  # noqa: TRY400 -- a sentence, no traceback, as the desk itself
        return 1
    return 0


def _tell_tasks() -> None:
    """Write down what every task waits for: asked for when a worker does not end."""
    print(f"== tasks of {os.getpid()}", file=sys.stderr)
    for task in asyncio.all_tasks():
        task.print_stack(limit=6, file=sys.stderr)
    sys.stderr.flush()


async def _sweep(desk: Desk, stop: asyncio.Event) -> None:
    while not stop.is_set():
        for ingest in desk.ingests:
            with suppress(DeskError):
                await ingest.sweep_once()
        await asyncio.sleep(SWEEP_EVERY)


def _shorten(board: Board) -> None:
    """Shorten the waits that are constants, and let the time that is let pass be seen by the clock of leases too."""
    shifted = SimpleNamespace(**vars(time))
    shifted.monotonic = lambda: time.monotonic() + board.passed / 1000
    for module in (bot.jobs.relay, bot.wiring.parts, bot.adapters.platforms.x_client, bot.adapters.slack_chat):
        module.time = shifted
    bot.jobs.relay.LEASE = round(LEASE * SECOND)
    bot.services.delivery.SEND_TIMEOUT = CALL
    bot.adapters.slack_chat.CALL_TIMEOUT = bot.wiring.jobs.CALL_TIMEOUT = CALL
    bot.adapters.platforms.x.READ_SECONDS = 2 * CALL


def _place(points: Failpoints) -> None:
    """Add the places that the desk does not name itself."""

    class Chat(bot.wiring.parts.SlackChat):
        async def post(self, *args, **more):
            await points.reached(Place.POSTING)
            ts = await super().post(*args, **more)
            await points.reached(Place.POSTED)
            return ts

    class Store(bot.adapters.redis_connect.RedisCaseStore):
        async def change(self, *args, **more):
            case = await super().change(*args, **more)
            await points.reached(Place.COMMITTED)
            return case

    class Outbox(bot.adapters.redis_connect.RedisOutbox):
        async def done(self, work):
            await points.reached(Place.SETTLING)
            await super().done(work)

    bot.wiring.parts.SlackChat = Chat
    bot.adapters.redis_connect.RedisCaseStore = Store
    bot.adapters.redis_connect.RedisOutbox = Outbox
