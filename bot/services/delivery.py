"""Sending: look again, mark it, make one call, write down what came of it. At most one reply per approval."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.approving import approval, hold
from bot.domain.approving.demand import Demand
from bot.domain.approving.hold import Holds
from bot.domain.approving.limits import Terms
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.events import Fact
from bot.domain.document import Standing
from bot.domain.errors import Broken, Moved
from bot.domain.ids import Instant, Nonce, OpId, PlatformName, PostId, later
from bot.domain.policy import HoldRule
from bot.domain.replies import sending
from bot.domain.replies.draft import Attempt, Draft, DraftState
from bot.domain.replies.epoch import Epoch
from bot.domain.replies.own_posts import same_reply, strange_reply
from bot.domain.replies.reply import NotSent, Outcome, OwnPost, Reply, Sent
from bot.domain.running import ops_news
from bot.domain.work import Work
from bot.ports import CaseStore, Directory, Document, Gone, Memory, Outbox, Platform, Signer
from bot.services import waits
from bot.services.changeover import Changeover
from bot.services.holding import HOLD_LOOK
from bot.services.intake import Intake
from bot.services.limits import TermsNow
from bot.services.objections import Objection, objected
from bot.services.saying import tell_once_a_day, tell_refused
from bot.services.sides import who_left
from bot.services.waits import Barred, PutOff

SEND_TIMEOUT = 10.0
"""Seconds that the one call to a platform may take."""

AT_ONCE = 1
HIDDEN = "the store was changed over, and our timeline is too full to show whether it is out. Look there first"


class Step(StrEnum):
    """The places on the way of a reply where a crash must do no harm; tests stop the way at each of them."""

    TAKEN = "taken"
    LOOKED = "looked"
    MARKING = "marking"
    MARKED = "marked"
    CALLED = "called"
    RECORDED = "recorded"


Reached = Callable[[Step], Awaitable[None]]


async def nowhere(step: Step) -> None:
    """Pass a step without stopping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What one try stands on: the store's epoch, the end of its lease (monotonic), and documents as they were read."""

    epoch: Epoch
    lease_ends: float
    standing: Standing
    terms: Terms


