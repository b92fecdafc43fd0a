"""The messages of each channel and each person's ephemeral ones: written, changed, deleted, counted as unread."""

import copy
import secrets
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.blocks import elements_of
from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.mentions import Mention, mentions_in
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json, State

OURS = ("mentions", "notified")
"""Fields that the sandbox adds to a message for its tests and its page; Slack never sends them."""


class History:
    """Keeps messages as dicts in Slack's shape; `mentions` and `notified` beside them are the sandbox's own."""

    def __init__(self, state: State, clock: SandboxClock, changes: Changes, directory: Directory) -> None:
        self._state = state
        self._clock = clock
        self._changes = changes
        self._directory = directory

    def post(self, channel: str, author: Json, text: str, *, thread_ts: str = "", **more: Any) -> Json:
        """Add a message; `author` holds user (and bot_id, app_id), `more` blocks, metadata, subtype."""
        parent = self._parent(channel, thread_ts) if thread_ts else None
        message = {
            "type": "message",
            **author,
            "text": text,
            "ts": self._state.next_ts(self._clock.now()),
            "team": self._directory.team.id,
            **{key: value for key, value in more.items() if value},
        }
        message["blocks"] = with_ids(message.get("blocks", []))
        if parent is not None:
            message |= {"thread_ts": parent["ts"], "parent_user_id": parent["user"]}
            _count_reply(parent, message)
        message["mentions"] = mentions_in(text, message["blocks"])
        message["notified"] = self._notified(channel, author["user"], message["mentions"])
        self._state.messages[channel].append(message)
        self._mark_unread(channel, author["user"])
        self._changes.publish("message", {"channel": channel, "message": message})
        if parent is not None:
            self._changes.publish("message_changed", {"channel": channel, "message": parent})
        return message

    def change(self, channel: str, ts: str, text: str, blocks: list[Json], metadata: Json | None = None) -> Json:
        """Replace text and blocks of a message; whom the new words mention is noted, but nobody is notified again."""
        message = self.find(channel, ts)
        message |= {"text": text, "blocks": with_ids(blocks), "mentions": mentions_in(text, blocks)}
        message["edited"] = {"user": message["user"], "ts": f"{self._clock.now():.6f}"}
        if metadata is not None:
            message["metadata"] = metadata
        if not message.get("metadata"):
            message.pop("metadata", None)
        self._changes.publish("message_changed", {"channel": channel, "message": message})
        return message

    def delete(self, channel: str, ts: str) -> None:
        """Take a message away; a parent with replies leaves its tombstone."""
        message = self.find(channel, ts)
        if message.get("reply_count"):
            message |= {"subtype": "tombstone", "text": "This message was deleted.", "blocks": [], "mentions": []}
            message.pop("metadata", None)
        else:
            self._state.messages[channel].remove(message)
        gone = {"channel": channel, "ts": ts, "thread_ts": message.get("thread_ts", "")}
        self._changes.publish("message_deleted", gone)

    def find(self, channel: str, ts: str) -> Json:
        for message in self._state.messages.get(channel, []):
            if message["ts"] == ts and message.get("subtype") != "tombstone":
                return message
        raise Refusal("message_not_found")

    def of(self, channel: str) -> list[Json]:
        """All messages of a channel, oldest first, thread replies among them."""
        return self._state.messages.get(channel, [])

    def thread(self, channel: str, ts: str) -> list[Json]:
        """A parent and its replies, oldest first; an empty list for an unknown one."""
        return [m for m in self.of(channel) if ts in (m["ts"], m.get("thread_ts"))]

    def whisper(self, user: str, channel: str, text: str, blocks: list[Json], *, thread_ts: str = "") -> Json:
        """Show a message to one person only; it can be clicked and replaced by its response address, not by ts."""
        shown = {
            "channel": channel,
            "ts": self._state.next_ts(self._clock.now()),
            "at": self._clock.now(),
            "text": text,
            "blocks": with_ids(blocks),
            "thread_ts": thread_ts,
            "mentions": mentions_in(text, blocks),
        }
        self._state.ephemerals.setdefault(user, []).append(shown)
        self._tell_whisper(user, shown)
        return shown

    def whispered(self, user: str, ts: str) -> Json | None:
        return next((e for e in self._state.ephemerals.get(user, []) if e["ts"] == ts), None)

    def change_whisper(self, user: str, shown: Json, text: str, blocks: list[Json]) -> None:
        shown |= {"text": text, "blocks": with_ids(blocks), "mentions": mentions_in(text, blocks)}
        self._tell_whisper(user, shown)

    def forget_whisper(self, user: str, shown: Json) -> None:
        self._state.ephemerals[user].remove(shown)
        self._tell_whisper(user, shown, deleted=True)

    def read(self, user: str, channel: str) -> None:
        """The person has seen the channel: no unread marks there."""
        self._state.unread.setdefault(user, {})[channel] = 0
        self._changes.publish("unread", {"user": user, "channel": channel, "count": 0})

    def _tell_whisper(self, user: str, shown: Json, *, deleted: bool = False) -> None:
        told = {"user": user, "channel": shown["channel"], "ephemeral": shown, "deleted": deleted}
        self._changes.publish("ephemeral", told)

    def _parent(self, channel: str, thread_ts: str) -> Json:
        try:
            found = self.find(channel, thread_ts)
        except Refusal:
            raise Refusal("thread_not_found") from None
        above = found.get("thread_ts", thread_ts)
        return found if above == thread_ts else self._parent(channel, above)

    def _mark_unread(self, channel: str, author: str) -> None:
        for user in self._state.channels[channel]["members"]:
            if user not in (author, self._directory.app.bot_user_id):
                marks = self._state.unread.setdefault(user, {})
                marks[channel] = marks.get(channel, 0) + 1
                self._changes.publish("unread", {"user": user, "channel": channel, "count": marks[channel]})

    def _notified(self, channel: str, author: str, mentions: list[Mention]) -> list[str]:
        members = self._state.channels[channel]["members"]
        everybody: set[str] = set()
        for mention in mentions:
            group: Json = self._state.groups.get(mention["id"], {"users": []})
            everybody.update({"broadcast": members, "user": [mention["id"]]}.get(mention["kind"]) or group["users"])
        return sorted(everybody & set(self._state.people) - {author, self._directory.app.bot_user_id})


def wire(message: Json) -> Json:
    """A message as Slack would send it, without the sandbox's own notes."""
    return {key: value for key, value in message.items() if key not in OURS and value != []}


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy of the blocks where each block and element has an id; Slack makes up the missing ones."""
    filled = []
    for block in copy.deepcopy(blocks):
        named = {**block, "block_id": block.get("block_id") or secrets.token_hex(3)}
        for element in elements_of(named):
            element.setdefault("action_id", secrets.token_hex(3))
        filled.append(named)
    return filled


def _count_reply(parent: Json, reply: Json) -> None:
    users = [*parent.get("reply_users", []), reply["user"]]
    parent["thread_ts"] = parent["ts"]
    parent["reply_count"] = parent.get("reply_count", 0) + 1
    parent["reply_users"] = list(dict.fromkeys(users))
    parent["reply_users_count"] = len(parent["reply_users"])
    parent["latest_reply"] = reply["ts"]
