"""The `conversations.*` methods and `reactions.add`."""

from math import inf
from typing import TYPE_CHECKING

from bot.sandbox.slack.history import wire
from bot.sandbox.slack.limits import TIER_2, TIER_3, TIER_4
from bot.sandbox.slack.methods import Method, Methods, flag, need_channel_scope, need_scope, page_of
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json

if TYPE_CHECKING:
    from bot.sandbox.slack.workspace import Workspace

# Value of `types` → the scope it needs and the kind of channel in `Directory.kind`.
TYPES = {
    "public_channel": ("channels:read", "channel"),
    "private_channel": ("groups:read", "group"),
    "im": ("im:read", "im"),
    "mpim": ("mpim:read", "mpim"),
}


def list_(workspace: "Workspace", arguments: Json) -> Json:
    kinds = set()
    for name in str(arguments.get("types") or "public_channel").split(","):
        if name.strip() not in TYPES:
            raise Refusal("invalid_types")
        scope, kind = TYPES[name.strip()]
        need_scope(workspace, scope)
        kinds.add(kind)
    found = [c for c in workspace.state.channels.values() if workspace.directory.kind(c) in kinds]
    found = [c for c in found if not c["is_private"] or workspace.app.bot_user_id in c["members"]]
    if flag(arguments, "exclude_archived"):
        found = [c for c in found if not c["is_archived"]]
    channels, cursor = page_of([workspace.directory.wire_channel(c) for c in found], arguments)
    return {"channels": channels, **cursor}


def info(workspace: "Workspace", arguments: Json) -> Json:
    return {"channel": workspace.directory.wire_channel(_readable(workspace, arguments, "read"))}


def members(workspace: "Workspace", arguments: Json) -> Json:
    channel = _readable(workspace, arguments, "read")
    page, cursor = page_of([{"id": user} for user in channel["members"]], arguments)
    return {"members": [row["id"] for row in page], **cursor}


def history(workspace: "Workspace", arguments: Json) -> Json:
    channel = _readable(workspace, arguments, "history")
    if workspace.app.bot_user_id not in channel["members"]:
        raise Refusal("not_in_channel")
    late = workspace.weather.slack_history_late
    shown_by = workspace.clock.now() - late if late else inf
    seen = [m for m in workspace.history.of(channel["id"]) if float(m["ts"]) <= shown_by]
    top = [m for m in seen if _is_top_level(m) and _is_between(m, arguments)]
    page, cursor = page_of(list(reversed(top)), arguments)
    shown = [_shown(m, metadata=flag(arguments, "include_all_metadata")) for m in page]
    return {"messages": shown, "has_more": bool(cursor["response_metadata"]["next_cursor"]), "pin_count": 0, **cursor}


def replies(workspace: "Workspace", arguments: Json) -> Json:
    channel = _readable(workspace, arguments, "history")
    thread = workspace.history.thread(channel["id"], str(arguments["ts"]))
    if not thread:
        raise Refusal("thread_not_found")
    page, cursor = page_of([m for m in thread if _is_between(m, arguments)], arguments, usual=1_000)
    shown = [_shown(m, metadata=flag(arguments, "include_all_metadata")) for m in page]
    return {"messages": shown, "has_more": bool(cursor["response_metadata"]["next_cursor"]), **cursor}


def open_(workspace: "Workspace", arguments: Json) -> Json:
    users = [user for user in str(arguments.get("users") or "").split(",") if user]
    channel = str(arguments.get("channel") or "")
    if not channel and len(users) != 1:
        raise Refusal("users_list_not_supplied" if not users else "not_enough_users")
    known = set(workspace.state.channels)
    channel = channel or workspace.directory.direct_messages(users[0])
    found = workspace.directory.channel(channel)
    shown = workspace.directory.wire_channel(found) if flag(arguments, "return_im") else {"id": channel}
    return {"no_op": channel in known, "already_open": channel in known, "channel": shown}


def set_topic(workspace: "Workspace", arguments: Json) -> Json:
    channel = workspace.directory.writable(str(arguments["channel"]))
    need_scope(workspace, "groups:write" if channel["is_private"] else "channels:manage")
    if len(str(arguments["topic"])) > 250:
        raise Refusal("too_long")
    channel["topic"] = str(arguments["topic"])
    workspace.changes.publish("channel", {"channel": channel})
    return {"channel": workspace.directory.wire_channel(channel)}


def add_reaction(workspace: "Workspace", arguments: Json) -> Json:
    channel = workspace.directory.writable(str(arguments["channel"]))
    message = workspace.history.find(channel["id"], str(arguments["timestamp"]))
    bot, name = workspace.app.bot_user_id, str(arguments["name"])
    reactions = message.setdefault("reactions", [])
    if any(r["name"] == name and bot in r["users"] for r in reactions):
        raise Refusal("already_reacted")
    reactions.append({"name": name, "users": [bot], "count": 1})
    workspace.changes.publish("message_changed", {"channel": channel["id"], "message": message})
    return {}


def _readable(workspace: "Workspace", arguments: Json, right: str) -> Json:
    channel = workspace.directory.channel(str(arguments["channel"]))
    need_channel_scope(workspace, channel, right)
    return channel


def _is_top_level(message: Json) -> bool:
    return message.get("thread_ts", message["ts"]) == message["ts"] or message.get("subtype") == "thread_broadcast"


def _is_between(message: Json, arguments: Json) -> bool:
    try:
        ts, oldest = float(message["ts"]), float(str(arguments.get("oldest") or 0))
        latest = float(str(arguments.get("latest") or "inf"))
    except ValueError:
        raise Refusal("invalid_ts_oldest") from None
    return oldest <= ts <= latest if flag(arguments, "inclusive") else oldest < ts < latest


def _shown(message: Json, *, metadata: bool) -> Json:
    shown = wire(message)
    if "metadata" in shown and not metadata:
        shown["metadata"] = {"event_type": shown["metadata"]["event_type"]}
    return shown


_PAGE = ("limit", "cursor")
_SPAN = (*_PAGE, "oldest", "latest", "inclusive", "include_all_metadata")

CONVERSATIONS: Methods = {
    "conversations.list": Method(answer=list_, allowed=(*_PAGE, "types", "exclude_archived", "team_id"), rate=TIER_2),
    "conversations.info": Method(
        answer=info, needed=("channel",), allowed=("include_locale", "include_num_members"), rate=TIER_3
    ),
    "conversations.members": Method(answer=members, needed=("channel",), allowed=_PAGE, rate=TIER_4),
    "conversations.history": Method(answer=history, needed=("channel",), allowed=_SPAN, rate=TIER_3),
    "conversations.replies": Method(answer=replies, needed=("channel", "ts"), allowed=_SPAN, rate=TIER_3),
    "conversations.open": Method(
        answer=open_,
        allowed=("users", "channel", "return_im", "prevent_creation"),
        scope="im:write",
        rate=TIER_3,
    ),
    "conversations.setTopic": Method(answer=set_topic, needed=("channel", "topic"), rate=TIER_2),
    "reactions.add": Method(
        answer=add_reaction, needed=("channel", "name", "timestamp"), scope="reactions:write", rate=TIER_3
    ),
}
