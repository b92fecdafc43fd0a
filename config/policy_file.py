"""The shape of `policy.toml` and `talking_points.toml`; a key that is not here is refused, at every level."""

import string
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from bot.domain.cases.case import Level
from bot.domain.cases.post import PostKind
from bot.domain.ids import DAY, HOUR, MINUTE, SECOND
from bot.domain.people import Side
from bot.domain.running.account_watch import Tell
from config.hours_file import MarketSection
from config.policy_approval import ApprovalSection, LimitSection, PromisesSection
from config.policy_paging import EscalationSection, PagingSection, PersonSection
from config.policy_schedules import ScheduleSection
from config.policy_shapes import STRICT, Channel, Group, Host, Language, Name, Region, Short, Time, User, Word


def _with_gaps(text: str) -> str:
    """Check the `{gaps}` of a saved reply: plain names, each brace closed."""
    try:
        gaps = [
            (name, form, conversion) for _, name, form, conversion in string.Formatter().parse(text) if name is not None
        ]
    except ValueError:
        raise PydanticCustomError("gaps", "has a brace that is not closed; gaps look like {order_number}") from None
    if any(not str(name).isidentifier() or form or conversion for name, form, conversion in gaps):
        raise PydanticCustomError("gaps", "has a gap without a plain name; gaps look like {order_number}")
    return text


class Section(BaseModel):
    """One table of the file."""

    model_config = STRICT


class DeskSection(Section):
    """What holds for the whole desk."""

    default_team: Short
    ops_channel: Channel
    signature: Literal["initials", "name", "none"] = "none"
    dm_invitation: str = Field(default="", max_length=280)
    shared_channels: list[Channel] = Field(default=[], max_length=50)


class SideSection(Section):
    """Who stands on a side, and where it is told of new work."""

    groups: list[Group] = []
    users: list[User] = []
    channel: Channel


class SidesSection(Section):
    """The two sides."""

    service: SideSection
    pr: SideSection


class TeamSection(Section):
    """A team."""

    side: Side
    channel: Channel


class AccountSection(Section):
    """One of the brand's accounts."""

    platform: Short
    id: str = Field(min_length=1, max_length=60)
    handle: str = Field(min_length=1, max_length=60)
    market: Short


class RoutingSection(Section):
    """One routing rule: every condition that is given must hold."""

    name: Name
    team: str
    topic: str = Field(default="", max_length=40)
    platforms: list[Short] = []
    accounts: list[str] = []
    markets: list[Short] = []
    languages: list[Language] = []
    words: list[Word] = Field(default=[], max_length=500)
    levels: list[Level] = []
    authors: list[Name] = []
    kinds: list[PostKind] = []


class SeveritySection(Section):
    """Words or reach that raise the level."""

    level: Level
    reason: Name
    words: list[Word] = Field(default=[], max_length=500)
    followers: int | None = Field(default=None, ge=1)


class ToneSection(Section):
    """What praise sounds like."""

    positive_words: list[Word] = Field(default=[], max_length=500)


class DraftsSection(Section):
    """What is harmless in a public reply."""

    link_hosts: list[Host] = Field(default=[], max_length=200)
    allowed: list[Annotated[str, Field(min_length=3, max_length=100)]] = Field(default=[], max_length=200)
    phone_regions: list[Region] = []


class TimingSection(Section):
    """Waiting times, in the file as "4 h", here in milliseconds."""

    claim_lease: Time = Field(default=4 * HOUR, ge=5 * MINUTE, le=7 * DAY)
    undo: Time = Field(default=30 * SECOND, ge=0, le=10 * MINUTE)
    draft_life: Time = Field(default=24 * HOUR, ge=15 * MINUTE, le=30 * DAY)
    approval_life: Time = Field(default=30 * MINUTE, ge=5 * MINUTE, le=24 * HOUR)
    archive_after: Time = Field(default=14 * DAY, ge=1 * DAY, le=365 * DAY)
    keep_closed: Time = Field(default=30 * DAY, ge=0, le=3_650 * DAY)
    look_grace: Time = Field(default=2 * MINUTE, ge=1 * MINUTE, le=1 * HOUR)
    look_gap: Time = Field(default=1 * MINUTE, ge=1 * MINUTE, le=1 * HOUR)
    ask_after: Time = Field(default=10 * MINUTE, ge=2 * MINUTE, le=24 * HOUR)
    epoch_pause: Time = Field(default=3 * MINUTE, ge=1 * MINUTE, le=1 * HOUR)


TargetTime = Annotated[Time, Field(ge=1 * MINUTE, le=30 * DAY)]


class TargetSection(Section):
    """How soon what has to happen in a case, in business time; every condition that is given must hold."""

    name: Name
    markets: list[Short] = []
    levels: list[Level] = []
    topics: list[Annotated[str, Field(max_length=40)]] = []
    first_response: TargetTime | None = None
    next_response: TargetTime | None = None
    approval: TargetTime | None = None
    silence: TargetTime | None = None
    warn_before: Time = Field(default=0, ge=0, le=30 * DAY)
    around_the_clock: bool = False


class HoldSection(Section):
    """What becomes of replies that a hold has kept."""

    approval_age: Time = Field(default=4 * HOUR, ge=0, le=24 * HOUR)


class WatchSection(Section):
    """How the brand's own accounts are watched for posts that did not go through the desk."""

    every: Time = Field(default=1 * MINUTE, ge=30 * SECOND, le=15 * MINUTE)
    tell: Tell = Tell.ALL


class GroupingSection(Section):
    """How many posts that say the same, or are of one author, get their own card before the rest is counted; 0: all."""

    same_words: int = Field(default=3, ge=0, le=20)
    one_author: int = Field(default=5, ge=0, le=20)


class PolicyFile(Section):
    """The whole of `policy.toml`."""

    desk: DeskSection
    sides: SidesSection
    teams: dict[Short, TeamSection] = Field(min_length=1)
    accounts: list[AccountSection] = Field(min_length=1)
    markets: dict[Short, MarketSection] = {}
    target: list[TargetSection] = []
    routing: list[RoutingSection] = []
    severity: list[SeveritySection] = []
    tone: ToneSection = ToneSection()
    promises: PromisesSection = PromisesSection()
    approval: list[ApprovalSection] = Field(default=[], max_length=200)
    limit: list[LimitSection] = Field(default=[], max_length=50)
    drafts: DraftsSection = DraftsSection()
    timing: TimingSection = TimingSection()
    schedules: dict[Short, ScheduleSection] = {}
    hold: HoldSection = HoldSection()
    watch: WatchSection = WatchSection()
    grouping: GroupingSection = GroupingSection()
    paging: PagingSection = PagingSection()
    escalation: list[EscalationSection] = Field(default=[], max_length=50)
    people: dict[User, PersonSection] = {}


class ReplySection(Section):
    """A saved reply."""

    id: Short
    title: Name
    text: Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_with_gaps)]
    group: str = Field(default="", max_length=40)
    owner: User | None = None
    tags: list[Name] = Field(default=[], max_length=20)
    valid_from: date | None = None
    valid_until: date | None = None


class TalkingPointsFile(Section):
    """The whole of `talking_points.toml`."""

    reply: list[ReplySection] = []
