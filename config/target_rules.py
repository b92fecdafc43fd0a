"""What is wrong or odd with the hours of a market and with the targets: never open, overlapping, never reached."""

from collections.abc import Iterator
from itertools import pairwise

from bot.domain.timing.hours import WHOLE_DAY
from config.hours_file import DAYS, MarketSection, read_days, read_interval
from config.policy_file import PolicyFile, TargetSection

TIMES = ("first_response", "next_response", "approval", "silence")


def target_mistakes(file: str, house: PolicyFile) -> Iterator[str]:
    """Yield a sentence for each market and target that cannot be used."""
    for name, market in house.markets.items():
        yield from _market_mistakes(f"{file}: markets.{name}", market)
    for number, target in enumerate(house.target, start=1):
        key = f"{file}: target.{number} (“{target.name}”)"
        times = [getattr(target, name) for name in TIMES if getattr(target, name) is not None]
        if not times:
            yield f"{key} sets no time: give at least one of {', '.join(TIMES)}."
        elif target.warn_before >= min(times):
            yield f"{key}.warn_before must be shorter than each of its times, or the warning comes at once."


def _market_mistakes(key: str, market: MarketSection) -> Iterator[str]:
    if not any(market.hours.values()):
        yield (
            f"{key}.hours are never open: give at least one interval, or leave the market out to work around the clock."
        )
    for days, written in market.hours.items():
        spans = sorted(read_interval(one) for one in written)
        if any(later.start < earlier.end for earlier, later in pairwise(spans)):
            yield f"{key}.hours.{days} has intervals that overlap."
    ends = {day: max((read_interval(one).end for one in spans), default=0) for day, spans in _by_day(market)}
    starts = {
        day: min((read_interval(one).start for one in spans), default=WHOLE_DAY) for day, spans in _by_day(market)
    }
    for day, end in ends.items():
        if end - WHOLE_DAY > starts.get((day + 1) % 7, WHOLE_DAY):
            yield f"{key}.hours: the night of {DAYS[day]} goes on after the first interval of the next day has begun."


def _by_day(market: MarketSection) -> Iterator[tuple[int, list[str]]]:
    for days, written in market.hours.items():
        for day in read_days(days):
            yield day, written


def target_doubts(file: str, house: PolicyFile) -> Iterator[str]:
    """Yield what is odd but can be used."""
    for account in house.accounts:
        if account.market not in house.markets:
            yield (
                f"{file}: the market “{account.market}” of @{account.handle} has no section markets.{account.market}: "
                "its targets run around the clock."
            )
    known = {account.market for account in house.accounts} | set(house.markets)
    for place, target in enumerate(house.target):
        key = f"{file}: target {place + 1} (“{target.name}”)"
        for market in target.markets:
            if market not in known:
                yield f"{key} names the market “{market}”, which no account has."
        first = next((one for one in house.target[:place] if _takes_all_of(one, target)), None)
        if first:
            yield (
                f"{key} can never match: “{first.name}” above it takes all that it would take. Move it up or remove it."
            )


def _takes_all_of(first: TargetSection, later: TargetSection) -> bool:
    pairs = ((first.markets, later.markets), (first.levels, later.levels), (first.topics, later.topics))
    return all(not wide or (bool(narrow) and set(narrow) <= set(wide)) for wide, narrow in pairs)
