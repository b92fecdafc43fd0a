"""What the desk looks at before it starts: settings, policy, Slack, X, Redis and the clock, in that order.

Each look takes plain values or callables (`CheckParts`), so it knows neither an SDK nor where they come from.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from bot.checks import Check, Finding, fail, ok, warn
from bot.domain.errors import DeskError
from bot.ports import Account

SKEW_LIMIT = 2.0
"""Seconds that our clock may differ from the store's before people see odd times on cards."""
SKEW_TOO_MUCH = 60.0
"""Seconds from which on signatures and OAuth fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """What reading the settings or the policy brought: all mistakes and warnings, and one sentence that sums up."""

    summary: str
    mistakes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackIdentity:
    """Who Slack says our bot token is; `scopes` is None where Slack did not say."""

    team: str
    bot: str
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisState:
    """How the store keeps what it was told; a field is None where the server did not say (managed Redis)."""

    place: str
    version: str
    append_only: bool | None = None
    fsync: str | None = None
    eviction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveState:
    """Where closed cases go; `place` is empty where nobody has said so, `cases` None where there are none yet."""

    place: str
    cases: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditState:
    """What the desk's auditor found last, in words, and how many minutes ago; None where it never looked."""

    minutes: int | None
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckParts:
    """What the checks need. Callables raise `Unavailable` or `Broken` where there is no answer."""

    settings: Callable[[], Awaitable[FileReading]]
    policy: Callable[[], Awaitable[FileReading]]
    slack: Callable[[], Awaitable[SlackIdentity]]
    app_token: Callable[[], Awaitable[None]]
    is_member: Callable[[str], Awaitable[bool]]
    group_faults: Callable[[], Awaitable[tuple[str, ...]]]
    is_shared: Callable[[str], Awaitable[bool]]
    platform_account: Callable[[], Awaitable[Account]]
    redis: Callable[[], Awaitable[RedisState]]
    clock_skew: Callable[[], Awaitable[float]]
    archive: Callable[[], Awaitable[ArchiveState]]
    audit: Callable[[], Awaitable[AuditState]]
    wanted_scopes: frozenset[str]
    channels: Mapping[str, str]
    accounts: tuple[str, ...]
    shared_on_purpose: frozenset[str] = frozenset()
    allow_volatile: bool = False
    strict: bool = False


def desk_checks(parts: CheckParts) -> tuple[Check, ...]:
    """Return all checks, in the order in which they are run and shown. `channels` maps a use to a channel id."""
    return (
        Check(name="settings", look=partial(_file, parts.settings, "Correct the settings")),
        Check(name="policy", look=partial(_file, parts.policy, "Correct the policy file")),
        Check(name="Slack bot token", look=partial(_slack_token, parts), needs=("settings",)),
        Check(name="Slack scopes", look=partial(_scopes, parts), needs=("Slack bot token",)),
        Check(name="Slack app token", look=partial(_app_token, parts), needs=("settings",)),
        Check(name="Slack channels", look=partial(_channels, parts), needs=("policy", "Slack bot token")),
        Check(name="Slack user groups", look=partial(_groups, parts), needs=("policy", "Slack bot token")),
        Check(name="X account", look=partial(_account, parts), needs=("settings", "policy")),
        Check(name="Redis", look=partial(_redis, parts), needs=("settings",)),
        Check(name="Redis durability", look=partial(_durability, parts), needs=("Redis",)),
        Check(name="Redis eviction", look=partial(_eviction, parts), needs=("Redis",)),
        Check(name="archive", look=partial(_archive, parts), needs=("settings",)),
        Check(name="auditor", look=partial(_audit, parts), needs=("Redis",)),
        Check(name="clock", look=partial(_clock, parts), needs=("Redis",)),
    )


async def _file(read: Callable[[], Awaitable[FileReading]], step: str) -> Finding:
    reading = await read()
    if reading.mistakes:
        return fail("\n".join(reading.mistakes), f"{step}, then run the check again.")
    return (
        warn("\n".join(reading.warnings), f"{step} where the sentence says so.")
        if reading.warnings
        else ok(reading.summary)
    )


async def _slack_token(parts: CheckParts) -> Finding:
    who = await parts.slack()
    return ok(f"{who.bot} in the workspace {who.team}")


async def _scopes(parts: CheckParts) -> Finding:
    """Compare the token's scopes with the manifest's: too few stop the desk, too many are a risk (SUP-05)."""
    scopes = (await parts.slack()).scopes
    if scopes is None:
        return warn(
            "Slack did not say which scopes the token has", "Compare them with config/slack_manifest.json by hand."
        )
    missing, spare = sorted(parts.wanted_scopes - scopes), sorted(scopes - parts.wanted_scopes)
    if missing:
        return fail(
            f"missing: {', '.join(missing)}",
            "Paste config/slack_manifest.json under App Manifest at api.slack.com/apps and reinstall the app.",
        )
    if spare:
        judge = fail if parts.strict else warn
        return judge(f"more than the desk needs: {', '.join(spare)}", "Remove them from the app and reinstall it.")
    return ok(f"all {len(parts.wanted_scopes)}, and no others")


async def _app_token(parts: CheckParts) -> Finding:
    await parts.app_token()
    return ok("opens a Socket Mode connection")


