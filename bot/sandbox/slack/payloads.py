"""What Slack sends an app: clicks, submitted and closed forms, slash commands, event callbacks."""

import copy
import secrets

from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.state import Json

VERIFICATION = "sandbox-verification"


class Payloads:
    """Builds payloads with the ids of the workspace and of the app."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._team = directory.team
        self._app = directory.app

    def interaction(self, kind: str, user: str, trigger: str) -> Json:
        """What clicks and forms have in common."""
        person = self._directory.person(user)
        return {
            "type": kind,
            "user": {
                "id": user,
                "username": person["name"],
                "name": person["name"],
                "team_id": person["team_id"],
            },
            "api_app_id": self._app.id,
            "token": VERIFICATION,
            "team": {"id": self._team.id, "domain": self._team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": trigger,
        }

    def channel(self, channel: Json) -> Json:
        return {"id": channel["id"], "name": self._directory.shown_name(channel)}

    def command(self, user: str, channel: Json, *, command: str, text: str, trigger: str, response_url: str) -> Json:
        """The form fields of a slash command."""
        return {
            "token": VERIFICATION,
            "team_id": self._team.id,
            "team_domain": self._team.domain,
            "channel_id": channel["id"],
            "channel_name": self._directory.shown_name(channel),
            "user_id": user,
            "user_name": self._directory.person(user)["name"],
            "command": command,
            "text": text,
            "api_app_id": self._app.id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger,
        }

    def event(self, event: Json, event_id: str, now: float, *, ext_shared: bool = False) -> Json:
        """An event callback; the same `event_id` marks the same event in each redelivery."""
        return {
            "token": VERIFICATION,
            "team_id": self._team.id,
            "context_team_id": self._team.id,
            "context_enterprise_id": None,
            "api_app_id": self._app.id,
            "event": copy.deepcopy(event),
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(now),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._team.id,
                    "user_id": self._app.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                },
            ],
            "is_ext_shared_channel": ext_shared,
            "event_context": f"4-{secrets.token_hex(16)}",
        }
