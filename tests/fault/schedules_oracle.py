"""Was each published reply allowed to leave? Judged from the platform's log and the record of what people did, alone.

Where two things happened at once, whichever order lets the reply leave is believed: a fault is what no order excuses.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.domain.cases.case import Case
from bot.domain.ids import SECOND, CaseId, PostId, UserId
from bot.domain.people import Side
from tests.fault.schedules_record import Deed, HoldPlaced, Record, Seen, Submission, Turned, Yes
from tests.fault.schedules_rules import LIMITS, About, Rules, are_enough, demand_of, is_covered, stricter
from tests.fault.simulator_platform import Published

UNSURE = 30 * SECOND
"""An act that was never answered was done within this, or not at all."""
HOLD_AGE = 150 * SECOND
"""An approval that was this old when a hold was lifted counts no more."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One reply that left: its work was taken, its mark was durable, it stood on the platform."""

    post: Published
    draft: Submission
    case: Case
    taken: int
    began: int


@dataclass(eq=False)
class Oracle:
    """Judges. `taken` and `began` say when a piece of work was taken and its mark was written, by its nonce."""

    record: Record
    cases: dict[CaseId, Case] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    began: dict[str, int] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)

    def judge(self, published: list[Published]) -> list[str]:
        ours = [post for post in published if post.nonce]
        self.published = {post.nonce: post.text for post in ours}
        faults = [f"DOUBLED: {text}" for text, times in Counter(post.text for post in ours).items() if times > 1]
        for post in ours:
            draft = next((one for one in self.record.submissions if one.text == post.text and one.is_possible), None)
            if draft is None or post.nonce not in self.began:
                faults.append(f"UNAPPROVED: nobody wrote “{post.text}”")
                continue
            left = Departure(post, draft, self.cases[draft.case_id], self.taken[post.nonce], self.began[post.nonce])
            faults += [f"{fault} (“{post.text}”, marked at {left.began})" for fault in self._faults(left)]
        return faults

    def _faults(self, left: Departure) -> Iterator[str]:
        yield from self._held(left)
        yield from self._taken_back(left)
        yield from self._withdrawn(left)
        if left.draft.alone and not self._why_not_alone(left):
            return
        tried = [self._why_not(left, then, now) for then in self._rules_then(left) for now in self._rules_now(left)]
        if all(tried):
            yield tried[0] if not left.draft.alone else f"{tried[0]}; alone: {self._why_not_alone(left)}"

    def _rules_then(self, left: Departure) -> list[Rules]:
        return self.record.rules_between(left.draft.began, self._until(left.draft))

    def _rules_now(self, left: Departure) -> list[Rules]:
        return self.record.rules_between(left.taken, left.began)

    def _about(self, left: Departure, at: tuple[int, int]) -> list[About]:
        """Return the reply with each set of the customer's words that the desk knew in that time."""
        case = left.case
        known = self.record.known_between(case.id, *at)
        return [
            About(
                topic=case.route.topic,
                level=level,
                followers=case.first_post.author.followers,
                customer=words,
                reply=left.draft.text,
                sensitive=self._is_sensitive(left),
            )
            for words, level in known
        ]

    def _is_sensitive(self, left: Departure) -> bool:
        return any(one.sensitive and one.sure for one in self._round(left))

    def _round(self, left: Departure) -> list[Submission]:
        """Return what was handed in for this answer, since the last one that left."""
        of_case = [one for one in self.record.submissions if one.case_id == left.case.id and one.is_possible]
        mine = of_case.index(left.draft)
        out = self._left_before(left)
        since = max((self._until(one) for one in of_case[:mine] if one.text in out), default=0)
        return [one for one in of_case[: mine + 1] if one.began >= since]

    def _left_before(self, left: Departure) -> frozenset[str]:
        return frozenset(text for nonce, text in self.published.items() if self.began.get(nonce, 0) < left.began)

    def _why_not(self, left: Departure, then: Rules, now: Rules) -> str:
        """Return why the approvals do not suffice, or nothing."""
        draft = left.draft
        at_submit = self._about(left, (draft.began, self._until(draft)))
        at_send = self._about(left, (left.taken, left.began))
        whys = [
            self._why_not_by(left, demand_of(then, first), demand_of(now, last))
            for first in at_submit
            for last in at_send
        ]
        return "" if not all(whys) else whys[0]

    def _why_not_by(self, left: Departure, then: tuple[object, int, int], now: tuple[object, int, int]) -> str:
        needs = stricter(then[0], now[0])  # type: ignore[arg-type]  # the first of three is always what is needed
        votes = self._votes(left)
        stands: dict[UserId, frozenset[str]] = {}
        for one in votes:
            stands[one.by] = stands.get(one.by, frozenset()) | self._stands(one, left)
        if not are_enough(needs, stands):
            return f"UNAPPROVED: needs {needs}, has { ({user: sorted(f) for user, f in stands.items()}) }"
        latest = max(self._until(one) for one in votes)
        if left.began - latest >= then[2]:
            return f"STALE: approved {left.began - latest} ms ago, may live {then[2]}"
        first = self._cleared_not_before(votes, then[0])
        if left.began < first + then[1] and not self._hurried(left):
            return f"EARLY: cleared at {first} at the earliest, may be undone for {then[1]} ms"
        return self._outlived(left, latest)

    def _stands(self, yes: Yes, left: Departure) -> frozenset[str]:
        return self.record.stood(yes.by, yes.began, self._until(yes)) & self.record.stood(
            yes.by, left.taken, left.began
        )

    @staticmethod
    def _until(deed: Deed) -> int:
        """Return by when an act was done, if it was."""
        return min(deed.ended, deed.began + UNSURE)

    def _cleared_not_before(self, votes: list[Yes], needs: object) -> int:
        """Return the beginning of the first yes with which there could have been enough."""
        latest_first = sorted(votes, key=lambda one: -one.began)
        ordered = sorted({one.by: one.began for one in latest_first}.values())
        total = sum(needs.values())  # type: ignore[attr-defined]  # as above
        return ordered[min(total, len(ordered)) - 1]

    def _votes(self, left: Departure) -> list[Yes]:
        """Return who said yes to exactly this, of those who wrote nothing of it, as long as it is still true."""
        wrote = {one.by for one in self._round(left) if one.sure}
        return [
            yes
            for yes in self.record.yeses
            if yes.case_id == left.case.id and yes.is_possible and yes.began <= left.began
            if yes.by not in wrote and self._is_fresh(yes.seen, left)
        ]

    def _is_fresh(self, seen: Seen, left: Departure) -> bool:
        same = (seen.text, seen.target) == (left.draft.text, left.post.target)
        now = self.record.words_of(left.post.target, left.taken, left.began)
        return same and seen.target_words in now and self._is_newest(seen.newest, left)

    def _is_newest(self, post: PostId, left: Departure) -> bool:
        """Say whether the desk had taken in nothing newer by the time the reply began to leave."""
        newer = [at for at, case_id, one in self.record.heard if case_id == left.case.id and int(one) > int(post)]
        return all(at >= left.began for at in newer)

    def _hurried(self, left: Departure) -> bool:
        return any(
            one.text == left.draft.text and one.is_possible and one.began <= left.began for one in self.record.hurries
        )

    def _outlived(self, left: Departure, latest: int) -> str:
        for hold in self.record.holds:
            lifted = self._lifted(hold)
            mattered = hold.sure and lifted and self._covers(hold, left.case) and lifted[1] < left.taken
            if mattered and lifted and lifted[0] - latest >= HOLD_AGE:
                return f"STALE: approved before hold {hold.number}, which was lifted too long after"
        return ""

    def _held(self, left: Departure) -> Iterator[str]:
        for hold in self.record.holds:
            if hold.sure and self._covers(hold, left.case) and hold.ended < left.began:
                lifted = self._lifted(hold)
                if lifted is None or left.began < lifted[0]:
                    yield f"HELD: {hold.number} on {hold.scope} {hold.value} was answered at {hold.ended}"

    @staticmethod
    def _covers(hold: HoldPlaced, case: Case) -> bool:
        return hold.scope == "all" or hold.value == {"topic": case.route.topic, "case": case.id}[hold.scope]

    def _lifted(self, hold: HoldPlaced) -> tuple[int, int] | None:
        """Return from when on it may have been lifted and until when it surely was: one of each side wanted it."""
        for last in sorted(hold.wishes, key=lambda one: one.began):
            so_far = [one for one in hold.wishes if one.is_possible and one.began <= last.began]
            until = self._until(last)
            sides = {
                one.by: self.record.stood(one.by, one.began, until) & {Side.PR.value, Side.SERVICE.value}
                for one in so_far
            }
            if are_enough({"pr": 1, "service": 1}, sides):
                return last.began, until
        return None

    def _taken_back(self, left: Departure) -> Iterator[str]:
        for no in self.record.noes:
            if no.sure and no.text == left.draft.text and no.case_id == left.case.id and no.ended < left.began:
                yield f"TAKEN BACK: by {no.by} at {no.ended}"
        for other in self.record.submissions:
            newer = other.case_id == left.case.id and other.began > self._until(left.draft)
            if newer and other.sure and other.ended < left.began:
                yield f"TAKEN BACK: other words were handed in at {other.ended}"

    def _withdrawn(self, left: Departure) -> Iterator[str]:
        if left.draft.point and _is_off(self.record.points, left.draft.point, left.began, left.began):
            yield f"WITHDRAWN: it was written from {left.draft.point}"

    def _why_not_alone(self, left: Departure) -> str:
        """Return why no limit let its writer send it without anybody else, or nothing."""
        draft, until = left.draft, self._until(left.draft)
        fresh = self.record.words_of(left.post.target, 0, until) & self.record.words_of(
            left.post.target, left.taken, left.began
        )
        if not fresh or not all(
            at >= left.began for at, case_id, _ in self.record.heard if self._later(at, case_id, left)
        ):
            return "the customer has said something else since"
        stood = self.record.stood(draft.by, draft.began, until) & self.record.stood(draft.by, left.taken, left.began)
        whys = [
            self._why_not_within(left, limit, stood, now)
            for now in self._rules_now(left)
            for limit in LIMITS
            if limit in now.limits
        ]
        return "" if not all(whys or ["no limit is there"]) else next(iter(whys), "no limit is there")

    def _later(self, at: int, case_id: CaseId, left: Departure) -> bool:
        return case_id == left.case.id and at > self._until(left.draft)

    def _why_not_within(self, left: Departure, limit: dict[str, object], stood: frozenset[str], now: Rules) -> str:
        abouts = self._about(left, (left.taken, left.began))
        then = [demand_of(rules, about) for rules in self._rules_then(left) for about in abouts]
        today = [demand_of(now, about) for about in abouts]
        few = any(sum(stricter(a[0], b[0]).values()) <= 1 for a in then for b in today)
        until = self._until(left.draft)
        asked: tuple[tuple[Callable[[], bool], str], ...] = (
            (lambda: str(limit["allowed"]) in stood, "its writer is not of those who may"),
            (lambda: any(is_covered(limit, about) for about in abouts), "it is outside"),
            (lambda: few, "it takes two people"),
            (lambda: not _is_off(self.record.switches, str(limit["name"]), left.began, left.began), "it is off"),
            (lambda: left.began - until < max(one[2] for one in then), "it is too old"),
            (lambda: left.began >= left.draft.began + min(one[1] for one in then), "it may still be undone"),
        )
        return next((why for holds, why in asked if not holds()), "")


def _is_off(turned: list[Turned], name: str, first: int, last: int) -> bool:
    """Say whether it was off all the time from `first` to `last`, in whatever order the unsure acts were done."""
    mine = [one for one in turned if one.name == name and one.is_possible]
    offs = [one for one in mine if not one.on and one.sure and one.ended < first]
    return any(not any(one.on and one.began <= last and one.ended > off.began for one in mine) for off in offs)
