"""The card of a case: always drawn from the stored case, shorter when there is nothing left to do."""

from bot.domain.cases.case import Case, Level
from bot.domain.cases.lifecycle import DONE, Status
from bot.domain.cases.post import Post, ReplyPolicy
from bot.domain.ids import MINUTE, SECOND, Instant
from bot.domain.replies.draft import DraftState, Visibility
from bot.domain.text.links import show_hosts
from bot.domain.text.words import Mrkdwn, escape_mrkdwn, one_line
from bot.domain.timing.targets import Due
from bot.ports import Message
from bot.views import blocks as b
from bot.views import holds, pages
from bot.views.approvals import approvers, difference, why_approval
from bot.views.buttons import action_row, done_menu
from bot.views.notes import keep_mentions
from bot.views.shown import Shown

__all__ = ["Shown", "render"]

LATE = 5 * MINUTE
"""From here on a card says that it came late, so that nobody takes an old post for a new one."""

_TITLES = {
    Status.NEW: "New",
    Status.CLAIMED: "In work",
    Status.IN_REVIEW: "Reply waits for approval",
    Status.APPROVED: "Reply approved, on its way",
    Status.ANSWERED: "Answered",
    Status.RESOLVED: "Resolved",
    Status.CLOSED: "Closed",
}

_LEVELS = {Level.LOW: "low priority", Level.NORMAL: "", Level.HIGH: "high priority", Level.EMERGENCY: "EMERGENCY"}


def render(case: Case, shown: Shown, now: Instant, waiting: int = 0) -> Message:
    """Return the message for a case. `waiting` is how many more cards this channel is waiting for."""
    if case.status in DONE:
        return Message(text=_sentence(case), blocks=tuple(_finished(case, shown)))
    parts = [
        *_held(shown),
        b.header(title(case, now, held=shown.held != ())),
        b.context(*_author(case)),
        *_words(case),
        *_draft(case, shown),
        *_waits(case, now),
        b.fields([*_facts(case, shown), *_promises(case, shown, now)]),
        *pages.on_card(case, held=bool(shown.held)),
        *_asks(case),
        *action_row(case, shown, now),
        b.context(b.mrkdwn(_footer(case, now, waiting))),
    ]
    return Message(text=_sentence(case), blocks=tuple(parts))


def _held(shown: Shown) -> list[b.Block]:
    return holds.cannot_tell() if shown.held is None else holds.banner(shown.held)


def title(case: Case, now: Instant, *, held: bool = False) -> str:
    draft = case.draft
    words = _TITLES[case.status]
    if held and draft and draft.state is DraftState.APPROVED:
        words = "Reply approved, held"
    if draft and draft.state is DraftState.SENDING:
        words = "Reply is being published"
    if draft and draft.state is DraftState.UNCONFIRMED:
        words = "Is the reply out? Please look" if shown_in_doubt(case, now) else "Checking that the reply is out"
    if case.snoozed_until and case.snoozed_until > now:
        words = f"Snoozed until {b.utc(case.snoozed_until)}"
    return ", ".join(part for part in (f"{words}: {_topic(case)}", _LEVELS[case.severity.level]) if part)


def shown_in_doubt(case: Case, now: Instant) -> bool:
    draft = case.draft
    return bool(draft and draft.attempts and now - draft.attempts[-1].started_at >= case.timing.ask_after)


def _topic(case: Case) -> str:
    return case.route.topic or ("post" if not case.severity.negative else "complaint")


def _author(case: Case) -> list[b.Block]:
    author = case.last_post.author
    parts = [f"*@{escape_mrkdwn(one_line(author.handle))}*"]
    if author.name:
        parts.append(f"calls themselves “{escape_mrkdwn(one_line(author.name))}”")
    parts.append(f"{b.short(author.followers)} followers")
    if case.last_post.url:
        parts.append(f"<{escape_mrkdwn(case.last_post.url)}|see post>")
    found: list[b.Block] = [b.mrkdwn(Mrkdwn(" · ".join(parts)))]
    if author.avatar_url:
        found.insert(0, b.image(author.avatar_url, f"Profile picture of @{one_line(author.handle)}"))
    return found


def _words(case: Case) -> list[b.Block]:
    """Show the first post, and the newest where there are more."""
    found = [_post(case.first_post)]
    if len(case.posts) > 2:
        hidden = len(case.posts) - 2
        found.append(b.context(b.mrkdwn(Mrkdwn(f"{hidden} more in between"))))
    if len(case.posts) > 1:
        found.append(b.context(b.mrkdwn(Mrkdwn(f"Wrote again {b.clock(case.last_post.created_at)}"))))
        found.append(_post(case.last_post))
    found += _echoes(case)
    marks = sorted({mark for post in case.posts for mark in post.marks})
    if marks:
        found.append(b.context(b.mrkdwn(Mrkdwn(f":information_source: {', '.join(marks)}"))))
    return found


