"""Which limits PR has switched off: one small thing that the whole desk shares."""

from dataclasses import dataclass

from bot.domain.cases.events import Event, Fact
from bot.domain.document import Change
from bot.domain.errors import Refused
from bot.domain.ids import Instant, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """One limit that is switched off: by whom, when."""

    limit: str
    by: UserId
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Every limit that is off; all others are on."""

    off: tuple[Off, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(one.limit for one in self.off)


def switch_off(switches: Switches, limit: str, by: UserId, now: Instant) -> Change[Switches]:
    if limit in switches.names:
        raise Refused(f"The limit “{limit}” is off already.")
    event = Event(fact=Fact.LIMIT_SWITCHED_OFF, at=now, by=by, detail=limit)
    return Change(value=Switches(off=(*switches.off, Off(limit=limit, by=by, at=now))), events=(event,))


def switch_on(switches: Switches, limit: str, by: UserId, now: Instant) -> Change[Switches]:
    if limit not in switches.names:
        raise Refused(f"The limit “{limit}” is on already.")
    event = Event(fact=Fact.LIMIT_SWITCHED_ON, at=now, by=by, detail=limit)
    return Change(value=Switches(off=tuple(one for one in switches.off if one.limit != limit)), events=(event,))
