"""From a post to a case: routed, weighed and stored once, whatever way and however often it arrives."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import conversation, indexes
from bot.domain.case import Case, Decision
from bot.domain.errors import AlreadyHeld
from bot.domain.ids import CaseId, Instant, OpId, PostId
from bot.domain.lifecycle import Status
from bot.domain.policy import Policy
from bot.domain.post import Post
from bot.domain.routing import route
from bot.domain.severity import assess
from bot.ports import CaseStore, Gone

TRIES = 4
"""Two posts of one conversation may race; each round one of them wins."""

EARLIER_SEEN = 10
"""Newest cases of an author that are looked through for the one that a post goes on from."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes posts in, and what happens to them later."""

    store: CaseStore
    policy: Policy

    async def receive(self, post: Post) -> Case:
        """Store a post: in the case that has it, in the case of its conversation, or in a new one."""
        holder = await self._holder(post)
        for _ in range(TRIES):
            if holder:
                return await self._join(holder, post)
            try:
                return await self._open(post)
            except AlreadyHeld as held:
                holder = CaseId(held.case_id)
        raise AlreadyHeld(holder or "")

    async def posts_to_check(self, limit: int = 5_000) -> Sequence[PostId]:
        """Return the posts that open cases stand on, newest cases first."""
        found: list[PostId] = []
        for case_id in await self.store.listed("open", limit):
            case = await self.store.load(case_id)
            if case:
                found.extend(post.id for post in case.posts if not post.deleted_at)
        return found

    async def noticed(self, post_id: PostId, now_is: Post | Gone, platform: str) -> None:
        """Bring an edit or a deletion into the case that holds the post."""
        holder = await self.store.holder(indexes.post_key(platform, post_id))
        if holder is None:
            return
        known = await self.store.load(holder)
        if known is None or not _differs(known, post_id, now_is):
            return

        def decide(case: Case, now: Instant) -> Decision:
            if isinstance(now_is, Post):
                return conversation.post_edited(case, now_is, now)
            old = case.post(post_id)
            return conversation.post_deleted(case, old, now_is.reason, now) if old else Decision.unchanged(case)

        await self.store.change(holder, _op("noticed", post_id, known.changes), decide)

    async def _holder(self, post: Post) -> CaseId | None:
        keys = [indexes.post_key(post.platform, post_id) for post_id in (post.id, *reversed(post.earlier_ids))]
        keys.append(indexes.conversation_key(post.platform, post.account, post.conversation_id))
        return await self.store.holder(*keys)

    async def _closed_before(self, post: Post) -> CaseId | None:
        """Return the closed case that this conversation goes on from, among the author's newest ones."""
        for case_id in await self.store.listed(indexes.author_list(post.author.handle), EARLIER_SEEN):
            case = await self.store.load(case_id)
            if case and case.status is Status.CLOSED and case.speaks_in(post.conversation_id):
                return case_id
        return None

    async def _open(self, post: Post) -> Case:
        earlier = await self.store.count(indexes.author_list(post.author.handle))
        follows = await self._closed_before(post) if earlier else None
        severity = assess(post, self.policy, earlier)
        where = route(post, severity, self.policy)

        def begin(case_id: CaseId, now: Instant) -> Decision:
            return conversation.open_case(
                case_id,
                post,
                route=where,
                severity=severity,
                rule=self.policy.approval,
                timing=self.policy.timing,
                now=now,
                follows=follows,
            )

        return await self.store.begin(_op("open", post.id, 0), begin)

    async def _join(self, holder: CaseId, post: Post) -> Case:
        severity = assess(post, self.policy)

        def decide(case: Case, now: Instant) -> Decision:
            if case.post(post.id):
                return conversation.post_edited(case, post, now)
            if any(case.post(earlier) for earlier in post.earlier_ids):
                return conversation.post_edited(case, post, now)
            return conversation.customer_wrote(case, post, severity, now)

        return await self.store.change(holder, _op("join", post.id, len(post.earlier_ids)), decide)


def _differs(case: Case, post_id: PostId, now_is: Post | Gone) -> bool:
    old = case.post(post_id)
    if old is None:
        return False
    if isinstance(now_is, Post):
        return (old.id, old.text) != (now_is.id, now_is.text)
    return old.deleted_at is None


def _op(act: str, post_id: str, number: int) -> OpId:
    return OpId(f"{act}:{post_id}:{number}")
