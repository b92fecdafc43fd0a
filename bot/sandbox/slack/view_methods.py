"""The `views.*` methods: modals and home tabs."""

from typing import TYPE_CHECKING

from bot.sandbox.slack.limits import TIER_4
from bot.sandbox.slack.methods import Method, Methods, decoded
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json
from bot.sandbox.slack.views import wire_view

if TYPE_CHECKING:
    from bot.sandbox.slack.workspace import Workspace


def open_(workspace: "Workspace", arguments: Json) -> Json:
    view = _view(arguments)
    workspace.views.check(view, "modal")
    user = workspace.tickets.redeem_trigger(str(arguments["trigger_id"]))
    return {"view": wire_view(workspace.views.open(user, view))}


def push(workspace: "Workspace", arguments: Json) -> Json:
    view = _view(arguments)
    workspace.views.check(view, "modal")
    user = workspace.tickets.redeem_trigger(str(arguments["trigger_id"]))
    return {"view": wire_view(workspace.views.push(user, view))}


def update(workspace: "Workspace", arguments: Json) -> Json:
    view_id, external_id = arguments.get("view_id"), arguments.get("external_id")
    if bool(view_id) == bool(external_id):
        raise Refusal("invalid_arguments", messages=["exactly one of view_id and external_id is needed"])
    found = str(view_id) if view_id else workspace.views.by_external_id(str(external_id))["id"]
    view = workspace.views.update(found, _view(arguments), str(arguments.get("hash") or ""))
    return {"view": wire_view(view)}


def publish(workspace: "Workspace", arguments: Json) -> Json:
    user = str(arguments["user_id"])
    workspace.directory.person(user)
    view = workspace.views.publish(user, _view(arguments), str(arguments.get("hash") or ""))
    return {"view": wire_view(view)}


def _view(arguments: Json) -> Json:
    view = decoded(arguments, "view", "invalid_arguments")
    if not isinstance(view, dict):
        raise Refusal("invalid_arguments", messages=["must be an object [json-pointer:/view]"])
    return view


VIEWS: Methods = {
    "views.open": Method(answer=open_, needed=("trigger_id", "view"), rate=TIER_4, posts=True),
    "views.push": Method(answer=push, needed=("trigger_id", "view"), rate=TIER_4, posts=True),
    "views.update": Method(
        answer=update, needed=("view",), allowed=("view_id", "external_id", "hash"), rate=TIER_4, posts=True
    ),
    "views.publish": Method(answer=publish, needed=("user_id", "view"), allowed=("hash",), rate=TIER_4, posts=True),
}
