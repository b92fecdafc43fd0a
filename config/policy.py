"""Reads the house rules (`policy.toml`) and the saved replies, and says everything that is wrong with them at once."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import ValidationError

from bot.domain.cases.case import Timing
from bot.domain.ids import DAY, SECOND, AccountId, ChannelId, Instant, PlatformName, UserId, later
from bot.domain.intake.grouping import Grouping
from bot.domain.people import Side
from bot.domain.policy import (
    BrandAccount,
    HoldRule,
    Policy,
    RoutingRule,
    SavedReply,
    SeverityRule,
    SideRule,
    TargetRule,
    Team,
    WatchRule,
)
from bot.domain.replies.draft_checks import DraftRules
from bot.domain.timing.clocks import Targets
from config.approval_doubts import approval_doubts
from config.markets import MarketReading, read_market
from config.policy_approval import limit, rulebook
from config.policy_file import PolicyFile, ReplySection, RoutingSection, TalkingPointsFile, TargetSection
from config.policy_paging import doubts_in_paging, mistakes_in_paging, read_paging
from config.policy_rules import Table, doubts, mistakes_across, names_twice, sentences
from config.policy_schedules import schedules
from config.target_rules import target_doubts, target_mistakes

VERSION_LENGTH = 12
"""Hex digits of the hash that names a policy."""


class PolicyError(Exception):
    """The house rules cannot be used; `mistakes` are plain sentences, one each."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        """Keep the sentences."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A policy that can be used, and sentences about what is odd in it."""

    policy: Policy
    warnings: tuple[str, ...] = ()


def load_policy(path: Path, talking_points_path: Path | None = None) -> Policy:
    """Return the policy of a file, or raise `PolicyError` with every mistake there is."""
    return read_policy(path, talking_points_path).policy


def read_policy(path: Path, talking_points_path: Path | None = None) -> Reading:
    """Return the policy and what is odd in it, or raise `PolicyError` with every mistake in both files."""
    mistakes: list[str] = []
    replies_name = talking_points_path.name if talking_points_path else ""
    rules = _table(path, mistakes)
    replies = _table(talking_points_path, mistakes) if talking_points_path else {}
    if mistakes:
        raise PolicyError(tuple(mistakes))
    house = saved = None
    try:
        house = PolicyFile.model_validate(rules)
    except ValidationError as error:
        mistakes += sentences(path.name, rules, error)
    try:
        saved = TalkingPointsFile.model_validate(replies)
    except ValidationError as error:
        mistakes += sentences(replies_name, replies, error)
    mistakes += [*mistakes_across(path.name, rules), *names_twice(replies_name, replies)]
    mistakes += mistakes_in_paging(path.name, rules)
    markets: dict[str, MarketReading] = {}
    if house is not None:
        mistakes += target_mistakes(path.name, house)
        year = datetime.now(UTC).year
        markets = {
            name: read_market(f"{path.name}: markets.{name}", section, path.parent, year, mistakes)
            for name, section in house.markets.items()
        }
    if house is None or saved is None or mistakes:
        raise PolicyError(tuple(dict.fromkeys(mistakes)))
    warnings = (
        *doubts(path.name, house),
        *approval_doubts(path.name, house),
        *target_doubts(path.name, house),
        *doubts_in_paging(path.name, house.escalation),
    )
    return Reading(policy=_policy(house, saved, markets), warnings=warnings)


def _table(path: Path, mistakes: list[str]) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        mistakes.append(f"{path} is not there. Make it, or set REPLYDESK_POLICY_FILE to where it is.")
    except tomllib.TOMLDecodeError as error:
        mistakes.append(f"{path.name} is not valid TOML: {error}.")
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{path.name} cannot be read ({type(error).__name__}): check its permissions and encoding.")
    return {}


