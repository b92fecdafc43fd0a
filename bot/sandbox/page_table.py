"""What the page shows, read from the sandbox as one flat table of rows: "message:C0CARE:1795…" → the message."""

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any, Protocol

from bot.sandbox import cast
from bot.sandbox.changes import Change, Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.traffic import Traffic
from bot.sandbox.trickle import Trickle
from bot.sandbox.weather import Weather
from bot.sandbox.x.network import Network
from bot.sandbox.x.posts import Post
from bot.sandbox.x.switches import Switches

Rows = dict[str, Any]

NEWEST_MESSAGES = 200
"""Per channel, replies among them."""
NEWEST_POSTS = 300
NEWEST_CALLS = 200
MOST_CUSTOMERS = 300

MESSAGES = "messages:"

FINE = {switch.name: switch.default for kind in (Weather, Switches) for switch in dataclasses.fields(kind)}
"""What each switch of the weather stands at when nothing is wrong."""

# Topic of a change → the sections to read again; a topic that is not here has everything read again.
TOUCHED = {
    "message_deleted": (),
    "message_changed": (),
    "message": (),
    "unread": (),
    "ephemeral": ("ephemerals",),
    "view": ("views",),
    "home": ("views",),
    "user": ("directory",),
    "channel": ("directory",),
    "x_post": ("x",),
    "x_edited": ("x",),
    "x_deleted": ("x",),
    "x_counted": ("x",),
    "x_user": ("x",),
    "x_stream": (),
    "traffic": ("traffic",),
    "weather": (),
    "trickle": (),
    "socket": (),
    "complaint": (),
    "clock": (),
}


class PageSandbox(Protocol):
    """The parts of the sandbox that the page shows."""

    clock: SandboxClock
    changes: Changes
    traffic: Traffic
    weather: Weather
    trickle: Trickle
    slack: Workspace
    x: Network


