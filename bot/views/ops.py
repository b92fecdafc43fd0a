"""The desk's own news in the ops channel: what failed for good and what can be done about it."""

from collections.abc import Mapping

from bot.domain.ids import UserId
from bot.domain.words import Mrkdwn, escape_mrkdwn
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
        f"Slack refused what somebody just tried (`{escape_mrkdwn(args['reason'])}`). They were told that it failed. "
        "`python -m bot check` says which rights are missing. You hear this at most once a day."
    )
    return Message(text="Slack refused what somebody just tried.", blocks=(b.section(Mrkdwn(f":warning: {words}")),))


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
