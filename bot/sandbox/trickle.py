"""Lets the invented customers write by themselves: a complaint now and then, a word after an answer or none."""

import asyncio
import heapq
from contextlib import suppress
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.complaints import COMPLAINTS
from bot.sandbox.errors import SandboxError
from bot.sandbox.x.network import Network

PER_MINUTE = 1.5
FASTEST = 600.0
THANKS_AFTER = 25.0
"""Seconds at a speed of one complaint a minute; it shrinks with the speed."""
WAITING_AFTER = 240.0
SOONEST = 2.0


class Trickle:
    """Pausable; speed in complaints per minute of sandbox time."""

    def __init__(self, network: Network, clock: SandboxClock, changes: Changes, *, running: bool) -> None:
        self.running = running
        self.per_minute = PER_MINUTE
        self._network = network
        self._clock = clock
        self._changes = changes
        self._posted = 0
        self._complaint_of: dict[str, int] = {}
        self._due: list[tuple[float, str, str]] = []
        self._next_at = clock.now() + 1.0
        self._kick: asyncio.Future[None] | None = None

    def pause(self) -> None:
        self._set(running=False)

    def resume(self) -> None:
        self._next_at = self._clock.now()
        self._set(running=True)

    def set_speed(self, per_minute: float) -> None:
        """Raises SandboxError outside 0 to 600 a minute."""
        if isinstance(per_minute, bool) or not isinstance(per_minute, int | float) or not 0 < per_minute <= FASTEST:
            raise SandboxError(f"The speed is a number of complaints a minute above 0 and up to {FASTEST:g}.")
        self.per_minute = float(per_minute)
        self._next_at = min(self._next_at, self._clock.now() + 60 / self.per_minute)
        self._set(running=self.running)

    def next_one(self) -> str:
        """Post the next complaint now; answers its id."""
        number = self._posted % len(COMPLAINTS)
        complaint = COMPLAINTS[number]
        self._posted += 1
        post = self._network.post(complaint.author, complaint.text, lang=complaint.lang)
        self._complaint_of[post.id] = number
        if complaint.waiting:
            self._later(WAITING_AFTER, post.id, "waiting")
        return post.id

    def describe(self) -> dict[str, Any]:
        return {"running": self.running, "per_minute": self.per_minute, "posted": self._posted, "due": len(self._due)}

    def snapshot(self) -> dict[str, Any]:
        return {**self.describe(), "complaint_of": self._complaint_of, "due": self._due}

    def restore(self, stored: dict[str, Any]) -> None:
        """Whether it runs is decided by who starts the sandbox, not by the file."""
        self.per_minute = stored["per_minute"]
        self._posted = stored["posted"]
        self._complaint_of = dict(stored["complaint_of"])
        self._due = [(at, post_id, what) for at, post_id, what in stored["due"]]

    async def run(self) -> None:
        """Post what is due, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_answers())
            while True:
                self._kick = asyncio.get_running_loop().create_future()
                if self.running:
                    self._post_due()
                await self._clock.done_within(self._kick, self._wait())

    def _post_due(self) -> None:
        now = self._clock.now()
        if self._next_at <= now:
            self.next_one()
            self._next_at = now + 60 / self.per_minute
        while self._due and self._due[0][0] <= now:
            _, post_id, what = heapq.heappop(self._due)
            with suppress(SandboxError):  # its writer may have left; the others still have their say
                self._follow_up(post_id, what)

    def _follow_up(self, post_id: str, what: str) -> None:
        """Thanks go under the brand's answer; "still waiting" only while there is none."""
        post = self._network.posts.get(post_id)
        if post is None or post.deleted:
            return
        complaint = COMPLAINTS[self._complaint_of[post_id]]
        answers = [reply for reply in self._network.replies_to(post_id) if reply.author_id == self._network.brand.id]
        if what == "waiting" and not answers:
            self._network.post(complaint.author, complaint.waiting, in_reply_to=post_id, lang=complaint.lang)
        if what == "thanks" and answers:
            self._network.post(complaint.author, complaint.thanks, in_reply_to=answers[-1].id, lang=complaint.lang)

    async def _watch_answers(self) -> None:
        with self._changes.subscribe() as subscription:
            async for change in subscription:
                if change["topic"] == "x_post" and change["payload"]["author_id"] == self._network.brand.id:
                    self._answered(change["payload"]["in_reply_to"])

    def _answered(self, post_id: str | None) -> None:
        number = self._complaint_of.get(post_id or "")
        if post_id is not None and number is not None and COMPLAINTS[number].thanks:
            self._later(THANKS_AFTER, post_id, "thanks")

    def _later(self, seconds: float, post_id: str, what: str) -> None:
        wait = max(SOONEST, seconds / self.per_minute)
        heapq.heappush(self._due, (self._clock.now() + wait, post_id, what))
        self._set(running=self.running)

    def _wait(self) -> float:
        """Seconds until something is due; long while paused, for a change wakes it."""
        if not self.running:
            return 3_600.0
        due = [self._next_at, *(at for at, _, _ in self._due[:1])]
        return max(0.0, min(due) - self._clock.now())

    def _set(self, *, running: bool) -> None:
        self.running = running
        self._changes.publish("trickle", self.describe())
        self._wake()

    def _wake(self) -> None:
        if self._kick is not None and not self._kick.done():
            self._kick.set_result(None)