def _policy(house: PolicyFile, saved: TalkingPointsFile, markets: Mapping[str, MarketReading]) -> Policy:
    version = _version(house, saved, markets)
    return Policy(
        version=version,
        sides={
            side: SideRule(
                groups=frozenset(section.groups),
                users=frozenset(UserId(user) for user in section.users),
                channel=ChannelId(section.channel),
            )
            for side, section in ((Side.SERVICE, house.sides.service), (Side.PR, house.sides.pr))
        },
        teams={name: Team(name=name, side=t.side, channel=ChannelId(t.channel)) for name, t in house.teams.items()},
        accounts=tuple(
            BrandAccount(platform=PlatformName(a.platform), id=AccountId(a.id), handle=a.handle, market=a.market)
            for a in house.accounts
        ),
        routing=tuple(_routing(section) for section in house.routing),
        default_team=house.desk.default_team,
        severity=tuple(
            SeverityRule(level=s.level, reason=s.reason, words=tuple(s.words), followers=s.followers)
            for s in house.severity
        ),
        positive_words=tuple(house.tone.positive_words),
        approval=replace(
            rulebook(house.approval, house.promises, house.timing.model_dump()),
            version=version,
            hours={name: reading.hours for name, reading in markets.items()},
        ),
        limits=tuple(limit(section) for section in house.limit),
        timing=Timing(**house.timing.model_dump()),
        ops_channel=ChannelId(house.desk.ops_channel),
        signature=house.desk.signature,
        dm_invitation=house.desk.dm_invitation,
        shared_channels=frozenset(ChannelId(channel) for channel in house.desk.shared_channels),
        drafts=DraftRules(
            link_hosts=frozenset(house.drafts.link_hosts),
            allowed=frozenset(house.drafts.allowed),
            phone_regions=tuple(house.drafts.phone_regions),
        ),
        schedules=schedules(house.schedules),
        hold=HoldRule(approval_age=house.hold.approval_age),
        watch=WatchRule(every=house.watch.every, tell=house.watch.tell),
        grouping=Grouping(same_words=house.grouping.same_words, one_author=house.grouping.one_author),
        paging=read_paging(house.paging, house.escalation, house.people),
        saved_replies=tuple(_saved(reply) for reply in saved.reply),
        markets={name: reading.hours for name, reading in markets.items()},
        targets=tuple(_target(section, version) for section in house.target),
    )


def _target(section: TargetSection, version: str) -> TargetRule:
    return TargetRule(
        targets=Targets(
            rule=section.name,
            policy=version,
            first_response=section.first_response,
            next_response=section.next_response,
            approval=section.approval,
            silence=section.silence,
            warn_before=section.warn_before,
            around_the_clock=section.around_the_clock,
        ),
        markets=frozenset(section.markets),
        levels=frozenset(section.levels),
        topics=frozenset(section.topics),
    )


def _saved(section: ReplySection) -> SavedReply:
    """Return a saved reply; it holds from the beginning of its first day to the end of its last, both in UTC."""
    until = section.valid_until
    return SavedReply(
        id=section.id,
        title=section.title,
        text=section.text,
        group=section.group,
        owner=UserId(section.owner) if section.owner else None,
        tags=tuple(section.tags),
        valid_from=_midnight(section.valid_from) if section.valid_from else None,
        valid_until=later(_midnight(until), DAY) if until else None,
    )


def _midnight(day: date) -> Instant:
    return Instant(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * SECOND)


def _routing(section: RoutingSection) -> RoutingRule:
    return RoutingRule(
        name=section.name,
        team=section.team,
        topic=section.topic,
        platforms=frozenset(section.platforms),
        accounts=frozenset(section.accounts),
        markets=frozenset(section.markets),
        languages=frozenset(section.languages),
        words=tuple(section.words),
        levels=frozenset(section.levels),
        authors=frozenset(author.removeprefix("@").casefold() for author in section.authors),
        kinds=frozenset(kind.value for kind in section.kinds),
    )


def _version(house: PolicyFile, saved: TalkingPointsFile, markets: Mapping[str, MarketReading]) -> str:
    """Return a name for this content: comments, order of keys and layout do not change it, a calendar file does."""
    content = [house.model_dump(mode="json"), saved.model_dump(mode="json")]
    content += [{name: reading.calendar for name, reading in markets.items() if reading.calendar}]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:VERSION_LENGTH]
