"""What became of a reply: looking for one in doubt on our own timeline, and reading back one that is out."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.cases.case import Case
from bot.domain.errors import Unavailable
from bot.domain.ids import OpId, PlatformName
from bot.domain.replies import sending
from bot.domain.replies.draft import DraftState
from bot.domain.replies.own_posts import same_reply, strange_reply
from bot.domain.replies.reply import same_words
from bot.domain.work import Work
from bot.ports import CaseStore, Platform
from bot.services.waits import MOST_SHOWN

READ_BACK_TRIES = 3
"""A timeline that still does not show a reply after three looks says nothing about it; the answer with its id does."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Does the work `watch_sending`, `look_for_reply` and `check_reply`."""

    store: CaseStore
    platforms: Mapping[PlatformName, Platform]

    async def watch(self, work: Work) -> int | None:
        """Put a reply in doubt whose sending never ended: the work that sends it may have been set aside.

        Returns milliseconds until the next look at it, None when it has ended.
        """
        rev = int(work.args["rev"])
        case = await self.store.load(work.case_id)
        if case is None or not _is_leaving(case, rev):
            return None
        op = OpId(f"interrupted:{work.key}:{work.nonce}")
        after = await self.store.change(case.id, op, lambda case, now: sending.interrupted(case, rev, now), under=work)
        return after.timing.look_gap if _is_leaving(after, rev) else None

    async def look(self, work: Work) -> int | None:
        """Look for a reply in doubt. Returns milliseconds until the next look, None when it is settled."""
        rev = int(work.args["rev"])
        case = await self.store.load(work.case_id)
        draft = case.draft if case else None
        if case is None or draft is None or not _in_doubt(case, rev):
            return None
        own = await self.platforms[case.platform].own_posts(draft.attempts[0].watermark)
        found = next((post for post in own if same_reply(case, draft, post)), None)
        clean = len(own) < MOST_SHOWN and not any(strange_reply(case, draft, post) for post in own)
        after = await self.store.change(
            case.id,
            OpId(f"looked:{work.key}:{work.nonce}"),
            lambda case, now: sending.looked(case, rev, found, now, clean=clean),
            under=work,
        )
        return after.timing.look_gap if _in_doubt(after, rev) else None

    async def check(self, work: Work) -> None:
        """Read a published reply back and compare it with what was approved."""
        rev = int(work.args["rev"])
        case = await self.store.load(work.case_id)
        draft = next((d for d in case.drafts if d.rev == rev), None) if case else None
        if case is None or draft is None or draft.sent_id is None:
            return
        own = await self.platforms[case.platform].own_posts(None)
        mine = next((post for post in own if post.id == draft.sent_id), None)
        if mine is None and work.tries < READ_BACK_TRIES:
            raise Unavailable("the published reply is not on the timeline yet")
        if mine is not None and not same_words(mine.text, draft.text):
            await self.store.change(
                case.id, OpId(f"differs:{case.id}:{rev}"), lambda case, now: sending.differs(case, rev, now)
            )


def _in_doubt(case: Case, rev: int) -> bool:
    return _is(DraftState.UNCONFIRMED, case, rev)


def _is_leaving(case: Case, rev: int) -> bool:
    return _is(DraftState.SENDING, case, rev)


def _is(state: DraftState, case: Case, rev: int) -> bool:
    draft = case.draft
    return draft is not None and draft.rev == rev and draft.state is state
