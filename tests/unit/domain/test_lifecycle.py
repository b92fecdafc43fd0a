"""The table of what may be done when: nothing beside it is possible, everything in it is."""

from collections.abc import Callable

import pytest

from bot.domain.approving import approval
from bot.domain.cases import conversation, ending, ownership
from bot.domain.cases.case import Case, Decision, Resolution, Severity
from bot.domain.cases.lifecycle import DONE, NEXT, STATUS_WORDS, Status, Verb, allowed, step
from bot.domain.errors import Refused
from bot.domain.ids import DAY, Nonce
from bot.domain.people import Side
from bot.domain.replies import drafting, sending
from bot.domain.replies.reply import RefusedByPlatform
from tests import builders as a

ALL = [(status, verb) for status in Status for verb in Verb]
PRAISE = Severity(negative=False)
TWO_WEEKS_LATER = a.after(15 * DAY)


def offered(case: Case) -> Case:
    return ownership.hand_over(case, a.SAM, Side.PR, "a journalist asks", a.NOON).case


def asked(case: Case) -> Case:
    return ending.dismiss(case, a.SAM, Resolution.SPAM, "an advert", a.NOON).case


def no(verb: Callable[..., Decision]) -> Callable[[Case], Decision]:
    return lambda case: verb(case, a.PAT, 1, "name the airport", a.NOON)


def wrote(case: Case) -> Decision:
    return conversation.customer_wrote(case, a.a_post(9), PRAISE, a.NOON)


def deleted(case: Case) -> Decision:
    return conversation.post_deleted(case, case.posts[0], "deleted by its author", a.NOON)


def submit(case: Case) -> Decision:
    return drafting.submit(case, a.SAM, a.written(), a.RULE, a.NOON)


def give(case: Case) -> Decision:
    return ownership.reassign(case, a.SAM, a.SUE, a.NOON)


def hand(case: Case) -> Decision:
    return ownership.hand_over(case, a.SAM, Side.PR, "a journalist asks", a.NOON)


def accept(case: Case) -> Decision:
    return ownership.accept(offered(case), a.PAT, a.NOON)


def nap(case: Case) -> Decision:
    return ownership.snooze(case, a.SAM, a.after(DAY), a.NOON)


def take(case: Case) -> Decision:
    return ownership.take_over(case, a.SUE, a.NOON)


def agree(case: Case) -> Decision:
    return ending.agree(asked(case), a.SUE, a.NOON)


def keep(case: Case) -> Decision:
    return ending.keep(asked(case), a.SUE, a.NOON)


def reopen(case: Case) -> Decision:
    return ending.reopen(case, a.SUE, a.NOON)


def resolve(case: Case) -> Decision:
    return ending.resolve(case, a.SAM, a.NOON)


def recall(case: Case) -> Decision:
    return approval.recall(case, a.SAM.id, a.NOON)


def refused(case: Case) -> Decision:
    return sending.record(a.sending_now(case), 1, Nonce("n1"), RefusedByPlatform(reason="not allowed"), a.LEAVES)


def sent(case: Case) -> Decision:
    return sending.record(a.sending_now(case), 1, Nonce("n1"), a.PROOF, a.LEAVES)


def resolve_answered(case: Case) -> Decision:
    """A claimed case can be resolved when it was answered before: the customer said thank you."""
    return ending.resolve(wrote(a.answered()).case, a.SAM, a.NOON)


def alone(case: Case) -> Decision:
    return drafting.submit(case, a.SAM, a.written(alone=True), a.RULE, a.NOON, terms=a.LENIENT, seal=a.seal)


