"""A platform that publishes, and answers late, wrongly or never; its own log is the truth that the desk is held against."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.cases.post import Post
from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import SECOND, AccountId, Instant, PlatformName, PostId
from bot.domain.replies.reply import NotSent, Outcome, OwnPost, RefusedByPlatform, Reply, Sent, Unconfirmed
from bot.domain.text.wording import TextRule
from bot.ports import Account, Batch, Gone
from tests.builders import NOON, RULE
from tests.fault.simulator_time import Loop, Process, rest
from tests.fault.simulator_weather import Weather

TIMELINE = 100
"""Posts that one look at our own timeline brings, as on X."""
NAME = PlatformName("x")
BRAND = Account(id=AccountId("900"), handle="brand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One post on the brand's account. `nonce` names the work whose call published it; native posts have none."""

    id: PostId
    text: str
    target: PostId
    at: int
    nonce: str = ""


@dataclass(slots=True)
class Fate:
    """What becomes of one call whose bytes arrive: `published` after so many milliseconds, `outcome` told after `told`."""

    outcome: Callable[[PostId], Outcome]
    published: int | None = None
    told: int | None = None


def _unconfirmed(reason: str) -> Callable[[PostId], Outcome]:
    return lambda _id: Unconfirmed(reason=reason)


def _sent(post_id: PostId) -> Outcome:
    return Sent(id=post_id, url=f"https://x.example/{post_id}")


@dataclass
class World:
    """The platform itself: customers' posts and everything on our account. `told` hears of each publication."""

    loop: Loop
    weather: Callable[[], Weather]
    told: Callable[[Published], None] = lambda _published: None
    named: Callable[[str, PostId], None] = lambda _nonce, _post_id: None
    arrived: Callable[[str], None] = lambda _nonce: None
    posts: dict[PostId, Post] = field(default_factory=dict)
    published: list[Published] = field(default_factory=list)
    unsummoned: set[PostId] = field(default_factory=set)
    closed_until: int = 0
    calls: int = 0
    _number: int = 10_000

    def is_down(self) -> bool:
        begins, ends = self.weather().away
        return begins <= self.loop.now < ends

    def new_id(self) -> PostId:
        self._number += 1
        return PostId(str(self._number))

    def publish(self, post_id: PostId, text: str, target: PostId, nonce: str) -> None:
        post = Published(id=post_id, text=text, target=target, at=self.loop.now, nonce=nonce)
        self.published.append(post)
        self.loop.say("PUBLISHED", post_id, text, "for", nonce or "a person")
        self.told(post)

    def answer_natively(self, target: PostId) -> None:
        """Somebody uses the platform itself instead of the desk."""
        self.publish(self.new_id(), "Please see your inbox.", target, "")

    def arrives(self, reply: Reply, nonce: str, fate: Fate) -> PostId:
        """Bytes have reached the platform: from now on nothing that happens to us changes what becomes of them."""
        self.calls += 1
        self.arrived(nonce)
        post_id = self.new_id()
        if fate.published is not None:
            self.loop.after(fate.published, lambda: self.publish(post_id, reply.text, reply.target, nonce))
        return post_id

    def fate(self, reply: Reply) -> Fate:
        luck, weather = self.loop.luck, self.weather()
        if reply.target in self.unsummoned:
            return Fate(lambda _id: RefusedByPlatform(reason="nobody mentioned us"), told=80)
        if isinstance(self.seen(reply.target), Gone):
            return Fate(lambda _id: RefusedByPlatform(reason="the post is gone"), told=80)
        if weather.dedupes and any((p.text, p.target) == (reply.text, reply.target) for p in self.published):
            return Fate(_unconfirmed("the same words are out already"), told=80)
        if self.loop.now < self.closed_until:
            return self._asks_to_wait()
        if luck.random() < weather.limits:
            self.closed_until = self.loop.now + luck.choice((30, 300, 900)) * SECOND
            return self._asks_to_wait()
        if luck.random() < weather.bad_call:
            late = luck.choice((0, 300, luck.randrange(weather.late_most + 1)))
            return BAD[luck.choice(weather.bad_kinds)](late)
        return Fate(_sent, published=luck.randrange(300), told=luck.randrange(300, 900))

    def _asks_to_wait(self) -> Fate:
        seconds = (self.closed_until - self.loop.now) / SECOND
        return Fate(lambda _id: NotSent(reason="asked to wait", retry_after=seconds), told=80)

    def seen(self, post_id: PostId) -> Post | Gone:
        return self.posts.get(post_id) or Gone(reason="the customer deleted it")

    def timeline(self, since: PostId | None) -> list[OwnPost]:
        """Return what one of its many readers shows: each is late by its own measure."""
        lag = self.loop.luck.randrange(self.weather().timeline_lag + 1)
        floor = int(since or 0)
        return [
            OwnPost(
                id=post.id,
                text=post.text,
                created_at=Instant(NOON + post.at),
                in_reply_to=post.target,
                url=f"https://x.example/{post.id}",
            )
            for post in sorted(self.published, key=lambda p: -int(p.id))
            if post.at + lag <= self.loop.now and int(post.id) > floor
        ][:TIMELINE]


