"""Who people are: looked up in Slack, never taken from a payload."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.adapters.slack_chat import SlackCalls
from bot.domain.approving.groups import UserGroup
from bot.domain.errors import Broken, Refused
from bot.domain.ids import UserId
from bot.domain.people import Person, Side
from bot.domain.policy import SideRule
from bot.grouped import ungrouped

PERSON_KEPT = 60.0
GROUP_KEPT = 30.0
"""Seconds that an answer is good for a look; deciding on a reply asks again. Slack allows 20 group lists a minute."""
UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""What Slack says of an account it does not know; anything else is about us, not about the person."""
NO_SUCH_GROUP = "no_such_subteam"

_NOT_HERE = (
    ("deleted", "This account is deactivated."),
    ("is_bot", "Only people can work at this desk."),
    ("is_app_user", "Only people can work at this desk."),
    ("is_workflow_bot", "Only people can work at this desk."),
    ("is_restricted", "Guests cannot work at this desk."),
    ("is_ultra_restricted", "Guests cannot work at this desk."),
    ("is_stranger", "Only members of this workspace can work at this desk."),
)

Account = Mapping[str, Any]
Members = Mapping[str, frozenset[str]]


class SlackDirectory:
    """Keeps the port `Directory`."""

    def __init__(
        self, calls: SlackCalls, sides: Mapping[Side, SideRule], team_id: str, groups: frozenset[str] = frozenset()
    ) -> None:
        """Take the sides, and the `groups` that rules name, from the policy; `team_id` is the desk's workspace."""
        self._calls = calls
        self._client = calls.client
        self._sides = sides
        self._team_id = team_id
        self._named = groups
        self._people: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}

    async def person(self, user: UserId, *, live: bool = False) -> Person:
        found, members = await (self._asked(user) if live else self._remembered(user))
        within = {group for group, ids in members.items() if user in ids}
        sides = [side for side, rule in self._sides.items() if user in rule.users or not within.isdisjoint(rule.groups)]
        groups = within.intersection(self._named)
        if not sides and not groups:
            names = " or ".join(side.label for side in self._sides)
            raise Refused(f"You are not in {names} here. Ask whoever runs this desk to add you to the user group.")
        return Person(id=user, sides=frozenset(sides), name=_name(found), groups=frozenset(groups))

    async def _remembered(self, user: UserId) -> tuple[Account, Members]:
        """Return the account and who is in each group, from memory while it is fresh."""
        found = await self._colleague(user, PERSON_KEPT)
        return found, {group: await self._group(group, GROUP_KEPT) for group in self._that_tell(user)}

    async def _asked(self, user: UserId) -> tuple[Account, Members]:
        """Return the same as Slack says it now: everything asked at once, each group once, so that a yes waits less."""
        with ungrouped():
            async with asyncio.TaskGroup() as tasks:
                members = {group: tasks.create_task(self._group(group, 0.0)) for group in self._that_tell(user)}
                found = await self._colleague(user, 0.0)
        return found, {group: task.result() for group, task in members.items()}

    def _that_tell(self, user: UserId) -> Iterable[str]:
        """Return the groups that tell where somebody stands; not of a side on which the policy names them itself."""
        return self._named.union(*(rule.groups for rule in self._sides.values() if user not in rule.users))

    async def side_of(self, user: UserId, side: Side) -> bool:
        return await self._works_here(user) and await self._stands(user, side, 0.0)

    async def in_group(self, user: UserId, group: str) -> bool:
        return await self._works_here(user) and user in await self._group(group, 0.0)

    async def _works_here(self, user: UserId) -> bool:
        """Say whether somebody may work here, as Slack says it now."""
        try:
            await self._colleague(user, 0.0)
        except Refused:
            return False
        return True

    async def _colleague(self, user: UserId, kept: float) -> Mapping[str, Any]:
        """Return the account of somebody who may work here; raises `Refused` for all others."""
        found = await self._user(user, kept)
        for flag, sentence in _NOT_HERE:
            if found.get(flag):
                raise Refused(sentence)
        if found.get("team_id") != self._team_id:
            raise Refused("Only members of this workspace can work at this desk.")
        return found

    async def members(self, group: str) -> Sequence[UserId]:
        """Keep the port `Groups`."""
        return sorted(UserId(member) for member in await self._group(group, 0.0))

    async def _stands(self, user: UserId, side: Side, kept: float) -> bool:
        rule = self._sides[side]
        if user in rule.users:
            return True
        return any([user in await self._group(group, kept) for group in sorted(rule.groups)])

    async def _user(self, user: UserId, kept: float) -> Mapping[str, Any]:
        now = asyncio.get_running_loop().time()
        if user in self._people and now - self._people[user][0] < kept:
            return self._people[user][1]
        try:
            answer = await self._calls.call("users.info", lambda: self._client.users_info(user=user))
        except Broken as error:
            if str(error) not in UNKNOWN:
                raise
            raise Refused("Slack does not know this account.") from None
        found: Mapping[str, Any] = answer["user"]
        if len(self._people) > 5_000:
            self._people.clear()
        self._people[user] = (now, found)
        return found

    async def _group(self, group: str, kept: float) -> frozenset[str]:
        now = asyncio.get_running_loop().time()
        if group in self._groups and now - self._groups[group][0] < kept:
            return self._groups[group][1]
        members = await self._members(group)
        self._groups[group] = (now, members)
        return members

    async def _members(self, group: str) -> frozenset[str]:
        """Return who Slack says is in a group; in one that it does not know there is nobody, and the rest goes on."""
        try:
            answer = await self._calls.call(
                "usergroups.users.list", lambda: self._client.usergroups_users_list(usergroup=group)
            )
        except Broken as error:
            if str(error) != NO_SUCH_GROUP:
                raise
            return frozenset()
        return frozenset(str(member) for member in answer.get("users", []))

    def forget(self) -> None:
        """Forget what is remembered, because Slack said that people or groups changed."""
        self._people.clear()
        self._groups.clear()


async def known_groups(calls: SlackCalls) -> Mapping[str, UserGroup]:
    """Return every user group of the workspace by its id, disabled ones too."""
    answer = await calls.call(
        "usergroups.list", lambda: calls.client.usergroups_list(include_disabled=True, include_users=True)
    )
    return {
        str(group["id"]): UserGroup(
            handle=str(group.get("handle", "")),
            members=len(group.get("users") or ()),
            disabled=bool(group.get("date_delete")),
        )
        for group in answer.get("usergroups", [])
    }


def _name(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    return str(profile.get("real_name") or user.get("real_name") or user.get("name") or "")
