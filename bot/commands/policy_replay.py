"""`policy check --replay`: what a policy would have decided differently about posts that came; never their words.

Each post is routed and weighed under both policies as if it opened a case. What a rule asks because of the reply cannot
be known from a post, so only conditions on the customer's side and the time count.
"""

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.commands.replay import addressed
from bot.domain.cases import conversation
from bot.domain.cases.post import Author, Post, PostKind
from bot.domain.ids import SECOND, CaseId, Instant, PlatformName, PostId, UserId
from bot.domain.intake.routing import route
from bot.domain.intake.severity import assess
from bot.domain.people import Side
from bot.domain.policy import Policy
from bot.domain.replies.draft import Draft
from bot.domain.text.words import clean, one_line
from config.policy import PolicyError, read_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE

IDS_SHOWN = 3
"""Posts named in each row of the table."""
LONGEST_LINE = 200_000
"""Bytes of one line; a longer one is no post."""
WARNED = 5
"""Lines that are no posts and are named one by one."""
_ID = re.compile(r"[\w.:-]{1,60}")

Verdict = Mapping[str, str]


@dataclass
class Tally:
    """What came of the replay: posts read, lines that are none, and each change with how often and where first."""

    posts: int = 0
    different: int = 0
    unreadable: int = 0
    changes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, before: Verdict, after: Verdict) -> None:
        self.posts += 1
        changed = [(what, before[what], after[what]) for what in before if before[what] != after[what]]
        self.different += bool(changed)
        for change in changed:
            self.changes[change] += 1
            if len(self.first[change]) < IDS_SHOWN:
                self.first[change].append(name)


def replay_policy(posts: Path, *, new: Path | None, old: Path | None) -> int:
    """Return the exit code: 0 compared, 1 a policy that cannot be used, 2 no post in the file."""
    try:
        before = read_policy(old or POLICY_FILE, TALKING_POINTS_FILE).policy
        after = read_policy(new or POLICY_FILE, TALKING_POINTS_FILE).policy
    except PolicyError as error:
        for mistake in error.mistakes:
            click.echo(f"error: {mistake}", err=True)
        return 1
    tally = Tally()
    brand = f"@{after.accounts[0].handle}"
    now = Instant(time.time_ns() // 1_000_000)
    for number, raw in _lines(posts):
        try:
            row = json.loads(raw.decode())
            post = _post(row, number, after, brand, now)
            verdicts = _verdict(post, before), _verdict(post, after)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            tally.unreadable += 1
            if tally.unreadable <= WARNED:
                click.echo(f"warning: line {number} is no post and was left out", err=True)
            continue
        tally.add(_name(row, number), *verdicts)
    if not tally.posts:
        click.echo("There is no post in this file.", err=True)
        return 2
    click.echo("\n".join(_table(tally)))
    return 0


def _lines(posts: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines one at a time, each cut at the longest that a post could have."""
    with posts.open("rb") as file:
        number, inside = 0, False
        while raw := file.readline(LONGEST_LINE):
            begins, inside = not inside, not raw.endswith(b"\n")
            number += begins
            if begins and raw.strip():
                yield number, raw


def _post(row: Mapping[str, Any], number: int, policy: Policy, brand: str, now: Instant) -> Post:
    account = policy.accounts[0]
    handle = one_line(str(row["handle"]), 50)
    return Post(
        platform=PlatformName(account.platform),
        account=account.id,
        id=PostId(str(number)),
        author=Author(id=handle, handle=handle, name="", followers=int(row.get("followers") or 0)),
        text=clean(addressed(str(row["text"]), brand)).text,
        created_at=_time(str(row.get("created_at") or ""), now),
        kind=PostKind.MENTION,
        conversation_id=str(number),
        url="",
        lang=str(row.get("lang") or "en")[:20],
    )


def _time(written: str, now: Instant) -> Instant:
    try:
        return Instant(int(datetime.fromisoformat(written).timestamp()) * SECOND)
    except ValueError:
        return now


def _verdict(post: Post, policy: Policy) -> Verdict:
    """Return what this policy says of the post; a reply without a word stands for the one that is not written yet."""
    severity = assess(post, policy)
    where = route(post, severity, policy)
    opened = conversation.open_case(
        CaseId("C-0"),
        post,
        route=where,
        severity=severity,
        timing=policy.timing,
        now=post.created_at,
        first_contact=True,
    ).case
    draft = Draft(rev=1, text="", by=UserId(""), side=Side.SERVICE, at=post.created_at, target=post.id)
    ruling = policy.approval.judge(opened, draft, post.created_at)
    return {
        "team": where.team,
        "topic": where.topic or "none",
        "severity": severity.level.value,
        "demand": ", ".join(f"{count} {factor}" for factor, count in ruling.demand.needs),
    }


def _name(row: Mapping[str, Any], number: int) -> str:
    """Return the post's id, or its line where the id is none: never anything that somebody wrote."""
    written = str(row.get("id") or "")
    return written if _ID.fullmatch(written) else f"line {number}"


def _table(tally: Tally) -> Iterator[str]:
    yield f"{tally.posts} posts, {tally.different} decided differently, {tally.unreadable} lines left out"
    if not tally.changes:
        return
    rows = [("what", "before", "now", "posts", "first")]
    ordered = sorted(tally.changes.items(), key=lambda row: (list(_ORDER).index(row[0][0]), -row[1], row[0]))
    rows += [(*change, str(count), " ".join(tally.first[change])) for change, count in ordered]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[4]]).rstrip()


_ORDER = ("team", "topic", "severity", "demand")
