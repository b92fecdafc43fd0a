"""Who is on call: schedules of several layers, what people changed in them, and what comes of both at an instant.

A later layer lies above the earlier ones; the topmost layer that has somebody decides. A temporary plan silences all
layers while it lasts. Replacements and removals then change the person, so that a layer whose person was removed has
nobody and the one below it stands in; additions come on top.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.ids import Instant, UserId
from bot.domain.on_call.rotation import Layer, Why, edges, whose_turn

NOBODY = UserId("")


class Kind(StrEnum):
    """What an override does to a schedule."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One person's part of a temporary plan, `start` included and `end` not."""

    who: UserId
    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A change of a schedule from `start` to before `end`: `who` is added, removed, or stands in for `instead_of`.

    A temporary plan has `parts` instead of `who`, and no layer counts while it lasts.
    """

    id: str
    schedule: str
    kind: Kind
    start: Instant
    end: Instant
    who: UserId = NOBODY
    instead_of: UserId = NOBODY
    parts: tuple[Part, ...] = ()

    def holds(self, at: Instant) -> bool:
        return self.start <= at < self.end

    @property
    def people(self) -> frozenset[UserId]:
        """Everybody whose duty this changes."""
        named = {self.who, self.instead_of, *(part.who for part in self.parts)}
        return frozenset(user for user in named if user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """An on-call schedule: its zone, its layers from the bottom up, and who answers when nobody is on duty."""

    name: str
    zone: str
    layers: tuple[Layer, ...]
    owner: UserId

    @property
    def people(self) -> tuple[UserId, ...]:
        """Everybody in a layer, and the owner, each once."""
        return tuple(dict.fromkeys([*(user for layer in self.layers for user in layer.people), self.owner]))


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Somebody on duty, and by what: the name of a layer, or the id of an override."""

    who: UserId
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Why a layer (or a temporary plan) has nobody; `by` is the override that removed its person."""

    layer: str
    why: Why
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Who is on duty at an instant; where nobody is, the absences of all layers say why."""

    on: tuple[OnCall, ...]
    absent: tuple[Absence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stretch of duty of one person, `start` included and `end` not."""

    who: UserId
    start: Instant
    end: Instant
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch in which nobody is on duty, and why."""

    start: Instant
    end: Instant
    why: tuple[Absence, ...]


def on_duty(schedule: Schedule, overrides: Sequence[Override], at: Instant) -> tuple[UserId, ...]:
    """Return everybody on duty at an instant, each once; nobody is possible (see `gaps`)."""
    return tuple(post.who for post in roll_at(schedule, overrides, at).on)


def shifts(schedule: Schedule, overrides: Sequence[Override], start: Instant, end: Instant) -> tuple[Shift, ...]:
    """Return the shifts between two instants, cut off at both, by their beginning."""
    done: list[Shift] = []
    running: dict[OnCall, Shift] = {}
    for begins, ends, now in stretches(schedule, overrides, start, end):
        done += [running.pop(post) for post in [*running] if post not in now.on]
        for post in now.on:
            before = running.get(post)
            running[post] = (
                replace(before, end=ends) if before else Shift(who=post.who, by=post.by, start=begins, end=ends)
            )
    return tuple(sorted([*done, *running.values()], key=lambda shift: (shift.start, shift.who, shift.by)))


def gaps(schedule: Schedule, overrides: Sequence[Override], start: Instant, end: Instant) -> tuple[Gap, ...]:
    """Return the stretches between two instants in which nobody is on duty, each with its reasons."""
    found: list[Gap] = []
    for begins, ends, now in stretches(schedule, overrides, start, end):
        if now.on:
            continue
        if found and found[-1].end == begins and found[-1].why == now.absent:
            found[-1] = replace(found[-1], end=ends)
        else:
            found.append(Gap(start=begins, end=ends, why=now.absent))
    return tuple(found)


def stretches(
    schedule: Schedule, overrides: Sequence[Override], start: Instant, end: Instant
) -> Iterator[tuple[Instant, Instant, Roll]]:
    """Yield stretches of time without a change, one after the other from `start` to `end`."""
    ours = [override for override in overrides if override.schedule == schedule.name]
    changes = {edge for layer in schedule.layers for edge in edges(layer, start, end)}
    changes.update(edge for override in ours for edge in _edges_of(override))
    inside = sorted(edge for edge in changes if start < edge < end)
    for begins, ends in zip([start, *inside], [*inside, end], strict=True):
        if begins < ends:
            yield begins, ends, roll_at(schedule, ours, begins)


def roll_at(schedule: Schedule, overrides: Iterable[Override], at: Instant) -> Roll:
    """Return who is on duty at an instant and by what, or why nobody is."""
    now = [override for override in overrides if override.schedule == schedule.name and override.holds(at)]
    posts, absent = _planned(schedule, now, at)
    posts += [OnCall(who=override.who, by=override.id) for override in now if override.kind is Kind.ADD]
    once = {post.who: post for post in reversed(posts)}
    return Roll(on=tuple(reversed(once.values())), absent=() if once else tuple(absent))


def _planned(schedule: Schedule, now: Sequence[Override], at: Instant) -> tuple[list[OnCall], list[Absence]]:
    """Return who the temporary plan or the topmost layer with somebody puts on duty."""
    plan = next((override for override in now if override.kind is Kind.TEMPORARY), None)
    if plan is not None:
        named = [part.who for part in plan.parts if part.start <= at < part.end]
        found = [_changed(OnCall(who=who, by=plan.id), now) for who in named]
        posts = [post for post in found if isinstance(post, OnCall)]
        removed = [Absence(layer=plan.id, why=Why.REMOVED, by=by) for by in found if isinstance(by, str)]
        return posts, removed or [Absence(layer=plan.id, why=Why.TEMPORARY)]
    absent: list[Absence] = []
    for layer in reversed(schedule.layers):
        who = whose_turn(layer, at)
        if isinstance(who, Why):
            absent.append(Absence(layer=layer.name, why=who))
            continue
        post = _changed(OnCall(who=who, by=layer.name), now)
        if isinstance(post, OnCall):
            return [post], []
        absent.append(Absence(layer=layer.name, why=Why.REMOVED, by=post))
    return [], absent


def _changed(post: OnCall, now: Sequence[Override]) -> OnCall | str:
    """Return the post after replacement and removal, or the id of the override that removed its person."""
    for override in now:
        if override.kind is Kind.REPLACE and override.instead_of == post.who:
            return OnCall(who=override.who, by=override.id)
        if override.kind is Kind.REMOVE and override.who == post.who:
            return override.id
    return post


def _edges_of(override: Override) -> Iterator[Instant]:
    yield override.start
    yield override.end
    for part in override.parts:
        yield part.start
        yield part.end