class PageTable:
    """The table as a seat sees it: `read` gives a section's rows, `touched` the sections that a change concerns."""

    def __init__(self, sandbox: PageSandbox) -> None:
        self._sandbox = sandbox
        self._readers: dict[str, Callable[[str], Rows]] = {
            "directory": self._directory,
            "ephemerals": self._ephemerals,
            "views": self._views,
            "x": self._x,
            "traffic": self._traffic,
            "state": self._state,
        }

    def seat(self, wanted: str) -> str:
        """The seat asked for, or the first one when nobody is called that."""
        person = self._sandbox.slack.state.people.get(wanted)
        return wanted if person and not person["is_bot"] else cast.STAFF[0]

    def sections(self, seat: str) -> list[str]:
        """All sections of a seat."""
        return [*self._readers, *(MESSAGES + channel for channel in self._channels_of(seat))]

    def touched(self, change: Change, seat: str) -> set[str]:
        """Sections to read again, among them perhaps some that this seat does not see."""
        topic = change["topic"]
        if topic not in TOUCHED:
            return set(self.sections(seat))
        spoken = [MESSAGES + change["payload"]["channel"]] if topic.startswith("message") else []
        return {"state", *TOUCHED[topic], *spoken}

    def read(self, section: str, seat: str) -> Rows:
        if section.startswith(MESSAGES):
            return self._messages(section.removeprefix(MESSAGES))
        return self._readers[section](seat)

    def _channels_of(self, seat: str) -> list[str]:
        channels = self._sandbox.slack.state.channels.values()
        return [channel["id"] for channel in channels if seat in channel["members"]]

    def _directory(self, seat: str) -> Rows:
        state, app = self._sandbox.slack.state, self._sandbox.slack.app
        rows: Rows = {
            "seat": seat,
            "cast": {"team": self._sandbox.slack.team.name, "bot": {"id": app.bot_user_id, "name": app.name}},
        }
        for order, person in enumerate(state.people.values()):
            rows[f"person:{person['id']}"] = self._person(person, order)
        rows |= {f"group:{group['id']}": group for group in state.groups.values()}
        known = {**state.channels, f"D0{seat}": state.channels.get(f"D0{seat}") or _direct(seat)}
        for order, channel in enumerate(known.values()):
            if not channel["is_im"] or seat in channel["members"]:
                rows[f"channel:{channel['id']}"] = _channel(channel, seat, order)
        return rows

    def _person(self, person: Rows, order: int) -> Rows:
        ours = person["team_id"] == self._sandbox.slack.team.id
        return {
            "id": person["id"],
            "name": person["real_name"].split(" ")[0],
            "real_name": person["real_name"],
            "avatar": person["avatar"],
            "is_bot": person["is_bot"],
            "deleted": person["deleted"],
            "note": self._note(person, ours=ours),
            "seat": ours and not person["is_bot"] and not person["deleted"],
            "order": order,
        }

    def _note(self, person: Rows, *, ours: bool) -> str:
        """What somebody is here, in a word; the group that matters most wins."""
        groups = [g["id"] for g in self._sandbox.slack.state.groups.values() if person["id"] in g["users"]]
        words = {"S0ONCALL": "on-call", "S0PR": "PR", "S0SERVICE": "service"}
        by_group = next((word for group, word in words.items() if group in groups), "")
        return "other company" if not ours else "guest" if person["guest"] != "no" else by_group

    def _messages(self, channel: str) -> Rows:
        workspace = self._sandbox.slack
        newest = workspace.state.messages.get(channel, [])[-NEWEST_MESSAGES:]
        return {f"message:{channel}:{m['ts']}": {**workspace.wire(m), "channel": channel} for m in newest}

    def _ephemerals(self, seat: str) -> Rows:
        shown = self._sandbox.slack.seat(seat).ephemerals[-NEWEST_MESSAGES:]
        return {f"ephemeral:{one['ts']}": one for one in shown}

    def _views(self, seat: str) -> Rows:
        mine = self._sandbox.slack.seat(seat)
        return {"home": mine.home, **{f"modal:{depth}": view for depth, view in enumerate(mine.modals)}}

    def _x(self, _seat: str) -> Rows:
        network = self._sandbox.x
        others = [account for account in network.people.all() if account.id != network.brand.id][-MOST_CUSTOMERS:]
        latest = [post for post in network.posts.values() if post.is_latest][-NEWEST_POSTS:]
        return {
            "x": {"brand": network.brand.handle},
            "customers": [{"handle": one.handle, "name": one.name} for one in others],
            **{f"post:{post.versions[0]}": self._post(post) for post in latest},
        }

    def _post(self, post: Post) -> Rows:
        network = self._sandbox.x
        author = network.author_of(post)
        return {
            "id": post.versions[0],
            "current": post.id,
            "versions": post.versions,
            "handle": author.handle,
            "name": author.name,
            "protected": author.protected,
            "suspended": author.suspended,
            "brand": author.id == network.brand.id,
            "at": post.created_at,
            **{key: getattr(post, key) for key in ("text", "lang", "source", "deleted", "likes", "reposts", "media")},
            **{key: getattr(post, key) for key in ("conversation_id", "in_reply_to", "quote_of", "reply_settings")},
        }

    def _traffic(self, _seat: str) -> Rows:
        calls = self._sandbox.traffic.calls()
        newest = itertools.islice(calls, max(0, len(calls) - NEWEST_CALLS), None)
        return {f"call:{call.n}": call.as_dict() for call in newest}

    def _state(self, _seat: str) -> Rows:
        sandbox = self._sandbox
        switches = [*sandbox.weather.describe(), *sandbox.x.switches.describe()]
        return {
            "clock": {"offset": sandbox.clock.offset},
            "weather": [{**row, "default": FINE[row["name"]]} for row in switches],
            "trickle": sandbox.trickle.describe(),
            "bot": {"connected": sandbox.slack.socket.connections > 0},
            "complaints": sandbox.slack.complaints[-20:],
        }


def _channel(channel: Rows, seat: str, order: int) -> Rows:
    return {
        "id": channel["id"],
        "name": channel["name"],
        "kind": "im" if channel["is_im"] else "channel",
        "member": seat in channel["members"] and not channel["is_archived"],
        "topic": channel["topic"],
        "order": order,
    }


def _direct(seat: str) -> Rows:
    """Direct messages with the app before the first one was written."""
    return {"id": f"D0{seat}", "name": "", "members": [seat], "is_im": True, "is_archived": False, "topic": ""}
