"""The table of work: who does which job, and what its lease means for it."""

from collections.abc import Mapping

from bot.adapters.slack_chat import CALL_TIMEOUT
from bot.domain.cases.effects import Job
from bot.jobs.doing import Doings
from bot.jobs.relay import Doing
from bot.wiring.parts import Parts


def jobs_of(parts: Parts) -> Mapping[str, Doing]:
    """Return what the relay does for each job."""
    doing = Doings(CALL_TIMEOUT)
    return {
        Job.ESCALATE: doing.once(parts.escalations.start_for),
        Job.PAGE_STEP: doing.any_time(parts.escalations.take_step),
        Job.REMIND_ACK: doing.any_time(parts.escalations.remind),
        Job.END_ACK: doing.any_time(parts.escalations.lapse),
        Job.END_DRILL: doing.any_time(parts.drills.end),
        Job.TELL_DRILL: doing.in_time(parts.drills.tell),
        Job.PAGE: doing.paging(parts.paging.page),
        Job.SETTLE_PAGES: doing.once(parts.second.settle),
        Job.REFRESH_PAGES: doing.in_time(parts.paging.refresh),
        Job.TELL_PERSON: doing.in_time(parts.paging.tell),
        Job.SEND_REPLY: parts.delivery.send,
        Job.WATCH_SENDING: doing.any_time(parts.confirmation.watch),
        Job.LOOK_FOR_REPLY: doing.any_time(parts.confirmation.look),
        Job.CHECK_REPLY: doing.once(parts.confirmation.check),
        Job.REFRESH_CARD: doing.in_time(parts.cards.refresh),
        Job.DRAW_AGAIN: doing.once(parts.redrawing.ask),
        Job.TIDY_CARD: doing.any_time(parts.tidying.tidy),
        Job.NOTE: doing.in_time(parts.cards.note),
        Job.ANNOUNCE: doing.in_time(parts.cards.announce),
        Job.EXPIRE_DRAFT: doing.any_time(parts.timers.expire),
        Job.CHECK_CLAIM: doing.any_time(parts.timers.lapse),
        Job.WAKE: doing.any_time(parts.timers.wake),
        Job.ARCHIVE: doing.any_time(parts.timers.archive),
        Job.CHECK_TARGET: doing.any_time(parts.timers.check_target),
        Job.CHECK_POST: doing.any_time(parts.timers.check_post),
        Job.TELL_OPS: doing.once(parts.ops.tell),
        Job.TAKE_BACK_DRAFTS: doing.any_time(parts.points.take_back),
        Job.SPREAD_HOLD: doing.once(parts.hold_news.spread),
        Job.SHOW_HOLD: doing.in_time(parts.hold_news.show),
        Job.TELL_DUTY: doing.once(parts.duty_news.tell),
        Job.LOOK_AHEAD: doing.once(parts.duty_news.look_ahead),
        Job.TELL_LIMITS: doing.once(parts.limits.tell),
        Job.CHECK_CHANNEL: doing.once(parts.shared.check),
        Job.SPREAD_SHARING: doing.once(parts.shared_cards.spread),
        Job.WATCH_ACCOUNT: doing.once(parts.account_watch.look),
        Job.WARN_PAST_SLACK: doing.once(parts.account_watch.warn),
        Job.RETURN_CARD: doing.once(parts.shared_cards.bring_back),
    }
