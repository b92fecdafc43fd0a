"""One line per fact in the card's thread, and the word to the other side. Never a wall."""

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter

from bot.domain.approving import approval
from bot.domain.approving.demand import in_words
from bot.domain.cases.case import Case
from bot.domain.cases.events import Fact, Ground, Line, Refusal
from bot.domain.ids import DESK, Instant, UserId
from bot.domain.people import Side, factor_label
from bot.domain.text.words import Mrkdwn, escape_mrkdwn
from bot.ports import Message
from bot.views import blocks as b
from bot.views import pages

Args = Mapping[str, str]
WORDS_SHOWN = 8
"""Hex digits of a digest that tell one wording from another in the story of a case."""

_MENTION = re.compile(r"&lt;(@[A-Z0-9]+)&gt;")

WORDS: dict[Fact, str] = {
    Fact.CASE_OPENED: "The post came in and was routed.",
    Fact.CUSTOMER_WROTE: ":speech_balloon: The customer wrote again.",
    Fact.REPEATED: ":repeat: Posts like this one, counted here: {detail}.",
    Fact.POST_EDITED: ":pencil2: The customer edited the post.",
    Fact.POST_DELETED: ":wastebasket: A post is gone: {detail}.",
    Fact.CARD_POSTED: "The card was posted.",
    Fact.CARD_LOST: "The card was gone from Slack and is posted again.",
    Fact.CLAIMED: "{by} claimed it.",
    Fact.RELEASED: "{by} released it. {detail}",
    Fact.TAKEN_OVER: "{by} took it over {detail}.",
    Fact.REASSIGNED: "{by} passed it {detail}.",
    Fact.HANDED_OVER: "{by} hands it {detail}",
    Fact.HANDOVER_ACCEPTED: "{by} accepted it {detail}.",
    Fact.SNOOZED: ":zzz: {by} snoozed it.",
    Fact.WOKEN: ":alarm_clock: The snooze is over.",
    Fact.SUBMITTED: "{by} asks for approval of {detail}.",
    Fact.APPROVED: ":white_check_mark: {by} approved {detail}.",
    Fact.LIMIT_USED: ":envelope_with_arrow: {by} sends it without PR, inside the limit “{detail}”.",
    Fact.LIMIT_SWITCHED_OFF: "{by} switched the limit “{detail}” off.",
    Fact.LIMIT_SWITCHED_ON: "{by} switched the limit “{detail}” on.",
    Fact.SEND_HURRIED: "{by} sends it now.",
    Fact.REPLY_CLEARED: "The reply is cleared for sending.",
    Fact.CHANGES_ASKED: ":leftwards_arrow_with_hook: {by} sent it back: {detail}",
    Fact.REJECTED: ":no_entry: {by} rejected it: {detail}",
    Fact.RECALLED: "{by} took the reply back.",
    Fact.DRAFT_EXPIRED: "The reply was withdrawn: {detail}.",
    Fact.APPROVAL_VOIDED: ":warning: Back to the approver: {detail}.",
    Fact.SEND_STARTED: "Sending began.",
    Fact.SEND_STOPPED: "Not sent: {detail}. The desk tries again.",
    Fact.SEND_PUT_OFF: "The reply waits: {detail}.",
    Fact.REPLY_SENT: ":outbox_tray: The reply is out.",
    Fact.REPLY_REFUSED: ":no_entry: The platform refused the reply: {detail}",
    Fact.REPLY_UNCONFIRMED: ":grey_question: It is not certain that the reply is out: {detail}. The desk is looking.",
    Fact.REPLY_LOOKED_FOR: "The desk looked for the reply.",
    Fact.REPLY_DIFFERS: ":rotating_light: What stands there is not what was approved. Please look at once. {detail}",
    Fact.ANSWERED_BY_HAND: ":outbox_tray: {by} posted the reply by hand.",
    Fact.DISMISSAL_ASKED: "{by} wants to dismiss it as {detail}. A second person decides.",
    Fact.DISMISSAL_DECLINED: "{by} keeps it.",
    Fact.DISMISSED: "{by} dismissed it as {detail}.",
    Fact.RESOLVED: "{by} resolved it.",
    Fact.REOPENED: "{by} reopened it.",
    Fact.CLOSED: "It was closed and archived.",
    Fact.HOLD_PLACED: "{by} placed a hold: {detail}",
    Fact.HOLD_LIFT_ASKED: "{by} wants a hold lifted: {detail}",
    Fact.HOLD_LIFTED: "{by} lifted a hold: {detail}",
    Fact.ESCALATED: ":bell: {by} escalated it: {detail}",
    Fact.STEP_REACHED: ":bell: Escalation, {detail}.",
    Fact.STEP_SKIPPED: ":no_bell: Escalation, {detail}. The next step comes at once.",
    Fact.PAGED: "{detail} was paged.",
    Fact.PAGE_REFUSED: ":no_bell: Slack delivers no page to {detail}.",
    Fact.PAGE_HELD: ":no_bell: A page was held back: {detail}.",
    Fact.ACKNOWLEDGED: ":white_check_mark: {by} acknowledged the escalation. {detail}",
    Fact.ACKNOWLEDGEMENT_ENDING: "The acknowledgement of the escalation is about to end.",
    Fact.ACKNOWLEDGEMENT_ENDED: ":bell: The acknowledgement ended: {detail}. Paging goes on where it had come to.",
    Fact.ESCALATION_ENDED: "The escalation is over: {detail}.",
    Fact.POINT_WITHDRAWN: "{by} withdrew a talking point: {detail}",
    Fact.POINT_RESTORED: "{by} restored a talking point: {detail}",
    Fact.OVERRIDE_ADDED: "{by} changed who is on call: {detail}",
    Fact.OVERRIDE_REMOVED: "{by} took a change back: {detail}",
    Fact.SWAP_ASKED: "{by} asked for a swap: {detail}",
    Fact.SWAP_ACCEPTED: "{by} accepted a swap: {detail}",
    Fact.SWAP_DECLINED: "{by} ended a question: {detail}",
    Fact.TARGET_NEAR: ":hourglass_flowing_sand: The target for “{detail}” is near.",
    Fact.TARGET_MISSED: ":alarm_clock: The target for “{detail}” was missed.",
    Fact.CHANNEL_SHARED: "The channel {detail} is shared with another company.",
    Fact.CHANNEL_UNSHARED: "The channel {detail} is not shared with another company any more.",
}