S, V = Status, Verb
WAYS: dict[tuple[Status, Verb], Callable[[Case], Decision]] = {
    (S.NEW, V.CLAIM): lambda case: ownership.claim(case, a.SAM, a.NOON),
    (S.NEW, V.REASSIGN): give,
    (S.NEW, V.HAND_OVER): hand,
    (S.NEW, V.ACCEPT): accept,
    (S.NEW, V.SNOOZE): nap,
    (S.NEW, V.DISMISS): agree,
    (S.NEW, V.KEEP): keep,
    (S.NEW, V.CUSTOMER_WRITES): wrote,
    (S.CLAIMED, V.RELEASE): lambda case: ownership.release(case, a.SAM.id, a.NOON),
    (S.CLAIMED, V.TAKE_OVER): take,
    (S.CLAIMED, V.REASSIGN): give,
    (S.CLAIMED, V.HAND_OVER): hand,
    (S.CLAIMED, V.ACCEPT): accept,
    (S.CLAIMED, V.SNOOZE): nap,
    (S.CLAIMED, V.DRAFT): submit,
    (S.CLAIMED, V.DISMISS): agree,
    (S.CLAIMED, V.KEEP): keep,
    (S.CLAIMED, V.RESOLVE): resolve_answered,
    (S.CLAIMED, V.CUSTOMER_WRITES): wrote,
    (S.CLAIMED, V.SEND_ALONE): alone,
    (S.IN_REVIEW, V.SEND_ALONE): alone,
    (S.IN_REVIEW, V.VOID): lambda case: wrote(a.yes(a.needing(case, pr=2)).case),
    (S.IN_REVIEW, V.TAKE_OVER): take,
    (S.IN_REVIEW, V.DRAFT): submit,
    (S.IN_REVIEW, V.APPROVE): a.yes,
    (S.IN_REVIEW, V.ASK_CHANGES): no(approval.ask_changes),
    (S.IN_REVIEW, V.REJECT): no(approval.reject),
    (S.IN_REVIEW, V.RECALL): recall,
    (S.IN_REVIEW, V.EXPIRE): lambda case: approval.expire(case, 1, a.after(a.TIMING.draft_life)),
    (S.IN_REVIEW, V.CUSTOMER_WRITES): wrote,
    (S.APPROVED, V.RECALL): recall,
    (S.APPROVED, V.EXPIRE): deleted,
    (S.APPROVED, V.VOID): lambda case: approval.expire(case, 1, a.after(a.TIMING.approval_life)),
    (S.APPROVED, V.SEND_NOW): lambda case: approval.hurry(case, a.PAT, 1, a.NOON),
    (S.APPROVED, V.SEND): lambda case: sending.start(case, 1, a.an_attempt(), a.holds, a.LEAVES),
    (S.APPROVED, V.SENT): sent,
    (S.APPROVED, V.REFUSE): refused,
    (S.ANSWERED, V.RESOLVE): resolve,
    (S.ANSWERED, V.REOPEN): reopen,
    (S.ANSWERED, V.CUSTOMER_WRITES): wrote,
    (S.RESOLVED, V.REOPEN): reopen,
    (S.RESOLVED, V.CUSTOMER_WRITES): wrote,
    (S.RESOLVED, V.ARCHIVE): lambda case: ending.archive(case, TWO_WEEKS_LATER),
}
PASSING = {
    (S.APPROVED, V.SETTLE): "a person's no goes on to the approver at once (test_sending)",
    (S.APPROVED, V.CUSTOMER_WRITES): "new words of the customer void the approval at once (test_conversation)",
}
"""Rows that no verb stops at: a second step of the same decision follows."""


@pytest.mark.parametrize(("status", "verb"), [pair for pair in ALL if pair not in NEXT])
def test_what_is_not_in_the_table_is_refused_with_what_to_do_instead(status: Status, verb: Verb):
    with pytest.raises(Refused) as no:
        step(status, verb)
    why, _, instead = no.value.sentence.partition(". ")
    assert why == f"That is not possible now: {STATUS_WORDS[status]}"
    assert instead.endswith(".")
    assert len(instead.split()) >= 3


@pytest.mark.parametrize(("status", "verb"), NEXT)
def test_what_is_in_the_table_leads_where_it_says(status: Status, verb: Verb):
    assert step(status, verb) is NEXT[status, verb]
    assert allowed(status, verb)


@pytest.mark.parametrize(("status", "verb"), WAYS)
def test_every_row_is_what_some_act_does(status: Status, verb: Verb):
    decision = WAYS[status, verb](a.IN_STATUS[status]())
    assert decision.case.status is NEXT[status, verb]
    assert decision.events


def test_no_row_is_without_an_act():
    assert {*WAYS, *PASSING} == set(NEXT)


@pytest.mark.parametrize("status", Status)
def test_the_builders_stand_where_they_say(status: Status):
    assert a.IN_STATUS[status]().status is status


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.CLOSED])
def test_no_status_but_closed_is_a_dead_end(status: Status):
    assert {to for (at, _), to in NEXT.items() if at is status} - {status}


def test_closed_is_for_good():
    assert not [verb for status, verb in NEXT if status is Status.CLOSED]


def test_done_means_resolved_or_closed():
    assert {Status.RESOLVED, Status.CLOSED} == DONE
