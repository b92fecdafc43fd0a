"""The framework of `check` and of the start: each thing looked at becomes one line with the exact next step.

A check never raises for what it looks at; one that needs another that failed is skipped and says so.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from bot.domain.errors import Broken, DeskError
from bot.domain.text.words import clean

TIME_LIMIT = 15.0
"""Seconds that one check may take."""
_CODE = re.compile(r"[a-z]+(_[a-z]+){0,5}")


class Verdict(StrEnum):
    """How a thing was found."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found, and what to do where something is to be done. Sentences for people, without secrets."""

    level: Verdict
    found: str
    next_step: str = ""


Look = Callable[[], Awaitable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing to look at; `needs` names the checks that must not have failed before."""

    name: str
    look: Look
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the result."""

    name: str
    finding: Finding


def ok(found: str) -> Finding:
    return Finding(level=Verdict.OK, found=found)


def warn(found: str, next_step: str) -> Finding:
    return Finding(level=Verdict.WARN, found=found, next_step=next_step)


def fail(found: str, next_step: str) -> Finding:
    return Finding(level=Verdict.FAIL, found=found, next_step=next_step)


def skipped(why: str) -> Finding:
    return Finding(level=Verdict.SKIPPED, found=why)


async def run(checks: Iterable[Check], *, time_limit: float = TIME_LIMIT) -> tuple[Line, ...]:
    """Look at everything in the given order, which must put what others need before them."""
    lines: dict[str, Line] = {}
    for check in checks:
        missing = [name for name in check.needs if not _held(lines.get(name))]
        if missing:
            finding = skipped(f"not looked at, because of “{missing[0]}” above")
        else:
            finding = await _look(check, time_limit)
        lines[check.name] = Line(name=check.name, finding=finding)
    return tuple(lines.values())


def _held(line: Line | None) -> bool:
    return line is not None and line.finding.level in (Verdict.OK, Verdict.WARN)


async def _look(check: Check, time_limit: float) -> Finding:
    """Look at one thing; what the ports and sockets raise becomes a finding. Only the kind of an error is told."""
    try:
        async with asyncio.timeout(time_limit):
            return await check.look()
    except TimeoutError:
        return fail(f"no answer within {time_limit:g} seconds", "Check the network and the address, then try again.")
    except Broken as error:
        # Slack's own code (`invalid_auth`) says most; anything longer may hold what nobody should see.
        code = str(error) if _CODE.fullmatch(str(error)) else type(error).__name__
        return fail(f"refused ({code})", "Check the keys and the permissions behind them, then try again.")
    except (DeskError, OSError) as error:
        kind = type(error).__name__
        return fail(f"did not answer ({kind})", "Check the address and the keys in the settings, then try again.")


def exit_code(lines: Sequence[Line]) -> int:
    """Return 1 if anything failed, else 0."""
    return int(any(line.finding.level is Verdict.FAIL for line in lines))


def as_json(lines: Sequence[Line]) -> str:
    return json.dumps([{"name": line.name, **asdict(line.finding)} for line in lines], ensure_ascii=False, indent=2)


_COLOURS: Mapping[Verdict, str] = {
    Verdict.OK: "\x1b[32m",
    Verdict.WARN: "\x1b[33m",
    Verdict.FAIL: "\x1b[31m",
    Verdict.SKIPPED: "\x1b[2m",
}


def render(lines: Sequence[Line], *, colour: bool = False) -> str:
    """Return one line per thing, the next step indented under it; colours only repeat what the words say."""
    width = max((len(line.name) for line in lines), default=0)
    return "\n".join(_rendered(line, width, colour=colour) for line in lines)


def _rendered(line: Line, width: int, *, colour: bool) -> str:
    level = line.finding.level
    word = f"{level.value:<7}"
    shown = f"{_COLOURS[level]}{word}\x1b[0m" if colour else word
    found = clean(line.finding.found).text.replace("\n", "\n" + " " * (width + 10))
    step = f"\n{'':<8}→ {line.finding.next_step}" if line.finding.next_step else ""
    return f"{shown} {line.name:<{width}}  {found}{step}"
