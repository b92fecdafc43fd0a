"""The Slack app manifest is complete, asks for the least, and keeps to Slack's published limits."""

import json
from pathlib import Path

import jsonschema
import pytest

from bot.checks_desk import scopes_of

FILE = Path(__file__).parents[2] / "config" / "slack_manifest.json"
MANIFEST = json.loads(FILE.read_text(encoding="utf-8"))

FLAG = {"type": "boolean"}


def _text(longest, shortest=1, pattern=None):
    return {"type": "string", "maxLength": longest, "minLength": shortest} | ({"pattern": pattern} if pattern else {})


def _table(required=(), **properties):
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _list(of, longest):
    return {"type": "array", "items": of, "maxItems": longest, "uniqueItems": True}


COMMAND = _table(
    ("command", "description"),
    command=_text(32, 2, r"^/[a-z0-9_-]+$"),
    description=_text(2000),
    usage_hint=_text(1000),
    should_escape=FLAG,
    url=_text(3000, 9, "^https://"),
)
EVENTS = _table(
    request_url=_text(3000, 9, "^https://"), bot_events=_list(_text(80), 100), user_events=_list(_text(80), 100)
)
SCHEMA = _table(
    ("display_information", "features", "oauth_config", "settings"),
    _metadata=_table(major_version={"enum": [1, 2]}, minor_version={"type": "integer"}),
    display_information=_table(
        ("name",),
        name=_text(35),
        description=_text(140),
        long_description=_text(4000, 174),
        background_color=_text(7, 4, "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"),
    ),
    features=_table(
        app_home=_table(home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG),
        bot_user=_table(("display_name",), display_name=_text(80), always_online=FLAG),
        slash_commands=_list(COMMAND, 50),
    ),
    oauth_config=_table(("scopes",), scopes=_table(bot=_list(_text(80, 3, r"^[a-z_.:]+$"), 255))),
    settings=_table(
        event_subscriptions=EVENTS,
        interactivity=_table(("is_enabled",), is_enabled=FLAG, request_url=_text(3000, 9, "^https://")),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
    ),
)
"""After Slack's app manifest reference (docs.slack.dev/reference/app-manifest): fields that we use, with their limits."""


def test_the_manifest_keeps_to_the_published_shape():
    jsonschema.Draft202012Validator(SCHEMA).validate(MANIFEST)


@pytest.mark.parametrize(
    "slip",
    [
        {"display_information": {"name": "n" * 36}},
        {"display_information": {"name": "n", "long_description": "short"}},
        {"colour": "blue"},
        {"oauth_config": {"scopes": {"bot": ["chat:write", "chat:write"]}}},
    ],
)
def test_the_schema_sees_slips(slip):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(MANIFEST | slip)


def test_it_asks_for_these_rights_and_no_others():
    assert sorted(scopes_of(MANIFEST)) == [
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "usergroups:read",
        "users:read",
    ]
    assert "user" not in MANIFEST["oauth_config"]["scopes"]


def test_it_switches_on_what_the_desk_uses():
    settings = MANIFEST["settings"]
    assert (settings["socket_mode_enabled"], settings["interactivity"]["is_enabled"]) == (True, True)
    assert settings["event_subscriptions"] == {
        "bot_events": [
            "app_home_opened",
            "channel_shared",
            "channel_unshared",
            "member_joined_channel",
            "subteam_members_changed",
            "subteam_updated",
            "team_join",
            "user_change",
        ]
    }
    assert [command["command"] for command in MANIFEST["features"]["slash_commands"]] == ["/desk"]
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]


def test_every_right_is_explained_in_the_docs():
    docs = (FILE.parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [scope for scope in scopes_of(MANIFEST) if f"`{scope}`" not in docs] == []
