"""What the flows share: reading a payload, and showing a no to the one who asked.

Nothing in a payload decides anything: it carries ids, and what they mean is looked up on our side.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from bot.domain.errors import Refused, RefusedField, Unreadable
from bot.domain.ids import CaseId, ChannelId, MessageTs, OpId, UserId
from bot.ports import Chat, Screens
from bot.services.acting import Act
from bot.views import modals
from bot.views.ids import VALUE

Body = Mapping[str, Any]

NOT_OURS = "That button is not one of ours any more. Look at the card again."
_CASE_ID = re.compile(r"[CH]-[1-9][0-9]{0,11}")
"""Cases, and holds: work of a hold that was set aside goes by its number."""
_VALUE_LIMIT = 200
_PLAIN = ("value", "selected_user", "selected_date", "selected_time")
"""Where an input keeps what is plain text already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A button pressed or a menu entry chosen: whose, where, on which case, with which further ids."""

    act: Act
    trigger_id: str
    name: str
    rest: tuple[str, ...] = ()
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A form that was sent in: whose, on which case if any, what the form carried, and what was typed, by field."""

    user: UserId
    op: OpId
    case_id: CaseId | None
    carried: Mapping[str, Any]
    typed: Mapping[str, str]
    blocks: Mapping[str, str]

    @property
    def act(self) -> Act:
        """The act on the form's case; raises `Refused` for a form that carries none."""
        if self.case_id is None:
            raise Refused(NOT_OURS)
        return Act(case_id=self.case_id, user=self.user, op=self.op)


Answer = dict[str, Any] | None
"""What Slack is told together with the acknowledgement (see `response_action`), or nothing."""
OnClick = Callable[[Click], Awaitable[None]]
OnSubmit = Callable[[Submitted], Awaitable[Answer]]


def read_click(body: Body) -> Click:
    """Return what was clicked; raises `Unreadable` for a payload that no card of ours can have sent."""
    action = first_action(body)
    name = str(action.get("action_id", ""))
    value = _chosen(action)
    if name == "more":
        name, _, value = value.partition(":")
    case_id, *rest = value.split("|")
    channel, message = (body.get("channel") or {}).get("id"), (body.get("container") or {}).get("message_ts")
    op = OpId("click:" + _fingerprint(body, action))
    act = Act(
        case_id=read_case_id(case_id),
        user=read_user(body),
        op=op,
        seen_in=ChannelId(channel) if channel else None,
        seen_at=MessageTs(message) if isinstance(message, str) and message else None,
    )
    return Click(act=act, trigger_id=str(body.get("trigger_id", "")), name=name, rest=tuple(rest), body=body)


def read_form(body: Body) -> Submitted:
    """Return what was sent in; raises `Unreadable` for a form that is not ours."""
    view = body.get("view")
    if not isinstance(view, Mapping):
        raise Unreadable("a form without a view")
    carried = _carried(view)
    state = (view.get("state") or {}).get("values") or {}
    typed: dict[str, str] = {}
    blocks: dict[str, str] = {}
    for block_id, elements in state.items():
        field = str(block_id).partition(".")[0]
        blocks[field] = str(block_id)
        for element in elements.values():
            typed[field] = _typed(element)
    return Submitted(
        user=read_user(body),
        op=OpId(f"view:{view.get('id', '')}"),
        case_id=read_case_id(str(carried["case"])) if "case" in carried else None,
        carried=carried,
        typed=typed,
        blocks=blocks,
    )


def read_user(body: Body) -> UserId:
    """Return who acted; raises `Unreadable` where nobody is named."""
    user = body.get("user") or {}
    user_id = user.get("id") if isinstance(user, Mapping) else None
    if not isinstance(user_id, str) or not user_id:
        raise Unreadable("an act without a person")
    return UserId(user_id)


def read_case_id(text: str) -> CaseId:
    """Return a case number; raises `Refused` for anything else."""
    found = text.strip().upper() if len(text) <= _VALUE_LIMIT else ""
    if not _CASE_ID.fullmatch(found):
        raise Refused("That is not the number of a case. They look like C-1042.")
    return CaseId(found)


def read_rev(rest: tuple[str, ...]) -> int:
    """Return the revision that a button carries; raises `Refused` for anything else."""
    if not rest or not rest[0].isascii() or not rest[0].isdigit() or len(rest[0]) > 6:
        raise Refused(NOT_OURS)
    return int(rest[0])


@dataclass(frozen=True, slots=True)
class Kit:
    """Says no to people: at the field, in the form, or in the channel where only they see it."""

    chat: Chat
    screens: Screens

    async def tell(self, body: Body, sentence: str) -> None:
        """Tell only the person who clicked."""
        channel = (body.get("channel") or {}).get("id") or read_user(body)
        await self.chat.whisper(ChannelId(channel), read_user(body), sentence)

    def at_field(self, form: Submitted, no: Refused) -> Answer:
        """Return the answer that shows a no inside the form."""
        if isinstance(no, RefusedField) and no.field in form.blocks:
            return {"response_action": "errors", "errors": {form.blocks[no.field]: no.sentence}}
        return {"response_action": "update", "view": modals.told(no.sentence)}


def first_action(body: Body) -> Mapping[str, Any]:
    """Return what was clicked, as it came; raises `Unreadable` where nothing was."""
    actions = body.get("actions")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], Mapping):
        raise Unreadable("a click without an action")
    return actions[0]


def _chosen(action: Mapping[str, Any]) -> str:
    option = action.get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else action.get("value")
    return value if isinstance(value, str) else ""


def _fingerprint(body: Body, action: Mapping[str, Any]) -> str:
    """Return a name for this one click, the same however often it is delivered."""
    container = body.get("container") or {}
    parts = (
        body.get("trigger_id"),
        action.get("action_ts"),
        action.get("action_id"),
        container.get("message_ts") or container.get("view_id"),
        read_user(body),
    )
    return sha256("|".join(str(part) for part in parts).encode(errors="replace")).hexdigest()[:32]


def _carried(view: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        carried = json.loads(view.get("private_metadata") or "{}")
    except (ValueError, TypeError, RecursionError):
        raise Unreadable("a form whose metadata cannot be read") from None
    if not isinstance(carried, dict):
        raise Unreadable("a form whose metadata cannot be read")
    return carried


def _typed(element: Mapping[str, Any]) -> str:
    """Return what one input holds, as text: typed words, a chosen value, a person, or ticked values."""
    option = element.get("selected_option")
    if isinstance(option, Mapping):
        return str(option.get("value", ""))
    ticked = element.get("selected_options")
    if isinstance(ticked, list):
        return ",".join(str(o.get("value", "")) for o in ticked if isinstance(o, Mapping))
    people = element.get("selected_users")
    if isinstance(people, list):
        return ",".join(str(user) for user in people)
    return str(next((element[name] for name in _PLAIN if element.get(name)), ""))


__all__ = [
    "NOT_OURS",
    "VALUE",
    "Answer",
    "Body",
    "Click",
    "Kit",
    "OnClick",
    "OnSubmit",
    "Submitted",
    "first_action",
    "read_case_id",
    "read_click",
    "read_form",
    "read_rev",
    "read_user",
]
