"""Bugs planted into the simulation only: each breaks one promise of sending, and the simulator must find it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

from bot.domain import sending
from bot.domain.case import Case, Decision
from bot.domain.draft import Draft
from bot.domain.ids import CaseId, Nonce, OpId
from bot.domain.reply import NotSent, Outcome, OwnPost, RefusedByPlatform, Reply, Sent, Unconfirmed
from bot.domain.work import Work
from bot.jobs.relay import LEASE
from bot.ports import Decide, Platform
from bot.services import delivery
from bot.services.delivery import Delivery
from tests.fault.simulator import QUICK, REAL, Ended, Parts, run
from tests.fault.simulator_platform import Door, Fate
from tests.fault.simulator_store import Server, Store
