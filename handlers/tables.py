"""What each flow offers, by name: buttons, forms, controls without a case, Slack's events, and words after `/desk`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from bot.domain.ids import ChannelId, OpId, UserId
from handlers.kit import Body, OnClick, OnSubmit, read_user

LONGEST = 500
"""Characters of a command that are read."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A `/desk` command: who asked where, and what stood after its first word; `trigger_id` opens one form.

    `op` is the same however often Slack delivers this one command.
    """

    user: UserId
    words: str
    seen_in: ChannelId | None
    trigger_id: str
    op: OpId


Row = TypeVar("Row")
OnBody = Callable[[Body], Awaitable[None]]
OnCommand = Callable[[Asked], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Command:
    """One word after `/desk`: what answers it (`""`: nothing to say), and one line of usage for `/desk help`."""

    answer: OnCommand
    usage: str
    """What to type and, in brackets, what for: `find @handle (open cases by handle, number or word)`."""


def read_asked(body: Body) -> tuple[str, Asked]:
    """Return the first word after `/desk`, and the rest; raises `Unreadable` where nobody is named."""
    word, _, words = str(body.get("text") or "")[:LONGEST].strip().partition(" ")
    user, channel, trigger = (
        read_user({"user": {"id": body.get("user_id")}}),
        body.get("channel_id"),
        body.get("trigger_id"),
    )
    name = sha256(f"{trigger}|{user}|{word} {words}".encode(errors="replace")).hexdigest()[:32]
    return word, Asked(
        user=user,
        words=words.strip(),
        seen_in=ChannelId(channel) if isinstance(channel, str) and channel else None,
        trigger_id=str(trigger or ""),
        op=OpId(f"command:{name}"),
    )


class Flow:
    """One thing people do; a flow overrides the tables that it has rows for."""

    __slots__ = ()

    def clicks(self) -> Mapping[str, OnClick]:
        """Return the buttons and menu entries that carry a case."""
        return {}

    def forms(self) -> Mapping[str, OnSubmit]:
        """Return the forms, by callback id."""
        return {}

    def controls(self) -> Mapping[str, OnBody]:
        """Return the controls that carry no case by themselves; they get the payload as it came."""
        return {}

    def events(self) -> Mapping[str, OnBody]:
        """Return what Slack tells by itself, by the event's type; each is told once."""
        return {}

    def commands(self) -> Mapping[str, Command]:
        """Return the words after `/desk`."""
        return {}


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of all flows; raises `ValueError` where two flows claim one name."""

    clicks: Mapping[str, OnClick]
    forms: Mapping[str, OnSubmit]
    controls: Mapping[str, OnBody]
    events: Mapping[str, OnBody]
    commands: Mapping[str, Command]

    @classmethod
    def of(cls, *flows: Flow) -> "Tables":
        tables = cls(
            clicks=_merged(flow.clicks() for flow in flows),
            forms=_merged(flow.forms() for flow in flows),
            controls=_merged(flow.controls() for flow in flows),
            events=_merged(flow.events() for flow in flows),
            commands=_merged(flow.commands() for flow in flows),
        )
        _merged((tables.clicks, tables.controls))
        return tables

    def help(self) -> str:
        """Return every command with its line of usage, as Slack shows text."""
        usages = sorted([*(command.usage for command in self.commands.values()), "help (this list)"])
        return "\n".join(["Try one of these:", *map(_line, usages)])

    async def answer(self, word: str, asked: Asked) -> str:
        """Return the answer to `/desk word …`; what is in no row gets the list of what is. Raises `Refused`."""
        command = self.commands.get(word.casefold())
        return await command.answer(asked) if command else self.help()


def _line(usage: str) -> str:
    typed, bracket, rest = usage.partition(" (")
    return f"• `/desk {typed}`{bracket}{rest}".translate(_ESCAPES)


def _merged(tables: Iterable[Mapping[str, Row]]) -> dict[str, Row]:
    merged: dict[str, Row] = {}
    for table in tables:
        if twice := sorted(merged.keys() & table.keys()):
            raise ValueError(f"two flows claim {', '.join(twice)}")
        merged.update(table)
    return merged
