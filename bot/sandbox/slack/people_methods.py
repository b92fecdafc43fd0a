"""The methods about the app itself, people and user groups."""

from typing import TYPE_CHECKING

from bot.sandbox.slack.limits import TIER_2, TIER_4
from bot.sandbox.slack.methods import Method, Methods, flag, page_of
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json

if TYPE_CHECKING:
    from bot.sandbox.slack.workspace import Workspace


def api_test(_workspace: "Workspace", arguments: Json) -> Json:
    return {"args": {name: value for name, value in arguments.items() if name != "token"}}


def auth_test(workspace: "Workspace", _arguments: Json) -> Json:
    app, team = workspace.app, workspace.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": workspace.directory.person(app.bot_user_id)["name"],
        "team_id": team.id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(workspace: "Workspace", _arguments: Json) -> Json:
    address = workspace.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/socket?ticket={workspace.socket.new_ticket()}&app_id={workspace.app.id}"}


def users_info(workspace: "Workspace", arguments: Json) -> Json:
    person = workspace.directory.person(str(arguments["user"]))
    return {"user": workspace.directory.wire_person(person, locale=flag(arguments, "include_locale"))}


def users_list(workspace: "Workspace", arguments: Json) -> Json:
    people = [workspace.directory.wire_person(person) for person in workspace.state.people.values()]
    members, cursor = page_of(people, arguments)
    return {"members": members, "cache_ts": int(workspace.clock.now()), **cursor}


def groups_list(workspace: "Workspace", arguments: Json) -> Json:
    users = flag(arguments, "include_users")
    disabled = flag(arguments, "include_disabled")
    groups = [group for group in workspace.state.groups.values() if disabled or not group["disabled"]]
    return {"usergroups": [workspace.directory.wire_group(group, users=users) for group in groups]}


def group_users(workspace: "Workspace", arguments: Json) -> Json:
    group = workspace.directory.group(str(arguments["usergroup"]))
    if group["disabled"] and not flag(arguments, "include_disabled"):
        raise Refusal("no_such_subteam")
    return {"users": [user for user in group["users"] if not workspace.state.people[user]["deleted"]]}


_GROUPS = ("include_users", "include_count", "include_disabled", "team_id")

PEOPLE: Methods = {
    "api.test": Method(answer=api_test, allowed=("error", "foo"), token="none"),  # noqa: S106 -- the kind of a token
    "auth.test": Method(answer=auth_test),
    "apps.connections.open": Method(answer=connections_open, token="app"),  # noqa: S106 -- the kind of a token
    "users.info": Method(
        answer=users_info, needed=("user",), allowed=("include_locale",), scope="users:read", rate=TIER_4
    ),
    "users.list": Method(
        answer=users_list, allowed=("limit", "cursor", "include_locale", "team_id"), scope="users:read", rate=TIER_2
    ),
    "usergroups.list": Method(answer=groups_list, allowed=_GROUPS, scope="usergroups:read", rate=TIER_2),
    "usergroups.users.list": Method(
        answer=group_users,
        needed=("usergroup",),
        allowed=("include_disabled", "team_id"),
        scope="usergroups:read",
        rate=TIER_2,
    ),
}
