"""Slack says that people or user groups changed: what the desk remembered of them is forgotten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handlers.kit import Body
from handlers.tables import Flow, OnBody


@dataclass(frozen=True, slots=True)
class Membership(Flow):
    """Who may do what follows Slack at once, not after the minute for which an answer is remembered."""

    forget: Callable[[], None]

    def events(self) -> Mapping[str, OnBody]:
        kinds = ("subteam_updated", "subteam_members_changed", "user_change", "team_join")
        return dict.fromkeys(kinds, self.changed)

    async def changed(self, body: Body) -> None:  # noqa: ARG002 -- one shape for every event
        """Forget everything: these events come seldom, and looking up again is cheap."""
        self.forget()
