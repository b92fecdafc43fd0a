"""Asks again whether those who said yes still stand where they stood: right before a reply leaves."""

from bot.domain.approving.demand import Demand, is_met
from bot.domain.ids import UserId
from bot.domain.people import Side, factor_label
from bot.domain.replies.draft import Draft
from bot.ports import Directory


async def who_left(directory: Directory, draft: Draft, wanted: Demand) -> str:
    """Return who is no longer where their yes was given, where it is missed; nothing where the demand is still met.

    Raises `Unavailable` where it cannot be checked.
    """
    stood = {given.by: frozenset(given.factors) & wanted.factors for given in draft.approvals}
    if draft.limit:
        stood = {draft.limit.by: frozenset({draft.limit.factor})}
    stands = {user: await _still(directory, user, factors) for user, factors in stood.items()}
    left = [(user, factor) for user, factors in stood.items() for factor in sorted(factors - stands[user])]
    if not left or (draft.limit is None and is_met(wanted, stands)):
        return ""
    return "; ".join(f"<@{user}> is no longer in {factor_label(factor)}" for user, factor in left)


async def _still(directory: Directory, user: UserId, factors: frozenset[str]) -> frozenset[str]:
    return frozenset([factor for factor in sorted(factors) if await _stands(directory, user, factor)])


async def _stands(directory: Directory, user: UserId, factor: str) -> bool:
    if factor in set(Side):
        return await directory.side_of(user, Side(factor))
    return await directory.in_group(user, factor)
