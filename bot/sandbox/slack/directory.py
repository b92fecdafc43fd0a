"""Who and what is in the workspace: people, groups and channels, looked up by id and shown in Slack's shapes."""

from bot.sandbox.slack.people import App, Team
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json, State

CREATED = 1_700_000_000


class Directory:
    """Reads people, groups and channels; raises Slack's own refusals for unknown ones."""

    def __init__(self, state: State, team: Team, app: App) -> None:
        self._state = state
        self.team = team
        self.app = app

    def person(self, user: str) -> Json:
        try:
            return self._state.people[user]
        except KeyError:
            raise Refusal("user_not_found") from None

    def group(self, group: str) -> Json:
        try:
            return self._state.groups[group]
        except KeyError:
            raise Refusal("no_such_subteam") from None

    def channel(self, channel: str) -> Json:
        """A channel that the bot may know of; a private one that it is not in does not exist for it."""
        found = self._state.channels.get(channel)
        if found is None or (found["is_private"] and self.app.bot_user_id not in found["members"]):
            raise Refusal("channel_not_found")
        return found

    def writable(self, channel: str) -> Json:
        """A channel that the bot may write to now; a person's id stands for the direct messages with that person."""
        if channel.startswith(("U", "W")):
            channel = self.direct_messages(channel)
        found = self.channel(channel)
        if self.app.bot_user_id not in found["members"]:
            raise Refusal("not_in_channel")
        if found["is_archived"]:
            raise Refusal("is_archived")
        return found

    def direct_messages(self, user: str) -> str:
        """The id of the direct messages between the bot and a person, made at first need."""
        person = self.person(user)
        if person["deleted"]:
            raise Refusal("user_disabled")
        if person["is_bot"]:
            raise Refusal("cannot_dm_bot")
        channel = f"D0{user}"
        if channel not in self._state.channels:
            self._state.channels[channel] = _direct(channel, user, self.app.bot_user_id)
            self._state.messages[channel] = []
        return channel

    def kind(self, channel: Json) -> str:
        """`im`, `group` or `channel`: the prefix of the scopes and the `channel_type` of events."""
        return "im" if channel["is_im"] else "group" if channel["is_private"] else "channel"

    def shown_name(self, channel: Json) -> str:
        return {"im": "directmessage", "group": "privategroup"}.get(self.kind(channel), str(channel["name"]))

    def wire_person(self, person: Json, *, locale: bool = False) -> Json:
        shown = {
            **{key: person[key] for key in ("id", "team_id", "name", "deleted", "real_name", "is_bot", "is_admin")},
            **{key: person[key] for key in ("tz", "tz_label", "tz_offset")},
            "color": "4bbe2e",
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": person["guest"] != "no",
            "is_ultra_restricted": person["guest"] == "single_channel",
            "is_stranger": person["team_id"] != self.team.id,
            "is_app_user": person.get("is_app_user", False),
            "updated": CREATED,
            "profile": self._profile(person),
        }
        if person.get("is_workflow_bot"):
            shown["is_workflow_bot"] = True
        return {**shown, "locale": person["locale"]} if locale else shown

    def wire_channel(self, channel: Json) -> Json:
        common = {
            "id": channel["id"],
            "created": CREATED,
            "is_archived": channel["is_archived"],
            "is_im": channel["is_im"],
            "is_org_shared": False,
            "context_team_id": self.team.id,
        }
        if channel["is_im"]:
            return {**common, "user": channel["user"], "is_user_deleted": False, "priority": 0}
        return {
            **common,
            "name": channel["name"],
            "name_normalized": channel["name"],
            "is_channel": not channel["is_private"],
            "is_group": False,
            "is_mpim": False,
            "is_private": channel["is_private"],
            "is_general": False,
            "is_shared": channel["is_ext_shared"],
            "is_ext_shared": channel["is_ext_shared"],
            "is_pending_ext_shared": channel["is_pending_ext_shared"],
            "is_member": self.app.bot_user_id in channel["members"],
            "creator": self.app.bot_user_id,
            "num_members": len(channel["members"]),
            "topic": {"value": channel["topic"], "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }

    def wire_group(self, group: Json, *, users: bool = False) -> Json:
        shown = {
            **{key: group[key] for key in ("id", "name", "handle")},
            "team_id": self.team.id,
            "is_usergroup": True,
            "is_external": False,
            "description": "",
            "date_create": CREATED,
            "date_update": CREATED,
            "date_delete": CREATED if group["disabled"] else 0,
            "user_count": len(group["users"]),
        }
        return {**shown, "users": list(group["users"])} if users else shown

    def _profile(self, person: Json) -> Json:
        return {
            "real_name": person["real_name"],
            "real_name_normalized": person["real_name"],
            "display_name": person["name"],
            "display_name_normalized": person["name"],
            "title": person["title"],
            "team": person["team_id"],
            "image_48": person["avatar"],
            "image_72": person["avatar"],
        }


def _direct(channel: str, user: str, bot: str) -> Json:
    return {
        "id": channel,
        "name": "",
        "members": [user, bot],
        "is_private": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "topic": "",
        "is_im": True,
        "is_archived": False,
        "user": user,
    }
