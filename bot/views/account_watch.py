"""What those who run the desk read of a post on the brand's account that did not go through the desk."""

from collections.abc import Mapping

from bot.domain.ids import Instant
from bot.domain.running.account_watch import Origin
from bot.domain.text.words import Mrkdwn, escape_mrkdwn
from bot.ports import Message
from bot.views import blocks as b

Args = Mapping[str, str]

_SETTLE = (
    "If that was one of you, thank you, all is well: only the card does not know it, so please settle the case there."
)
_IF_NOT = (
    "If it was none of you: type `/desk hold all` with a reason, revoke the access token on the platform, and delete "
    "the post there. See “A post past the desk” in the runbook."
)
WORDS = {
    Origin.STRANGE: (
        ":rotating_light: *A post stands on the brand's account that the desk did not send*",
        f"Was it you, or a tool that you know? Then all is well. {_IF_NOT}",
    ),
    Origin.ANSWER: (
        ":speech_balloon: Somebody answered {case} as the brand, past the desk",
        f"{_SETTLE} {_IF_NOT}",
    ),
    Origin.TWICE: (
        ":warning: *The reply of {case} stands on the account twice*",
        f"The desk sent one of them. Please delete the other there by hand. {_IF_NOT}",
    ),
}
"""For each origin what is said of the post, and what is to be done."""


def past_desk(case_id: str, args: Args) -> Message:
    """Return the news of one such post, without its words."""
    what, do = WORDS[Origin(args["origin"])]
    said = what.format(case=escape_mrkdwn(case_id))
    when = b.clock(Instant(int(args["at"])), "{date_short_pretty}, {time}")
    more = f" Beside it, {args['more']} more that came with it." if args["more"] else ""
    words = Mrkdwn(f"{said}: {_link(args)}, {when}.{more} {do}")
    return Message(text=_plain(what, case_id), blocks=(b.section(words),))


def alarm(args: Args) -> tuple[str, str]:
    """Return the subject and the text for the last resort, who is told past Slack."""
    subject = "Replydesk: a post on the brand's account that the desk did not send"
    where = args["url"] or f"post {args['post']} of {args['account']}"
    ask = "Was it somebody of yours, or a tool that you know? Then all is well."
    return subject, f"{where}, {b.utc(Instant(int(args['at'])))}.\n{ask}\n{_IF_NOT.replace('`', '')}"


def _link(args: Args) -> str:
    url = args["url"]
    return f"<{escape_mrkdwn(url)}|the post>" if url else f"post {escape_mrkdwn(args['post'])}"


def _plain(what: str, case_id: str) -> str:
    """Return the line for notifications and screen readers."""
    _, _, said = what.replace("*", "").format(case=case_id).partition(": ")
    return f"{said}."
