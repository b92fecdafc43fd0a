"""Cards in every state there is, and what a reader, a finger and Slack find on them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bot.domain.approving import approval
from bot.domain.cases import conversation, ending, ownership
from bot.domain.cases.case import Case, Level, Resolution, Severity
from bot.domain.cases.lifecycle import Verb
from bot.domain.cases.post import Author, ReplyPolicy
from bot.domain.escalating import escalation
from bot.domain.escalating.plan import Plan, Step
from bot.domain.ids import HOUR, Instant, Nonce, later
from bot.domain.people import Side
from bot.domain.policy import SavedReply
from bot.domain.replies import sending
from bot.domain.replies.reply import RefusedByPlatform
from bot.domain.text.wording import TextRule
from bot.ports import Message
from bot.sandbox.slack.blocks import LONGEST_BLOCKS, problems_of_blocks, text_length
from bot.views import card
from bot.views.ids import Action
from bot.views.shown import Shown
from tests import builders as a
from tests.unit.domain.paging import escalated

SHOWN = Shown(account="brand", count=25, maximum=280, by_hand_url="https://x.example/intent/tweet?in_reply_to=1001")
HOSTILE = "<!channel> <@U0ADMIN> <https://evil.example|our page> & <#C1>\nStatus: APPROVED *by* `PR` _now_ ~old~"
WRITTEN_BY_US = re.compile(
    r"<(?:@U[A-Z0-9]+|!subteam\^S[A-Z0-9]+|#C[A-Z0-9]+|!date\^[^>|]+\|[^>|]+|https://[^>|]+\|[^>|]+)>"
)
"""The only marks that may stand in our mrkdwn: mentions of staff, our channels, dates and links with our own labels."""


def drawn(case: Case, now: Instant = a.LEAVES, shown: Shown = SHOWN, waiting: int = 0) -> Message:
    return card.render(case, shown, now, waiting)


def faults(message: Message) -> list[str]:
    """Return what Slack would refuse, and what it would cut."""
    found = problems_of_blocks([dict(block) for block in message.blocks])
    if text_length([*message.blocks]) > LONGEST_BLOCKS:
        found.append("msg_blocks_too_long")
    return [*found, *([] if 10 < len(message.text) < 3_000 else ["text"])]


def walk(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from walk(inner)


def mrkdwn(blocks: object) -> list[str]:
    return [str(part["text"]) for part in walk(blocks) if part.get("type") == "mrkdwn"]


def quoted(message: Message) -> str:
    return "".join(str(part["text"]) for part in walk(message.blocks) if part.get("type") == "text")


def pressed(message: Message) -> list[str]:
    """Return the actions a card offers: its buttons, then its menu."""
    elements = [part for part in walk(message.blocks) if part.get("type") in ("button", "overflow")]
    found: list[str] = []
    for element in elements:
        if element["type"] == "button":
            found.append(str(element["action_id"]))
        else:
            found.extend(str(option["value"]).partition(":")[0] for option in element["options"])
    return found


def bare(text: str) -> str:
    """Return our mrkdwn without the marks we wrote: no angle bracket may be left in it."""
    return WRITTEN_BY_US.sub("", text)


# every state there is


def partly_approved() -> Case:
    return a.yes(a.needing(pr=2)).case


def no(verb: str) -> Case:
    return getattr(approval, verb)(a.in_review(), a.PAT, 1, "name the <airport> & *gate*", a.NOON).case


def offered(case: Case) -> Case:
    return ownership.hand_over(case, a.SAM, Side.PR, "a <journalist> asks", a.NOON).case


def asked_to_dismiss(case: Case) -> Case:
    return ending.dismiss(case, a.SAM, Resolution.SPAM, "an <advert>", a.NOON).case


def snoozed(case: Case) -> Case:
    return ownership.snooze(case, a.SAM, a.after(HOUR), a.NOON).case


def deleted(case: Case) -> Case:
    return conversation.post_deleted(case, case.posts[0], "deleted", a.NOON).case


def resend_cleared() -> Case:
    once = sending.looked(a.unconfirmed(), 1, None, later(a.LEAVES, a.TIMING.look_grace)).case
    return sending.looked(once, 1, None, later(a.LEAVES, a.TIMING.look_grace + a.TIMING.look_gap)).case


def platform_said_no() -> Case:
    return sending.record(
        a.sending_now(), 1, Nonce("n1"), RefusedByPlatform(reason="the author <limits> replies"), a.LEAVES
    ).case


def locked() -> Case:
    return a.a_case(a.a_post(reply_policy=ReplyPolicy.NONE, reply_policy_reason="they <blocked> us"))


def many_posts() -> Case:
    return a.claimed(a.a_case(*(a.a_post(number) for number in range(1, 8))))


def handled_by_hand() -> Case:
    return a.approved(a.in_review(a.claimed(a.a_case(a.by_hand()))))


STATES: dict[str, Callable[[], Case]] = {
    **{str(status): make for status, make in a.IN_STATUS.items()},
    "not posted yet": lambda: a.a_case(card=None),
    "in review, by hand": lambda: a.in_review(a.claimed(a.a_case(a.by_hand()))),
    "partly approved": partly_approved,
    "approved, by hand": handled_by_hand,
    "posted by hand": lambda: ending.answered_by_hand(handled_by_hand(), a.SAM, a.NOON).case,
    "sending": a.sending_now,
    "unconfirmed": a.unconfirmed,
    "cleared again": resend_cleared,
    "changes asked": lambda: no("ask_changes"),
    "rejected": lambda: no("reject"),
    "recalled": lambda: conversation.post_edited(a.in_review(), a.a_post(text="Never mind"), a.NOON).case,
    "withdrawn": lambda: deleted(a.in_review()),
    "refused by the platform": platform_said_no,
    "handed over": lambda: offered(a.claimed()),
    "handed over, unclaimed": lambda: offered(a.a_case()),
    "handed over and accepted": lambda: ownership.accept(offered(a.claimed()), a.PAT, a.NOON).case,
    "dismissal asked": lambda: asked_to_dismiss(a.claimed()),
    "dismissal asked, unclaimed": lambda: asked_to_dismiss(a.a_case()),
    "dismissed": a.dismissed,
    "escalated": lambda: escalated(Plan(name="night <&>", steps=(Step(people=(a.PAT.id,), after=60_000),))),
    "escalated and acknowledged": lambda: (
        escalation.acknowledge(
            escalated(Plan(name="night", steps=(Step(schedule="s"),)), a.claimed()), a.PAT, 1, a.NOON
        ).case
    ),
    "snoozed": lambda: snoozed(a.claimed()),
    "snoozed, unclaimed": lambda: snoozed(a.a_case()),
    "post deleted": lambda: deleted(a.claimed()),
    "post deleted, resolved": lambda: deleted(a.resolved()),
    "no reply possible": locked,
    "many posts": many_posts,
    "praise": lambda: a.a_case(severity=a.PRAISE, route=replace(a.a_case().route, topic="")),
    "emergency": lambda: a.a_case(severity=Severity(level=Level.EMERGENCY, reasons=("smoke", "fire & <heat>"))),
    "follow-up": lambda: a.a_case(follows=a.a_case().id),
    "thanks after the answer": lambda: conversation.customer_wrote(a.answered(), a.a_post(2), a.PRAISE, a.NOON).case,
}


NO_VERB = {
    Action.PR_LINE,
    Action.ACKNOWLEDGE,
    Action.WHY_ME,
    Action.WHY,
    Action.HOLD,
    Action.OPEN_LINK,
    Action.PICK_SAVED,
    Action.MORE,
}
VERB_OF = {
    Action.AGREE: Verb.DISMISS,
    Action.POSTED_BY_HAND: Verb.SENT,
    Action.IT_IS_THERE: Verb.SENT,
    Action.SEND_AGAIN: Verb.SETTLE,
}


def hostile_post(number: int = 1, **other: object) -> Any:
    return a.a_post(number, HOSTILE, author=Author(id="7", handle=HOSTILE, name=HOSTILE), **other)


HOSTILE_STATES: dict[str, Callable[[], Case]] = {
    "new": lambda: a.a_case(hostile_post()),
    "claimed, wrote twice": lambda: a.claimed(a.a_case(hostile_post(1), hostile_post(2))),
    "in review": lambda: a.in_review(a.claimed(a.a_case(hostile_post())), body=HOSTILE),
    "approved": lambda: a.approved(a.in_review(a.claimed(a.a_case(hostile_post())), body=HOSTILE)),
    "answered": lambda: a.answered(a.sending_now(a.approved(a.in_review(a.claimed(a.a_case(hostile_post())))))),
    "resolved": lambda: a.resolved(
        a.answered(a.sending_now(a.approved(a.in_review(a.claimed(a.a_case(hostile_post()))))))
    ),
    "dismissed": lambda: a.dismissed(a.a_case(hostile_post())),
}


RULE = TextRule(maximum=280, count=len)
SAVED = tuple(
    SavedReply(id=f"r{n}", title=f"Reply {n} " + "x" * 90, text="Hello {name}", group=f"Group {n % 7}")
    for n in range(99)
)