_LATE = frozenset({Fact.TARGET_NEAR, Fact.TARGET_MISSED})
_FOR_THE_OWNER = _LATE | {Fact.CUSTOMER_WROTE}
"""Notes that call the owner by name, so that Slack tells them."""


def sentence(fact: Fact, by: UserId, detail: str) -> Mrkdwn:
    """Return one fact in words. What staff typed is escaped, except the mentions that we put there ourselves."""
    who = "The desk" if by == DESK else f"<@{by}>"
    return Mrkdwn(WORDS[fact].format(by=who, detail=keep_mentions(detail)).strip())


def line(args: Args, case: Case) -> Mrkdwn:
    """Return the line for a note in the thread."""
    fact = Fact(args["fact"])
    words = sentence(fact, UserId(args["by"]), args["detail"])
    if fact in _FOR_THE_OWNER and case.owner:
        return Mrkdwn(f"{words} <@{case.owner}>")
    return words


def message(text: Mrkdwn) -> Message:
    return Message(text=text)


def still_waits(args: Args, case: Case) -> bool:
    """Say whether the side that was to be told still has to act."""
    if args["fact"] == Fact.HANDED_OVER:
        return case.handover is not None
    if args["fact"] in _LATE:
        return any(running.clock == args["detail"] for running in case.clocks)
    return bool(set(_asked(args)) & set(approval.open_for(case)))


def _asked(args: Args) -> list[str]:
    """Return the sides and groups that are told."""
    return args.get("who", args["to"]).split(",")


def announcement(args: Args, case: Case, link: str) -> Message:
    """Return the word to the side that has to act."""
    if args["fact"] in _LATE:
        words = f"{case.id}: {sentence(Fact(args['fact']), DESK, args['detail'])} {_who_has_it(case)}"
        return Message(text=f"{words} <{link}|Open the card>")
    side = Side(args["to"]).label
    who = in_words([factor_label(factor) for factor in _asked(args)])
    if args["fact"] == Fact.HANDED_OVER and case.handover:
        words = f"<@{args['by']}> hands {case.id} to {side}: {escape_mrkdwn(case.handover.reason)}"
    elif args["fact"] == Fact.APPROVAL_VOIDED:
        words = f"The reply on {case.id} needs {who} again: {keep_mentions(args.get('detail') or 'something changed')}."
    else:
        why = f": {escape_mrkdwn(approval.ruling_of(case.draft).why)}" if case.draft else ""
        words = f"A reply on {case.id} waits for {who}{why}."
    return Message(text=f"{words} <{link}|Open the card>")


def _who_has_it(case: Case) -> str:
    return f"<@{case.owner}> has it." if case.owner else "Nobody has it yet."


def story(case: Case, refused: Sequence[Refusal] = ()) -> Mrkdwn:
    """Return the life of a case in plain sentences, oldest first, with what people were refused."""
    told = [(entry.at, f"{_when(entry.at)} {_told(entry)}") for entry in case.history]
    told += [(one.at, f"{_when(one.at)} {_refused(one)}") for one in refused]
    lines = [words for _, words in sorted(told, key=itemgetter(0))]
    why = escape_mrkdwn("; ".join(case.severity.reasons) or "ordinary")
    head = f"*{case.id}* · team {escape_mrkdwn(case.route.team)} by rule “{escape_mrkdwn(case.route.rule)}” · {why}"
    return Mrkdwn("\n".join([head, *lines[-25:], *pages.explained(case)]))


def _told(entry: Line) -> str:
    return f"{sentence(entry.fact, entry.by, entry.detail)}{_about(entry.ground)}"


def _refused(one: Refusal) -> str:
    """Return who wanted what and why not."""
    wanted = escape_mrkdwn(one.act.replace("_", " "))
    why = keep_mentions(one.sentence)
    return f":no_entry_sign: <@{one.by}> wanted to {wanted} and was told: {why}{_about(one.ground)}"


def _about(ground: Ground | None) -> str:
    """Return by what the words of a reply are known again, and the rule that they come under."""
    return f" (words `{ground.words[:WORDS_SHOWN]}`, rule “{escape_mrkdwn(ground.rule)}”)" if ground else ""


def _when(at: Instant) -> Mrkdwn:
    return b.clock(Instant(at), "{date_short_pretty} {time}")


def keep_mentions(detail: str) -> str:
    """Return staff's words escaped, with the mentions that we put there ourselves."""
    return _MENTION.sub(r"<\1>", escape_mrkdwn(detail))