def _echoes(case: Case) -> list[b.Block]:
    """Say how many posts are counted here, and who wrote the newest of them."""
    if not case.echoed:
        return []
    authors = dict.fromkeys(echo.author for echo in reversed(case.echoes))
    names = ", ".join(f"@{escape_mrkdwn(one_line(author))}" for author in authors)
    newest = f", newest of {names}" if names else ""
    one = set(authors) == {case.first_post.author.handle}
    what = "by the same author" if one else "say the same"
    return [b.context(b.mrkdwn(Mrkdwn(f":repeat: *and {case.echoed:,} more {what}*{newest}")))]


def _post(post: Post) -> b.Block:
    if post.deleted_at:
        return b.context(b.mrkdwn(Mrkdwn("_The customer deleted or hid this post._")))
    edited = " (edited)" if post.edited_at else ""
    pictures = f" [{post.media} picture{'s' if post.media > 1 else ''}]" if post.media else ""
    return b.quote(show_hosts(post.text or "(no text)") + pictures + edited)


def _draft(case: Case, shown: Shown) -> list[b.Block]:
    """Show exactly what would be published, counted as the platform counts."""
    draft = case.draft
    if case.status is Status.ANSWERED and case.sent:
        return [b.section(Mrkdwn(f"*Our reply* by <@{case.sent.by}>")), b.quote(case.sent.text)]
    if draft is None or draft.state in (DraftState.SENT, DraftState.RECALLED):
        return []
    found: list[b.Block] = []
    if draft.state in (DraftState.CHANGES_ASKED, DraftState.REJECTED, DraftState.EXPIRED, DraftState.REFUSED):
        words = escape_mrkdwn(draft.decision_words)
        why = {
            DraftState.CHANGES_ASKED: f"<@{draft.decided_by}> asks for changes: {words}",
            DraftState.REJECTED: f"<@{draft.decided_by}> rejected reply {draft.rev}: {words}",
            DraftState.EXPIRED: f"Reply {draft.rev} was withdrawn: {keep_mentions(draft.decision_words)}",
            DraftState.REFUSED: f"The platform refused reply {draft.rev}: {words}",
        }[draft.state]
        return [b.section(Mrkdwn(f":leftwards_arrow_with_hook: {why}"))]
    found.append(
        b.section(Mrkdwn(f"*Reply {draft.rev} by <@{draft.by}>* · {shown.count} of {shown.maximum} characters"))
    )
    found.append(b.quote(draft.text))
    if draft.marks:
        found.append(b.context(b.mrkdwn(Mrkdwn(f":information_source: Taken out: {', '.join(draft.marks)}"))))
    if draft.concerns:
        listed = "\n".join(f"• {escape_mrkdwn(concern)}" for concern in draft.concerns)
        found.append(b.section(Mrkdwn(f":warning: *Look twice before approving*\n{listed}")))
    found += why_approval(case, draft)
    found += difference(case, draft)
    if draft.note:
        found.append(b.context(b.mrkdwn(Mrkdwn(f"Note to the approver: {escape_mrkdwn(draft.note)}"))))
    return found


def _waits(case: Case, now: Instant) -> list[b.Block]:
    """Say why an approved reply has not left yet, and when it is tried next."""
    draft = case.draft
    if draft is None or draft.state is not DraftState.APPROVED or not draft.waits_for:
        return []
    reason = escape_mrkdwn(one_line(draft.waits_for, 200))
    if draft.not_before is None:
        return [b.context(b.mrkdwn(Mrkdwn(f":hourglass: Waits: {reason}.")))]
    if draft.not_before <= now:
        return []
    return [b.context(b.mrkdwn(Mrkdwn(f":hourglass: Tried next at {b.clock(draft.not_before)}: {reason}.")))]


def _facts(case: Case, shown: Shown) -> list[tuple[str, Mrkdwn]]:
    owner = Mrkdwn(f"<@{case.owner}>") if case.owner else Mrkdwn("Nobody yet")
    if case.co_owner:
        owner = Mrkdwn(f"{owner} with <@{case.co_owner}>")
    pairs = [("Owner", owner), ("Waiting since", b.clock(case.last_post.created_at, "{time} ({ago})"))]
    draft = case.draft
    if draft and case.status in (Status.IN_REVIEW, Status.APPROVED):
        how = "public reply" if draft.visibility is Visibility.PUBLIC else "public reply with an invitation to DM"
        pairs.append(("Goes out as", Mrkdwn(f"@{escape_mrkdwn(shown.account)}, {how}")))
        pairs.append(("Approval", approvers(case, draft)))
    else:
        pairs.append(("Team", Mrkdwn(f"{escape_mrkdwn(case.route.team)} · {escape_mrkdwn(case.route.market)}")))
        pairs.append(("Priority", Mrkdwn(escape_mrkdwn(", ".join(case.severity.reasons) or "ordinary"))))
    return pairs


