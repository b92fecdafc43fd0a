"""The bodies that the control API takes, as checked structures; what is left out keeps the value written here."""

from typing import Any

import msgspec

Json = dict[str, Any]


class Asking(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The base of every body: a key that is not known is a mistake, never ignored."""


class Nothing(Asking):
    """No parameters."""


class NewPost(Asking):
    """What somebody writes; `author` is a handle; `native` for what the brand's own staff type on X."""

    author: str
    text: str
    in_reply_to: str | None = None
    quote_of: str | None = None
    lang: str = "en"
    created_at: float | None = None
    reply_settings: str = "everyone"
    native: bool = False


class PostChange(Asking):
    """An edit of the words, or other counts."""

    text: str | None = None
    likes: int | None = None
    reposts: int | None = None


class Repost(Asking):
    """Who passes which post on."""

    author: str
    id: str


class NewPerson(Asking):
    """Somebody new on the pretend X."""

    handle: str
    name: str = ""
    followers: int = 120
    verified: bool = False


class PersonChange(Asking):
    """Protected: posts are hidden from the brand. Suspended: gone for everybody."""

    protected: bool | None = None
    suspended: bool | None = None
    followers: int | None = None


class Spoiling(Asking):
    """A kind of `Spoil`, or stream_line for one broken line in the stream."""

    kind: str


class ReplayedPost(Asking):
    """One post of a file; `handle` need not be known, `author` is the name that is shown."""

    handle: str
    text: str
    author: str = ""
    lang: str = "en"
    created_at: float | None = None
    id: str | None = None
    in_reply_to: str | None = None


class Replaying(Asking):
    """Up to 500 posts, published in this order."""

    posts: list[ReplayedPost]


class Click(Asking):
    """Click what the message shows now; `confirm` false says no to the dialog."""

    channel: str
    ts: str
    action_id: str
    option: Any = None
    block_id: str | None = None
    confirm: bool = True


class RawClick(Asking):
    """A hostile click: any action, and any parts of the payload replaced."""

    channel: str
    ts: str
    action: Json
    overrides: Json = msgspec.field(default_factory=dict)


class HomeClick(Asking):
    """Click in the home tab."""

    action_id: str
    option: Any = None
    block_id: str | None = None


class ViewClick(Asking):
    """Click or pick inside an open modal; `values` is what else stands in the form."""

    view_id: str
    action_id: str
    option: Any = None
    block_id: str | None = None
    values: Json = msgspec.field(default_factory=dict)


class Filling(Asking):
    """Type into a form without sending it."""

    view_id: str
    values: Json


class Submission(Asking):
    """Fill in and send a form; `twice` is the impatient double click."""

    view_id: str
    values: Json = msgspec.field(default_factory=dict)
    twice: bool = False


class Closing(Asking):
    """Close one modal, or the stack."""

    view_id: str
    all_of_them: bool = False


class Command(Asking):
    """A slash command as typed."""

    command: str = "/desk"
    text: str = ""
    channel: str = "C0CARE"


class Saying(Asking):
    """A message to a channel or thread."""

    channel: str
    text: str
    thread_ts: str | None = None


class Reading(Asking):
    """Mark a channel as read."""

    channel: str


class ChannelChange(Asking):
    """What an administrator changes about a channel; `join` and `leave` are user ids, the bot's is U0DESK."""

    archived: bool | None = None
    shared: bool | None = None
    name: str | None = None
    join: list[str] = msgspec.field(default_factory=list)
    leave: list[str] = msgspec.field(default_factory=list)


class GroupChange(Asking):
    """Who is in a user group from now on."""

    users: list[str]


class WorkerChange(Asking):
    """What an administrator changes about a person."""

    deleted: bool | None = None
    guest: str | None = None
    real_name: str | None = None
    title: str | None = None


class Advance(Asking):
    """Seconds to push the clock forward."""

    seconds: float


class TrickleChange(Asking):
    """Run or pause, and complaints per minute."""

    running: bool | None = None
    per_minute: float | None = None


SEAT_VERBS: dict[str, type[Asking]] = {
    "click": Click,
    "click_raw": RawClick,
    "click_home": HomeClick,
    "click_in_view": ViewClick,
    "fill": Filling,
    "submit": Submission,
    "close": Closing,
    "command": Command,
    "open_home": Nothing,
    "says": Saying,
    "read": Reading,
}
"""What a seat can do; each name is the method of `Seat` and the last part of the address."""