async def _channels(parts: CheckParts) -> Finding:
    """Look whether the bot is in every channel that the policy names, and nobody of another company."""
    outside = [f"{use} ({channel})" for use, channel in parts.channels.items() if not await parts.is_member(channel)]
    if outside:
        return fail(f"not in: {', '.join(outside)}", "In each of them, type: /invite @Replydesk")
    shared = [f"{use} ({channel})" for use, channel in parts.channels.items() if await _leaks(parts, channel)]
    if shared:
        return fail(
            f"another company is in, or invited to: {', '.join(shared)}",
            "End that in the channel's settings in Slack, or name the channel under shared_channels in [desk].",
        )
    return ok(f"in all {len(set(parts.channels.values()))}")


async def _groups(parts: CheckParts) -> Finding:
    """Look whether somebody can say yes for every user group on which approval stands (AUT-08)."""
    faults = await parts.group_faults()
    if faults:
        return warn("\n".join(faults), "Correct the id in the policy file, or the group in Slack under People.")
    return ok("every group that the policy names has people")


async def _leaks(parts: CheckParts, channel: str) -> bool:
    return channel not in parts.shared_on_purpose and await parts.is_shared(channel)


async def _account(parts: CheckParts) -> Finding:
    """Look whether the keys belong to an account of the policy: replies must never go out as somebody else."""
    account = await parts.platform_account()
    if account.id not in parts.accounts:
        return fail(
            f"the keys belong to account {account.id}, the policy names {', '.join(parts.accounts) or 'none'}",
            "Make access keys for the brand's account, or correct accounts in the policy.",
        )
    return ok(f"account {account.id}, as in the policy")


async def _redis(parts: CheckParts) -> Finding:
    state = await parts.redis()
    return ok(f"{state.place}, version {state.version}")


async def _durability(parts: CheckParts) -> Finding:
    """Look whether each acknowledged write is on disk (`appendonly yes`, `appendfsync always`)."""
    state = await parts.redis()
    if state.append_only and state.fsync == "always":
        return ok("each write is on disk before it counts")
    forgets = state.append_only is False or state.fsync not in (None, "always")
    settings = {"appendonly": state.append_only, "appendfsync": state.fsync}
    hidden = " and ".join(name for name, value in settings.items() if value is None)
    found = "a power cut can lose acknowledged writes" if forgets else f"the server does not say what {hidden} is"
    if parts.allow_volatile:
        return warn(found, "Accepted by REPLYDESK_ALLOW_VOLATILE; waiting replies are looked up after each restart.")
    if not forgets:
        return fail(
            found,
            "Ask it yourself: CONFIG GET appendonly must say yes, CONFIG GET appendfsync always. Then set "
            "REPLYDESK_ALLOW_VOLATILE=true, or let the desk's user ask (+config|get).",
        )
    return fail(
        found,
        "Run: CONFIG SET appendonly yes, CONFIG SET appendfsync always, and put both into the server's file; "
        "or set REPLYDESK_ALLOW_VOLATILE=true.",
    )


async def _eviction(parts: CheckParts) -> Finding:
    policy = (await parts.redis()).eviction
    if policy == "noeviction":
        return ok("a full server refuses, it does not forget")
    step = "Run: CONFIG SET maxmemory-policy noeviction, and put it into the server's file."
    if policy is None:
        return warn("the server does not say whether it forgets when full", "Ask the provider for noeviction.")
    return fail(f"{policy}: a full server would forget cases", step)


async def _archive(parts: CheckParts) -> Finding:
    """Look where closed cases go and whether they can be written there."""
    try:
        state = await parts.archive()
    except DeskError as error:
        return fail(str(error), "See “The archive cannot be written” in docs/runbook.md.")
    if not state.place:
        return warn(
            "none is kept: closed cases stay in Redis for ever",
            "Set REPLYDESK_ARCHIVE to a file on a disk of the worker's machine that lasts, or to off if that is meant.",
        )
    return ok(state.place if state.cases is None else f"{state.place}, {state.cases} cases")


async def _audit(parts: CheckParts) -> Finding:
    """Show what the auditor found last; a desk that does not run has none."""
    state = await parts.audit()
    if state.minutes is None:
        return ok("has not looked yet: it does while a worker runs")
    if state.found:
        return warn("\n".join(state.found), "See “The auditor found something” in docs/runbook.md.")
    return ok(f"found nothing {state.minutes} min ago")


async def _clock(parts: CheckParts) -> Finding:
    skew = await parts.clock_skew()
    found = f"{abs(skew):.1f} seconds {'behind' if skew < 0 else 'ahead of'} the store's clock"
    if abs(skew) <= SKEW_LIMIT:
        return ok(f"within {SKEW_LIMIT:g} seconds of the store's clock")
    judge = fail if abs(skew) > SKEW_TOO_MUCH else warn
    return judge(found, "Switch on time synchronisation (NTP) on this machine and on the store's.")


def scopes_of(manifest: Mapping[str, object]) -> frozenset[str]:
    """Return the bot scopes of a Slack app manifest."""
    return frozenset(_texts(manifest, ("oauth_config", "scopes", "bot")))


def _texts(value: object, path: tuple[str, ...]) -> Iterator[str]:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
