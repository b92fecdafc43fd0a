"""From a post to a case: routed, weighed and stored once, whatever way and however often it arrives."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from bot.domain.cases import conversation, indexes
from bot.domain.cases.case import Case, Decision, Severity
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import Post
from bot.domain.errors import AlreadyHeld, Archived, NoSuchCase, Refused
from bot.domain.ids import CaseId, Instant, OpId, PostId
from bot.domain.intake import grouping
from bot.domain.intake.grouping import Rows, Seating
from bot.domain.intake.routing import route
from bot.domain.intake.severity import assess
from bot.domain.policy import Policy
from bot.domain.timing.clocks import Targets
from bot.ports import Begin, CaseStore, Gone
from bot.ports.arrivals import Arrivals, Sought, Traces

TRIES = 20
"""Posts of one conversation, or with the same words, may race, as many as are taken in at once; each round one wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """Which case holds a post, its conversation, the conversation before it was archived; where the like of it sits.

    `earlier` is how many cases its author has, `closed` those of the newest that are closed.
    """

    post: CaseId | None
    conversation: CaseId | None
    ended: CaseId | None
    seating: Seating
    earlier: int
    closed: Sequence[CaseId]

    @property
    def is_new(self) -> bool:
        """Say whether the post needs a case of its own, and nothing is left to look up for it."""
        return not (self.post or self.conversation or self.seating.full or self.closed)


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes posts in, and what happens to them later."""

    store: CaseStore
    arrivals: Arrivals
    policy: Policy

    async def receive_all(self, posts: Sequence[Post]) -> frozenset[PostId]:
        """Open a case for each post that needs one of its own, all at once; the rest is for `receive`, one by one.

        The posts must have nothing to do with each other: no author, conversation or words in common. Returns which
        are stored.
        """
        held = await self._held(posts)
        new = {_opening(post): (post, known) for post, known in zip(posts, held, strict=True) if known.is_new}
        begun = {op: self._beginning(post, known, known.ended) for op, (post, known) in new.items()}
        opened = await self.arrivals.begin_all(begun) if begun else {}
        return frozenset(new[op][0].id for op in opened)

    async def receive(self, post: Post) -> Case | None:
        """Store a post: in the case that has it, in that of its conversation, counted on one like it, or in a new one.

        Returns None for a post of a case that another machine has archived.
        """
        last = ""
        for _ in range(TRIES):
            (held,) = await self._held([post])
            try:
                if held.post:
                    return await self._again(held.post, post)
                if held.conversation:
                    return await self._join(held.conversation, post)
                if held.seating.full and await self._counted(held.seating.full, post):
                    return await self._known(held.seating.full)
                return await self._open(post, held)
            except AlreadyHeld as taken:
                last = taken.case_id
            except NoSuchCase:
                last = held.conversation or ""  # archived since we asked who holds the conversation
        raise AlreadyHeld(last)

    async def posts_to_check(self, limit: int = 5_000) -> Sequence[PostId]:
        """Return the posts that open cases stand on, newest cases first."""
        found: list[PostId] = []
        for case_id in await self.store.listed("open", limit):
            case = await self.store.load(case_id)
            if case:
                found.extend(post.id for post in case.posts if not post.deleted_at)
                found.extend(echo.post for echo in case.echoes)
        return found

    async def noticed(self, post_id: PostId, now_is: Post | Gone, platform: str) -> None:
        """Bring an edit or a deletion into the case that holds the post."""
        holder = await self.store.holder(indexes.post_key(platform, post_id))
        if holder is None:
            return
        known = await self._known(holder)
        if known is None or not _differs(known, post_id, now_is):
            return

        def decide(case: Case, now: Instant) -> Decision:
            if isinstance(now_is, Post):
                return self._edited(case, now_is, now)
            old = case.post(post_id)
            gone = grouping.forgotten(case, post_id)
            return conversation.post_deleted(case, old, now_is.reason, now) if old else gone

        with suppress(Archived):
            await self.store.change(holder, _op("noticed", post_id, known.changes), decide)

    async def _known(self, holder: CaseId) -> Case | None:
        """Return a case, or None for one that is in another machine's archive."""
        try:
            return await self.store.load(holder)
        except Archived:
            return None

    async def _held(self, posts: Sequence[Post]) -> list[_Held]:
        """Ask with one question who holds these posts, under any id they had, their conversations and their seats."""
        rows = [grouping.rows(post, self.policy.grouping) for post in posts]
        sought = [_sought(post, seats) for post, seats in zip(posts, rows, strict=True)]
        traces = await self.arrivals.seek(sought)
        return [_as_held(*one) for one in zip(posts, rows, traces, strict=True)]

    async def _counted(self, holder: CaseId, post: Post) -> bool:
        """Count a post on the case that holds the last seat; say whether that was possible."""
        severity = assess(post, self.policy)
        with suppress(Refused):
            await self.store.change(
                holder, _op("echo", post.id, 0), lambda case, now: grouping.repeated(case, post, severity, now)
            )
            return True
        return False

    async def _again(self, holder: CaseId, post: Post) -> Case | None:
        """Take a post that came before: perhaps edited, perhaps one that its long case no longer keeps."""

        def decide(case: Case, now: Instant) -> Decision:
            known = any(case.post(post_id) for post_id in (post.id, *post.earlier_ids))
            return self._edited(case, post, now) if known else Decision.unchanged(case)

        try:
            return await self.store.change(holder, _op("join", post.id, len(post.earlier_ids)), decide)
        except NoSuchCase:
            return await self._known(holder)

    async def _closed_before(self, post: Post, closed: Sequence[CaseId]) -> CaseId | None:
        """Return the closed case that this conversation goes on from, among the author's newest ones."""
        for case_id in closed:
            case = await self.store.load(case_id)
            if case and case.status is Status.CLOSED and case.speaks_in(post.conversation_id):
                return case_id
        return None

    async def _open(self, post: Post, held: _Held) -> Case:
        follows = await self._closed_before(post, held.closed) or held.ended
        return await self.store.begin(_opening(post), self._beginning(post, held, follows))

    def _beginning(self, post: Post, held: _Held, follows: CaseId | None) -> Begin:
        """Weigh and route a post, and return what opens its case once there is a number for it."""
        words = self.policy.words_in(post.text)
        severity = assess(post, self.policy, held.earlier, words)
        where = route(post, severity, self.policy, words)
        targets = self.policy.targets_for(where, severity.level)

        def begin(case_id: CaseId, now: Instant) -> Decision:
            return conversation.open_case(
                case_id,
                post,
                route=where,
                severity=severity,
                timing=self.policy.timing,
                now=now,
                follows=follows,
                targets=targets,
                first_contact=held.earlier == 0,
                seats=held.seating.free,
            )

        return begin

    async def _join(self, holder: CaseId, post: Post) -> Case:
        severity = assess(post, self.policy)

        def decide(case: Case, now: Instant) -> Decision:
            return conversation.customer_wrote(case, post, severity, now, self._promised(case, severity))

        return await self.store.change(holder, _op("join", post.id, len(post.earlier_ids)), decide)

    def _edited(self, case: Case, post: Post, now: Instant) -> Decision:
        """Weigh the new words as if they came only now."""
        severity = assess(post, self.policy)
        return conversation.post_edited(case, post, now, severity, self._promised(case, severity))

    def _promised(self, case: Case, severity: Severity) -> Targets | None:
        """Return the targets of a matter that has become more urgent, None where those that stand stay."""
        worse = severity.level.urgency > case.severity.level.urgency
        return self.policy.targets_for(case.route, severity.level) if worse else None