def _promises(case: Case, shown: Shown, now: Instant) -> list[tuple[str, Mrkdwn]]:
    """Show by when what was promised; nothing where nothing was."""
    pairs = []
    if case.status is Status.ANSWERED and case.targets:
        pairs.append(("Reply due", Mrkdwn("paused, the customer has the word")))
    if shown.reply_due:
        asleep = " · runs on while it is snoozed" if case.snoozed_until and case.snoozed_until > now else ""
        pairs.append(("Reply due", Mrkdwn(f"{due_in_words(shown.reply_due, now)}{asleep}")))
    if shown.approval_due:
        pairs.append(("Approval due", due_in_words(shown.approval_due, now)))
    return pairs


def due_in_words(due: Due, now: Instant) -> Mrkdwn:
    """Return a promise as people read it; Slack keeps the time right in the reader's zone, also on an old card."""
    if due.at <= now:
        return Mrkdwn(f":alarm_clock: *overdue* since {b.clock(due.at, '{date_short_pretty} {time}')}")
    soon = ":hourglass_flowing_sand: " if due.warn_at <= now else ""
    at = b.clock(due.at, "{date_short_pretty} {time} ({ago})")
    kind = "around the clock" if due.around_the_clock else "of business time"
    return Mrkdwn(f"{soon}{at}, within {b.span(due.limit)} {kind}")


def _asks(case: Case) -> list[b.Block]:
    """Show what the case is waiting for beside its status."""
    found: list[b.Block] = []
    if case.handover:
        offer = case.handover
        words = f"<@{offer.by}> hands this to *{offer.to.label}*: {escape_mrkdwn(offer.reason)}"
        found.append(b.section(Mrkdwn(f":handshake: {words}")))
    if case.dismissal:
        asked = case.dismissal
        words = f"<@{asked.by}> wants to dismiss it as *{asked.resolution.value.replace('_', ' ')}*"
        found.append(
            b.section(Mrkdwn(f":wastebasket: {words}: {escape_mrkdwn(asked.reason)}. A second person decides."))
        )
    target = case.last_post
    if target.reply_policy is not ReplyPolicy.API and not target.deleted_at:
        reason = escape_mrkdwn(target.reply_policy_reason)
        found.append(b.context(b.mrkdwn(Mrkdwn(f":no_entry_sign: The desk cannot publish here: {reason}"))))
    return found


def _finished(case: Case, shown: Shown) -> list[b.Block]:
    ending = (case.resolution.value if case.resolution else "resolved").replace("_", " ")
    took = ""
    if case.answered_at:
        took = f" in *{_minutes(case.answered_at - case.first_post.created_at)}*"
    handle = escape_mrkdwn(one_line(case.first_post.author.handle))
    words = f":white_check_mark: *{_TITLES[case.status]}, {ending}:* {_topic(case)} of @{handle}{took}"
    people = [f"owner <@{case.owner}>"] if case.owner else []
    sent = case.sent
    if sent:
        people += [f"written by <@{sent.by}>"] if sent.by != case.owner else []
        people += [f"approved by <@{given.by}>" for given in sent.approvals]
        people += [f"inside PR's limit “{escape_mrkdwn(sent.limit.limit)}”"] if sent.limit else []
    found = [b.section(Mrkdwn(f"{words}\n{' · '.join(people)}"), done_menu(case))]
    if sent:
        found.append(b.quote(sent.text))
    elif case.dismissal:
        found.append(b.quote(case.dismissal.reason or ending))
    link = f" · <{escape_mrkdwn(sent.sent_url)}|see the reply>" if sent and sent.sent_url else ""
    found.append(b.context(b.mrkdwn(Mrkdwn(f"{case.id} · @{escape_mrkdwn(shown.account)}{link}"))))
    return found


def _footer(case: Case, now: Instant, waiting: int) -> Mrkdwn:
    parts = [case.id, f"on {case.platform.capitalize()}", f"came in {b.clock(case.opened_at)}"]
    if (late := _shown_after(case, now)) >= LATE:
        parts.append(f":hourglass: late: this card came {_minutes(late)} after that")
    if case.claimed_at:
        parts.append(f"claimed {b.clock(case.claimed_at)}")
    if case.sent and case.sent.sent_url:
        parts.append(f"<{escape_mrkdwn(case.sent.sent_url)}|our reply>")
    if case.follows:
        parts.append(f"follows {case.follows}")
    if waiting:
        parts.append(f"{waiting} more waiting")
    return Mrkdwn(" · ".join(parts))


def _shown_after(case: Case, now: Instant) -> int:
    """Return the milliseconds from the opening of the case to its card; Slack's name of a message is its time."""
    shown = float(case.card.ts) * SECOND if case.card else now
    return max(0, int(shown) - case.opened_at)


def _sentence(case: Case) -> str:
    """Return the whole card as one sentence for notifications and screen readers."""
    who = f"@{escape_mrkdwn(one_line(case.first_post.author.handle))}"
    owner = f"<@{case.owner}> has it" if case.owner else "not claimed yet"
    level = _LEVELS[case.severity.level]
    return (
        f"{case.id}: {_TITLES[case.status].lower()}, {_topic(case)} from {who}{', ' + level if level else ''}; {owner}."
    )


def _minutes(milliseconds: int) -> str:
    minutes = max(0, milliseconds) // 60_000
    if minutes == 0:
        return "less than a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