BAD: tuple[Callable[[int], Fate], ...] = (
    lambda late: Fate(_unconfirmed("503"), published=late, told=80),
    lambda _late: Fate(_unconfirmed("503"), told=80),
    lambda late: Fate(_unconfirmed("reset"), published=late, told=300),
    lambda _late: Fate(_unconfirmed("reset"), told=300),
    lambda late: Fate(_unconfirmed("no answer in time"), published=late),
    lambda _late: Fate(_unconfirmed("no answer in time")),
    lambda late: Fate(_sent, published=late, told=late + 9_000),
    lambda _late: Fate(lambda _id: NotSent(reason="our credentials"), told=80),
    lambda _late: Fate(lambda _id: RefusedByPlatform(reason="too long"), told=80),
)
"""What can go wrong once bytes are there. Only a call that publishes nothing may answer with a clear no."""


@dataclass
class Door:
    """The port `Platform` as one process has it; `held` is asked right after the last look at the clock."""

    world: World
    process: Process
    weather: Callable[[], Weather]
    name: PlatformName = NAME
    account: Account = BRAND
    text_rule: TextRule = RULE

    async def reply(self, reply: Reply, within: float, start_by: float = math.inf) -> Outcome:
        loop, luck = self.world.loop, self.world.loop.luck
        started = loop.now
        await rest(luck.choice((5, 50, 300, 4_000)) if luck.random() < self.weather().slow else 5)
        if self.world.is_down() or luck.random() < self.weather().bad_call / 4:
            return NotSent(reason="no connection")
        if self.process.monotonic() > start_by:
            return NotSent(reason="held up")
        if luck.random() < self.weather().held_with_bytes:
            await self._held()
        nonce = loop.current.work.nonce if loop.current and loop.current.work else ""
        fate = self.fate_of(reply)
        post_id = self.world.arrives(reply, nonce, fate)
        loop.say("BYTES LEFT", reply.text, "for", nonce, "published", fate.published, "told", fate.told)
        left = max(1, int(within * 1_000) - (loop.now - started))
        if fate.told is None or fate.told > left:
            await rest(left)
            return Unconfirmed(reason="no answer in time")
        await rest(fate.told)
        outcome = fate.outcome(post_id)
        if isinstance(outcome, Sent):
            self.world.named(nonce, post_id)
        return outcome

    def fate_of(self, reply: Reply) -> Fate:
        return self.world.fate(reply)

    async def _held(self) -> None:
        """The process is stopped with the bytes in its hands."""
        weather = self.weather()
        self.process.stopped_until = self.world.loop.now + weather.held_for
        self.process.slept += weather.held_for if weather.clock_sleeps else 0
        self.world.loop.say("HELD WITH BYTES", weather.held_for)
        await rest(1)

    async def look_up(self, ids: Sequence[PostId]) -> Mapping[PostId, Post | Gone]:
        await self._read()
        found = {post_id: self.world.seen(post_id) for post_id in ids}
        await self._slowly()
        return found

    async def own_posts(self, since: PostId | None) -> Sequence[OwnPost]:
        await self._read()
        found = self.world.timeline(since)
        await self._slowly()
        return found

    async def _read(self) -> None:
        await rest(5)
        luck, weather = self.world.loop.luck, self.weather()
        if self.world.is_down() or luck.random() < weather.bad_read:
            await rest(luck.choice((50, 5_000)))
            raise Unavailable("the platform does not answer")
        if luck.random() < weather.unread:
            raise Broken("the platform refused")

    async def _slowly(self) -> None:
        luck = self.world.loop.luck
        if luck.random() < self.weather().slow:
            await rest(luck.randrange(1, 12_000))

    async def whoami(self) -> Account:
        return self.account

    async def fetch(self, cursor: str | None) -> Batch:
        return Batch(posts=(), cursor=cursor or "")

    def by_hand_url(self, target: PostId, text: str) -> str:
        return ""


def edited(post: Post, text: str) -> Post:
    return replace(post, text=text)
