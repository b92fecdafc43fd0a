"""`python -m tests.integration.hurried …`: the desk's command line, whose minutes between two looks at itself are seconds.

The ticker, the auditor and the heart are the real ones; only how long they wait is shorter.
"""

import bot.domain.running.audit
import bot.process
import bot.services.audit
from bot.__main__ import main
from bot.domain.ids import SECOND

LOOK_EVERY = 1.0
"""Seconds between two looks, and between two beats."""


def hurry() -> None:
    bot.process.AUDIT_EVERY = bot.process.BEAT_EVERY = LOOK_EVERY
    bot.services.audit.EVERY = 6 * SECOND  # less the five seconds by which two processes may differ
    bot.services.audit.FRESH = 10 * SECOND
    bot.domain.running.audit.STALE = SECOND  # so that three polls decide


if __name__ == "__main__":
    hurry()
    main()
