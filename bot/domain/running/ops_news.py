"""What the people who run the desk are told: news of the desk itself, each piece once, as work of its own."""

from bot.domain.cases.case import Case
from bot.domain.ids import DAY, CaseId, Instant, PlatformName
from bot.domain.job import NO_CASE, Effect, Job
from bot.domain.work import Work

OPS_SET_ASIDE = "set_aside"
OPS_CHANNEL = "channel"
OPS_ARCHIVE = "archive"
OPS_SLACK = "slack"
OPS_CHANGED_OVER = "changed_over"
OPS_NOT_ADMITTED = "not_admitted"
OPS_MISSED = "missed"


def set_aside(work: Work, reason: str) -> Effect:
    """Tell the people who run the desk that work failed for good, so that they can have it tried again."""
    args = {"about": OPS_SET_ASIDE, "work": work.key, "job": work.job, "reason": reason}
    return _tell_ops(work.case_id, f"ops:{work.key}:{work.nonce}", args)


def channel_gone(case: Case, channel: str, reason: str) -> Effect:
    """Tell them that cards cannot be posted where they belong."""
    args = {"about": OPS_CHANNEL, "channel": channel, "reason": reason}
    return _tell_ops(case.id, f"ops:{channel}:{reason}", args)


def archive_trouble(reason: str, now: Instant) -> Effect:
    """Tell them that closed cases cannot leave the store."""
    return _tell_ops(NO_CASE, f"ops:archive:{now // DAY}", {"about": OPS_ARCHIVE, "reason": reason})


def slack_refuses(reason: str) -> Effect:
    """Tell them that Slack did not let the desk do what a person asked for."""
    return _tell_ops(NO_CASE, f"ops:slack:{reason}", {"about": OPS_SLACK, "reason": reason})


def changed_over(server: str, *, held: bool) -> Effect:
    """Tell them that another server answers for the store, or that it came back from a backup."""
    args = {"about": OPS_CHANGED_OVER, "held": "yes" if held else ""}
    return _tell_ops(NO_CASE, f"ops:epoch:{server}:{args['held']}", args)


def not_admitted(case: Case, at: Instant) -> Effect:
    """Tell them that the platform does not accept the credentials of our account."""
    args = {"about": OPS_NOT_ADMITTED, "platform": case.platform}
    return _tell_ops(case.id, f"ops:credentials:{case.platform}:{at}", args)


def posts_missed(platform: PlatformName, since: Instant, until: Instant, url: str) -> Effect:
    """Tell them from when to when posts may never have reached the desk; `url` shows that time to a person."""
    args = {"about": OPS_MISSED, "platform": platform, "since": str(since), "until": str(until), "url": url}
    return _tell_ops(NO_CASE, f"ops:missed:{platform}:{since}:{until}", args)


def _tell_ops(case_id: CaseId, key: str, args: dict[str, str]) -> Effect:
    return Effect(job=Job.TELL_OPS, case_id=case_id, key=key, lane="slack:ops", urgency=2, args=args)