def _differs(case: Case, post_id: PostId, now_is: Post | Gone) -> bool:
    old = case.post(post_id)
    if old is None:
        return not isinstance(now_is, Post) and any(echo.post == post_id for echo in case.echoes)
    if isinstance(now_is, Post):
        return (old.id, old.text) != (now_is.id, now_is.text)
    return old.deleted_at is None


def _names_of(post: Post) -> list[str]:
    return [indexes.post_key(post.platform, post_id) for post_id in (post.id, *reversed(post.earlier_ids))]


def _sought(post: Post, rows: Rows) -> Sought:
    where = post.platform, post.account, post.conversation_id
    places = indexes.conversation_key(*where), indexes.ended_key(*where)
    return Sought(names=(*_names_of(post), *places, *chain(*rows)), author=post.author.handle)


def _as_held(post: Post, rows: Rows, traces: Traces) -> _Held:
    ids = 1 + len(post.earlier_ids)
    conversation, ended, *seats = traces.holders[ids:]
    return _Held(
        post=next((one for one in traces.holders[:ids] if one), None),
        conversation=conversation,
        ended=ended,
        seating=grouping.seated(rows, dict(zip(chain(*rows), seats, strict=True))),
        earlier=traces.earlier,
        closed=traces.closed,
    )


def _opening(post: Post) -> OpId:
    return _op("open", post.id, 0)


def _op(act: str, post_id: str, number: int) -> OpId:
    return OpId(f"{act}:{post_id}:{number}")