@dataclass(frozen=True, slots=True)
class Delivery:
    """Does the work `send_reply`. `monotonic` gives seconds that no change of a clock can touch."""

    store: CaseStore
    memory: Memory
    outbox: Outbox
    directory: Directory
    signer: Signer
    intake: Intake
    terms: TermsNow
    platforms: Mapping[PlatformName, Platform]
    holds: Document[Holds]
    hold_rule: HoldRule
    changeover: Changeover
    monotonic: Callable[[], float]
    reached: Reached = nowhere
    objections: Sequence[Objection] = ()

    async def send(self, work: Work, lease_ends: float) -> int | None:
        """Publish one approved reply. Nothing leaves where the lease (`lease_ends`, by `monotonic`) could end first.

        Returns the milliseconds to wait where it is too early, else None.
        """
        await self.reached(Step.TAKEN)
        case, draft = _current(await self.store.load(work.case_id), int(work.args["rev"]))
        if case is None or draft is None:
            return None
        if draft.state is DraftState.SENDING:
            await self._doubt(draft, work)
            return None
        now = await self.memory.now()
        wait = sending.wait_left(case, draft.rev, now)
        if wait is None or wait > 0:
            return wait
        try:
            return await self._unless_held(case, draft, work, lease_ends, now)
        except PutOff as waiting:
            return await self._put_off(case, draft, work, waiting, now)

    async def _unless_held(self, case: Case, draft: Draft, work: Work, lease_ends: float, now: Instant) -> int | None:
        """Publish what no hold covers. Returns the milliseconds to wait under a hold, or when one came in between.

        Raises `PutOff` where somebody has to be waited for; nothing has left then.
        """
        held = await self.holds.read()
        if held.value.covering(case):
            return HOLD_LOOK
        await self._not_barred(case, now)
        epoch = await self.changeover.look()
        waits.for_the_store(epoch, case.timing.epoch_pause, now)
        terms = await self.terms(alone=draft.limit is not None)
        stands = await self._still_stands(case, draft, work, held.value, terms=terms)
        if stands is None:
            return None
        standing = {**terms.standing, **stands, self.holds.name: held.version}
        ground = _Ground(epoch=epoch, lease_ends=lease_ends, standing=standing, terms=terms)
        try:
            return await self._publish(case, draft, work, ground)
        except Moved:
            return AT_ONCE

    async def _put_off(self, case: Case, draft: Draft, work: Work, waiting: PutOff, now: Instant) -> int:
        """Wait, and say so on the card where it takes long; return the milliseconds."""
        if isinstance(waiting, Barred):
            await self._bar(case, later(now, waiting.after))
        until = later(now, waiting.after) if waiting.timed else None
        if now - (draft.decided_at or now) - case.undo >= waiting.said_after:
            await self.store.change(
                case.id,
                OpId(f"wait:{work.key}:{work.nonce}"),
                lambda case, now: sending.put_off(case, draft.rev, until, waiting.reason, now),
                under=work,
            )
        return waiting.after

    async def _not_barred(self, case: Case, now: Instant) -> None:
        """One reply finds out whether our credentials are accepted again; the others wait for it. Raises `PutOff`."""
        until = int(await self.memory.recall(f"barred:{case.platform}") or 0)
        if until > now:
            raise PutOff(waits.UNADMITTED, until - now)

    async def _bar(self, case: Case, until: Instant) -> None:
        """Let nothing leave on this platform for a while, and tell the people who run the desk once a day."""
        await self.memory.remember(f"barred:{case.platform}", str(until))
        news = ops_news.not_admitted(case, until)
        await tell_once_a_day(self.memory, self.outbox, f"barred:{case.platform}", news)

    async def _doubt(self, draft: Draft, work: Work) -> None:
        """Whoever was sending has gone: nobody knows whether it went out."""
        reason = "the desk was interrupted while sending"
        await self.store.change(
            work.case_id,
            OpId(f"doubt:{draft.attempts[-1].nonce}"),
            lambda case, now: sending.unconfirmed(case, draft.rev, reason, now),
            under=work,
        )

    async def _still_stands(
        self, case: Case, draft: Draft, work: Work, holds: Holds, *, terms: Terms
    ) -> Standing | None:
        """Look again before acting: no hold has made it old, the approvers and the post are what they were.

        Returns the shared documents that this stands on, None where the reply went back.
        """
        if lifted := hold.outlived(holds, case, draft, age=self.hold_rule.approval_age):
            await self._void(work, draft, f"it was approved long before {lifted.id} was lifted ({lifted.reason})")
            return None
        wanted = terms.ruling(case, draft, await self.memory.now()).demand
        left = await self._who_left(draft, wanted, work)
        if left:
            await self._void(work, draft, left)
            return None
        looked = await objected(self.objections, case, draft)
        if looked.why:
            await self._void(work, draft, looked.why)
            return None
        with waits.asking(case.platform.upper(), work.tries):
            seen = (await self.platforms[case.platform].look_up([draft.target])).get(draft.target)
        target = case.post(draft.target)
        if seen is None or target is None or isinstance(seen, Gone) or (seen.id, seen.text) != (target.id, target.text):
            await self.intake.noticed(draft.target, seen or Gone(reason="it can no longer be read"), case.platform)
            await self._void(work, draft, "the post it answers is not what was approved any more")
            return None
        return looked.standing

    async def _who_left(self, draft: Draft, wanted: Demand, work: Work) -> str:
        """Say whose approval no longer counts. Raises `PutOff` where Slack cannot say, or does not let us ask."""
        try:
            with waits.asking("the permission check", work.tries, waits.CHECK_SAID_AFTER):
                return await who_left(self.directory, draft, wanted)
        except Broken as error:
            await tell_refused(self.memory, self.outbox, str(error))
            raise PutOff(waits.UNCHECKED, waits.LONGEST) from None

    async def _publish(self, case: Case, draft: Draft, work: Work, ground: "_Ground") -> int | None:
        platform = self.platforms[case.platform]
        await self.reached(Step.LOOKED)
        with waits.asking(case.platform.upper(), work.tries):
            own = await platform.own_posts(draft.target)
        if waits.hides(ground.epoch, case.opened_at, own) and not _told(case, HIDDEN):
            await self._void(work, draft, HIDDEN)
            return None
        if native := _answered_natively(case, draft, own):
            await self._void(work, draft, f"somebody answered on the platform itself: {native.url or native.id}")
            return None
        nonce = Nonce(secrets.token_hex(16))
        watermark = own[0].id if own else draft.target
        await self.reached(Step.MARKING)
        marked = await self._mark(work, draft.rev, nonce, watermark, ground=ground)
        if marked.draft is None or not marked.draft.attempts or marked.draft.attempts[-1].nonce != nonce:
            return sending.wait_left(marked, draft.rev, await self.memory.now())
        await self.reached(Step.MARKED)
        outcome = await self._call(platform, case, draft, own, ground.lease_ends)
        await self.reached(Step.CALLED)
        await self.store.change(
            work.case_id,
            OpId(f"record:{nonce}"),
            lambda case, now: sending.record(case, draft.rev, nonce, outcome, now),
        )
        await self.reached(Step.RECORDED)
        return None

    async def _mark(self, work: Work, rev: int, nonce: Nonce, watermark: PostId, *, ground: "_Ground") -> Case:
        """Commit `SendStarted` with the watermark, durable before a byte leaves.

        Raises `Moved` where a hold, a limit or a talking point changed since we looked: nothing overtakes them.
        """

        def decide(case: Case, now: Instant) -> Decision:
            attempt = Attempt(nonce=nonce, started_at=now, watermark=watermark)
            return sending.start(case, rev, attempt, self.signer.holds, now, terms=ground.terms)

        op = OpId(f"start:{nonce}")
        return await self.store.change(work.case_id, op, decide, under=work, standing=ground.standing)

    async def _call(
        self, platform: Platform, case: Case, draft: Draft, own: Sequence[OwnPost], lease_ends: float
    ) -> Outcome:
        if there := next((post for post in own if same_reply(case, draft, post)), None):
            return Sent(id=there.id, url=there.url)
        reply = Reply(
            platform=case.platform,
            account=case.account,
            target=draft.target,
            text=draft.text,
            visibility=draft.visibility,
        )
        start_by = lease_ends - SEND_TIMEOUT
        if self.monotonic() > start_by:
            return NotSent(reason="the desk was held up before the call")
        return await platform.reply(reply, SEND_TIMEOUT, start_by)

    async def _void(self, work: Work, seen: Draft, reason: str) -> None:
        """Drop the approvals that were looked at; where somebody has decided anew meanwhile, that stands."""

        def decide(case: Case, now: Instant) -> Decision:
            return approval.void(case, reason, now) if case.draft == seen else Decision.unchanged(case)

        await self.store.change(work.case_id, OpId(f"void:{work.key}:{work.nonce}"), decide, under=work)


def _told(case: Case, reason: str) -> bool:
    """Say whether this has sent the case back before: whoever approves after that has looked."""
    return any(reason in line.detail for line in case.history if line.fact is Fact.APPROVAL_VOIDED)


def _current(case: Case | None, rev: int) -> tuple[Case | None, Draft | None]:
    if case is None or case.draft is None or case.draft.rev != rev:
        return None, None
    return case, case.draft


def _answered_natively(case: Case, draft: Draft, own: Sequence[OwnPost]) -> OwnPost | None:
    """Return a reply of ours under the same post that neither the desk nor the approver knows of.

    One that has sent this case back before was shown to the approver: whoever approves after that wants both.
    """
    told = [line.detail for line in case.history if line.fact is Fact.APPROVAL_VOIDED]
    strangers = (post for post in own if strange_reply(case, draft, post))
    unknown = (post for post in strangers if not any((post.url or post.id) in detail for detail in told))
    return next((post for post in unknown if not same_reply(case, draft, post)), None)
