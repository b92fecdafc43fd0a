"""The `chat.*` methods: what an app writes, changes and takes back."""

import json
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.blocks import LONGEST_BLOCKS, problems_of_blocks, text_length
from bot.sandbox.slack.history import wire
from bot.sandbox.slack.limits import PER_CHANNEL, TIER_3, TIER_4
from bot.sandbox.slack.methods import Method, Methods, decoded, flag, need_scope
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json

if TYPE_CHECKING:
    from bot.sandbox.slack.workspace import Workspace

LONGEST_TEXT = 40_000
HEAVIEST_METADATA = 16_000
_RISKY = {"parse": "none", "link_names": "false"}


def post_message(workspace: "Workspace", arguments: Json) -> Json:
    channel = workspace.directory.writable(str(arguments["channel"]))
    text, blocks, metadata = _content(workspace, arguments)
    if any(name in arguments for name in ("username", "icon_emoji", "icon_url")):
        need_scope(workspace, "chat:write.customize")
    workspace.limits.count(f"chat.postMessage {channel['id']}", PER_CHANNEL)
    message = workspace.post(
        channel["id"],
        workspace.interactions.author(),
        text,
        thread_ts=str(arguments.get("thread_ts") or ""),
        blocks=blocks,
        metadata=metadata,
        subtype="thread_broadcast" if flag(arguments, "reply_broadcast") else "",
    )
    return {"channel": channel["id"], "ts": message["ts"], "message": wire(message)}


def update(workspace: "Workspace", arguments: Json) -> Json:
    channel = workspace.directory.writable(str(arguments["channel"]))
    message = _own(workspace, channel["id"], str(arguments["ts"]), "cant_update_message")
    text, blocks, metadata = _content(workspace, arguments)
    changed = workspace.history.change(channel["id"], message["ts"], text, blocks, metadata)
    return {"channel": channel["id"], "ts": changed["ts"], "text": text, "message": wire(changed)}


def delete(workspace: "Workspace", arguments: Json) -> Json:
    channel = workspace.directory.writable(str(arguments["channel"]))
    message = _own(workspace, channel["id"], str(arguments["ts"]), "cant_delete_message")
    workspace.history.delete(channel["id"], message["ts"])
    return {"channel": channel["id"], "ts": message["ts"]}


def post_ephemeral(workspace: "Workspace", arguments: Json) -> Json:
    channel = workspace.directory.writable(str(arguments["channel"]))
    user = str(arguments["user"])
    workspace.directory.person(user)
    if user not in channel["members"]:
        raise Refusal("user_not_in_channel")
    text, blocks, _ = _content(workspace, arguments)
    thread_ts = str(arguments.get("thread_ts") or "")
    shown = workspace.history.whisper(user, channel["id"], text, blocks, thread_ts=thread_ts)
    return {"message_ts": shown["ts"]}


def permalink(workspace: "Workspace", arguments: Json) -> Json:
    channel = workspace.directory.channel(str(arguments["channel"]))
    message = workspace.history.find(channel["id"], str(arguments["message_ts"]))
    address = f"https://{workspace.team.domain}.slack.com/archives/{channel['id']}/p{message['ts'].replace('.', '')}"
    if message.get("thread_ts", message["ts"]) != message["ts"]:
        address += f"?thread_ts={message['thread_ts']}&cid={channel['id']}"
    return {"channel": channel["id"], "permalink": address}


def _content(workspace: "Workspace", arguments: Json) -> tuple[str, list[Json], Json | None]:
    text = arguments.get("text") or ""
    blocks = decoded(arguments, "blocks", "invalid_blocks_format") or []
    if arguments.get("attachments"):
        raise Refusal("invalid_attachments")
    if not isinstance(text, str) or not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format" if isinstance(text, str) else "invalid_arguments")
    if not text and not blocks:
        raise Refusal("no_text")
    if len(text) > LONGEST_TEXT:
        raise Refusal("msg_too_long")
    _check_blocks(blocks)
    _warn(workspace, arguments, text)
    return text, blocks, _metadata(decoded(arguments, "metadata", "invalid_metadata_format"))


def _check_blocks(blocks: list[Any]) -> None:
    problems = problems_of_blocks(blocks)
    if problems:
        raise Refusal("invalid_blocks", errors=problems, messages=problems)
    if text_length(blocks) > LONGEST_BLOCKS:
        raise Refusal("msg_blocks_too_long")


def _warn(workspace: "Workspace", arguments: Json, text: str) -> None:
    if not text:
        workspace.complain("A message has blocks but no top-level text, so screen readers and notifications are mute.")
    for name, harmless in _RISKY.items():
        if name in arguments and str(arguments[name]).lower() not in (harmless, "0"):
            workspace.complain(f"`{name}` makes Slack turn customers' words into mentions and links.")


def _metadata(given: Any) -> Json | None:
    if given is None:
        return None
    if given == {}:
        return {}
    if not isinstance(given, dict) or not isinstance(given.get("event_type"), str) or not given["event_type"]:
        raise Refusal("invalid_metadata_format")
    if set(given) - {"event_type", "event_payload"} or not isinstance(given.get("event_payload"), dict):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(given)) > HEAVIEST_METADATA:
        raise Refusal("metadata_too_large")
    return given


def _own(workspace: "Workspace", channel: str, ts: str, error: str) -> Json:
    message = workspace.history.find(channel, ts)
    if message["user"] != workspace.app.bot_user_id:
        raise Refusal(error)
    return message


_BODY = ("text", "blocks", "attachments", "link_names", "parse", "mrkdwn", "as_user")
_LOOK = ("username", "icon_emoji", "icon_url")

CHAT: Methods = {
    "chat.postMessage": Method(
        answer=post_message,
        needed=("channel",),
        allowed=(*_BODY, *_LOOK, "thread_ts", "reply_broadcast", "metadata", "unfurl_links", "unfurl_media"),
        scope="chat:write",
        posts=True,
    ),
    "chat.update": Method(
        answer=update,
        needed=("channel", "ts"),
        allowed=(*_BODY, "metadata", "reply_broadcast", "unfurl_links", "unfurl_media"),
        scope="chat:write",
        rate=TIER_3,
        posts=True,
    ),
    "chat.delete": Method(
        answer=delete, needed=("channel", "ts"), allowed=("as_user",), scope="chat:write", rate=TIER_3, posts=True
    ),
    "chat.postEphemeral": Method(
        answer=post_ephemeral,
        needed=("channel", "user"),
        allowed=(*_BODY, *_LOOK, "thread_ts"),
        scope="chat:write",
        rate=TIER_4,
        posts=True,
    ),
    "chat.getPermalink": Method(answer=permalink, needed=("channel", "message_ts")),
}
