"""The plain facts a pretend workspace starts with: its team, app, people, groups and channels."""

from dataclasses import dataclass
from typing import Literal

Guest = Literal["no", "single_channel", "multi_channel"]

ALL_BOT_SCOPES = frozenset(
    {
        "chat:write",
        "commands",
        "usergroups:read",
        "users:read",
        "channels:read",
        "groups:read",
        "im:read",
        "mpim:read",
        "im:write",
        "mpim:write",
        "channels:history",
        "groups:history",
        "im:history",
        "mpim:history",
        "reactions:write",
        "channels:manage",
        "groups:write",
        "metadata.message:read",
    },
)
"""Every bot scope the pretend Slack knows; an app is normally given far fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A workspace: id such as T0LUMEN, name, and the domain before `.slack.com`."""

    id: str
    name: str
    domain: str = "lumen-shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The one app installed in the workspace, as its manifest says it; tokens are the only ones accepted."""

    id: str
    name: str
    bot_user_id: str
    bot_id: str
    bot_token: str
    app_token: str
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 -- invented, opens nothing
    scopes: frozenset[str] = frozenset({"chat:write", "commands", "usergroups:read", "users:read",
                                        "channels:read", "groups:read", "im:write",
                                        "channels:history", "groups:history"})  # fmt: skip
    commands: tuple[str, ...] = ("/desk",)
    events: frozenset[str] = frozenset({"app_home_opened", "user_change", "subteam_members_changed",
                                        "channel_archive", "channel_rename", "channel_shared",
                                        "channel_unshared", "member_joined_channel"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a seat: `name` is the handle (ana), `real_name` what others read; avatar is a path or URL."""

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    guest: Guest = "no"
    deleted: bool = False
    is_bot: bool = False
    is_app_user: bool = False
    is_workflow_bot: bool = False
    is_admin: bool = False
    tz: str = "Europe/London"
    tz_label: str = "Greenwich Mean Time"
    tz_offset: int = 0
    locale: str = "en-GB"
    avatar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A user group that can be mentioned: id such as S0SERVICE, handle without the @."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel and who is in it; the bot may post only where it is a member. Direct messages come by themselves."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    is_private: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everything a pretend workspace is built from; people of other teams are strangers in shared channels."""

    team: Team
    app: App
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    channels: tuple[Channel, ...]
