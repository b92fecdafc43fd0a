"""Everything the pretend workspace remembers, as plain JSON, so that it can be saved, shown and resumed."""

import copy
import dataclasses
import secrets
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.people import Cast

Json = dict[str, Any]


@dataclass(kw_only=True)
class State:
    """The workspace's memory; keys are Slack ids, a person's things are found by user id."""

    people: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, list[Json]] = field(default_factory=dict)
    ephemerals: dict[str, list[Json]] = field(default_factory=dict)
    unread: dict[str, dict[str, int]] = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    triggers: dict[str, Json] = field(default_factory=dict)
    response_urls: dict[str, Json] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    counter: int = 0
    last_ts: float = 0.0

    def as_json(self) -> Json:
        return copy.deepcopy({f.name: getattr(self, f.name) for f in dataclasses.fields(self)})

    @classmethod
    def from_json(cls, saved: Json) -> "State":
        """Read a snapshot back; unknown keys are ignored so that an older snapshot still opens."""
        names = {f.name for f in dataclasses.fields(cls)}
        return cls(**{key: copy.deepcopy(value) for key, value in saved.items() if key in names})

    @classmethod
    def of_cast(cls, cast: Cast) -> "State":
        app, team = cast.app, cast.team
        state = cls()
        state.people = {p.id: dataclasses.asdict(p) for p in cast.people}
        state.people.setdefault(app.bot_user_id, _bot_person(app.bot_user_id, app.name, team.id))
        state.groups = {g.id: {**dataclasses.asdict(g), "users": list(g.users)} for g in cast.groups}
        for channel in cast.channels:
            state.channels[channel.id] = {
                **dataclasses.asdict(channel),
                "members": list(channel.members),
                "is_im": False,
                "is_archived": False,
                "user": "",
            }
            state.messages[channel.id] = []
        return state

    def next_id(self, prefix: str) -> str:
        """A new id that looks like Slack's: a letter or two and capitals or digits, never used before."""
        self.counter += 1
        return f"{prefix}{self.counter:05d}{secrets.token_hex(2).upper()}"

    def next_ts(self, now: float) -> str:
        """A message's timestamp: unique in the workspace and growing, six digits after the point."""
        self.last_ts = max(round(now, 6), round(self.last_ts + 0.000_001, 6))
        return f"{self.last_ts:.6f}"


def _bot_person(user_id: str, name: str, team_id: str) -> Json:
    return {
        "id": user_id,
        "name": name.lower(),
        "real_name": name,
        "team_id": team_id,
        "title": "",
        "guest": "no",
        "deleted": False,
        "is_bot": True,
        "is_admin": False,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "locale": "en-GB",
        "avatar": "",
    }
