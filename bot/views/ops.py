"""The desk's own news in the ops channel: what failed for good and what can be done about it."""

from collections.abc import Mapping

from bot.domain.ids import Instant, UserId
from bot.domain.text.words import Mrkdwn, escape_mrkdwn
from bot.ports import Message
from bot.views import blocks as b
from bot.views.ids import Action

Args = Mapping[str, str]


def set_aside(case_id: str, args: Args) -> Message:
    """Return the news of work that failed three times, with what can be done."""
    words = f"*{escape_mrkdwn(args['job'])}* for {case_id} failed three times ({escape_mrkdwn(args['reason'])})"
    value = f"{case_id}|{args['work']}"
    sure = b.confirm("Give it up?", "It will not be done, and nobody is reminded of it.", "Give up", "Keep it")
    return Message(
        text=f"Work for {case_id} was set aside.",
        blocks=(
            b.section(Mrkdwn(f":warning: {words} and was set aside. The rest goes on.")),
            b.actions(
                b.button("Try again", Action.TRY_AGAIN, value, style="primary"),
                b.button("Give up", Action.GIVE_UP, value, confirm=sure),
            ),
        ),
    )


def channel_gone(case_id: str, args: Args) -> Message:
    """Return the news that cards cannot be posted where they belong."""
    reason = _REASONS.get(args["reason"], escape_mrkdwn(args["reason"]))
    words = f"Cards cannot be posted in <#{args['channel']}>: {reason}. They come here until then (first: {case_id})."
    return Message(text="Cards cannot be posted where they belong.", blocks=(b.section(Mrkdwn(f":warning: {words}")),))


def archive_trouble(case_id: str, args: Args) -> Message:  # noqa: ARG001 -- one shape for every kind of news
    """Return the news that closed cases cannot leave the store."""
    words = f"The archive cannot be written ({escape_mrkdwn(args['reason'])}). Nothing is lost: closed cases stay"
    rest = "in the store, which grows meanwhile. See “The archive cannot be written” in the runbook."
    return Message(text="The archive cannot be written.", blocks=(b.section(Mrkdwn(f":warning: {words} {rest}")),))


def slack_refuses(case_id: str, args: Args) -> Message:  # noqa: ARG001 -- one shape for all news
    """Return the news that somebody's act failed because Slack does not let the desk do something."""
    words = (
        f"Slack refused what the desk just tried (`{escape_mrkdwn(args['reason'])}`). Who asked for it was told "
        "that it failed; a reply that is approved waits. "
        "`python -m bot check` says which rights are missing. You hear this at most once a day."
    )
    return Message(text="Slack refused what the desk just tried.", blocks=(b.section(Mrkdwn(f":warning: {words}")),))


def changed_over(_case_id: str, args: Args) -> Message:
    """Return the news that the store may have forgotten something, with what is to be done where replies are held."""
    if not args["held"]:
        words = "The store was changed over. Replies wait a few minutes; each is looked for on the timeline first."
        return Message(text="The store was changed over.", blocks=(b.section(Mrkdwn(f":hourglass: {words}")),))
    words = (
        "*No reply leaves.* The store has gone back: it seems to come from a backup. What was approved or published "
        "since then is not in it. Somebody of PR: compare the brand's timeline with the open cards, then say so here."
    )
    sure = b.confirm("Is the timeline checked?", "Approved replies leave again.", "Send again", "Not yet")
    return Message(
        text="The store has gone back: no reply leaves until somebody of PR has checked the timeline.",
        blocks=(
            b.section(Mrkdwn(f":octagonal_sign: {words}")),
            b.actions(b.button("Timeline checked, send again", Action.CHECKED, "-", style="primary", confirm=sure)),
        ),
    )


def confirmed(by: UserId) -> Message:
    """Return that somebody has looked."""
    text = f"The store had gone back. <@{by}> checked the timeline: replies leave again."
    return Message(text=text, blocks=(b.section(Mrkdwn(text)),))


def not_admitted(case_id: str, args: Args) -> Message:
    """Return the news that no reply leaves because the platform does not know us any more."""
    name = escape_mrkdwn(args["platform"].upper())
    words = f"*No reply leaves on {name}.* It does not accept the desk's credentials (first: {case_id})."
    what = "Give the desk new ones and start it again; drafts and approvals are kept, an approval for its usual time."
    text = f"No reply leaves on {name}: it does not accept the desk's credentials."
    return Message(text=text, blocks=(b.section(Mrkdwn(f":octagonal_sign: {words} {what}")),))


def unanswered(case_id: str, args: Args) -> Message:
    """Return the news that an escalation came to its last resort."""
    words = (
        f":rotating_light: Nobody answered for {case_id} in any step of “{escape_mrkdwn(args['plan'])}”. The last "
        "resort is paged now, and nobody after that. Please look at the case."
    )
    return Message(text=f"Nobody answered for {case_id}.", blocks=(b.section(Mrkdwn(words)),))


def nobody_to_page(case_id: str, args: Args) -> Message:
    """Return the news that an escalation found nobody at all."""
    words = (
        f":rotating_light: {case_id} is escalated by “{escape_mrkdwn(args['plan'])}” and there is nobody left to page, "
        "the last resort included. Please look at the case, and at the house rules."
    )
    return Message(text=f"There is nobody to page for {case_id}.", blocks=(b.section(Mrkdwn(words)),))


def full(_case_id: str, _args: Args) -> Message:
    """Return the news that posts are not read any more."""
    text = "No new posts are read: the store is nearly full."
    words = (
        "What people do at the cards is still recorded. Posts wait at the platform and are read as soon as there is "
        "room, as far as seven days back. Give the store more memory: see “Store full” in the runbook."
    )
    return Message(text=text, blocks=(b.section(Mrkdwn(f":octagonal_sign: *{text}* {words}")),))


def missed(_case_id: str, args: Args) -> Message:
    """Return the news that posts of some time may never have reached the desk."""
    name = escape_mrkdwn(args["platform"].upper())
    since, until = (b.clock(Instant(int(args[end])), "{date_short_pretty}, {time}") for end in ("since", "until"))
    words = (
        f"*Posts on {name} from {since} to {until} may never have reached the desk.* More were written than "
        f"{name} lets it read back. Please look by hand: <{escape_mrkdwn(args['url'])}|what was written then>. You "
        "hear this at most once a day; the log names each such time. See “Posts missed” in the runbook."
    )
    return Message(
        text=f"Posts on {name} may never have reached the desk.", blocks=(b.section(Mrkdwn(f":warning: {words}")),)
    )


def settled(case_id: str, by: UserId, *, again: bool) -> Message:
    """Return what became of the news."""
    words = f"<@{by}> had it tried again" if again else f"<@{by}> gave it up"
    text = f"Work for {case_id}: {words}."
    return Message(text=text, blocks=(b.section(Mrkdwn(text)),))


_REASONS = {
    "channel_not_found": "the channel is not there, or the bot may not see it",
    "is_archived": "the channel is archived",
    "not_in_channel": "the bot is not in it; type /invite @Replydesk there",
    "restricted_action": "only some people may post there",
}
