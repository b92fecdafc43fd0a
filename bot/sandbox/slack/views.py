"""Modals and home tabs: each person's stack of at most three views, their hashes, and what is typed in them."""

import secrets

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.slack.blocks import problems_of_view, weight
from bot.sandbox.slack.history import with_ids
from bot.sandbox.slack.inputs import first_values
from bot.sandbox.slack.people import App, Team
from bot.sandbox.slack.refusals import Refusal
from bot.sandbox.slack.state import Json, State

DEEPEST_STACK = 3
HEAVIEST_VIEW = 250_000


class Views:
    """Opens, pushes, updates, publishes and closes views; raises Slack's refusals."""

    def __init__(self, state: State, clock: SandboxClock, changes: Changes, team: Team, app: App) -> None:
        self._state = state
        self._clock = clock
        self._changes = changes
        self._team = team
        self._app = app

    def open(self, user: str, given: Json) -> Json:
        """A new modal in place of whatever this person had open."""
        self.check(given, "modal")
        for view_id in self._state.stacks.pop(user, []):
            self._state.views.pop(view_id, None)
        return self._put_on_stack(user, given)

    def push(self, user: str, given: Json) -> Json:
        self.check(given, "modal")
        stack = self._state.stacks.get(user, [])
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= DEEPEST_STACK:
            raise Refusal("push_limit_reached")
        return self._put_on_stack(user, given)

    def update(self, view_id: str, given: Json, hash_: str = "") -> Json:
        """Replace a view; what was typed under unchanged ids stays, as in Slack."""
        view = self.get(view_id)
        self.check(given, view["type"], view_id)
        if hash_ and hash_ != view["hash"]:
            raise Refusal("hash_conflict")
        self._fill(view, given)
        self._tell(view)
        return view

    def publish(self, user: str, given: Json, hash_: str = "") -> Json:
        self.check(given, "home", self._state.homes.get(user, ""))
        before = self.home(user)
        if hash_ and before is not None and hash_ != before["hash"]:
            raise Refusal("hash_conflict")
        view = before if before is not None else self._new(user, "home")
        self._state.homes[user] = view["id"]
        self._fill(view, given)
        self._tell(view)
        return view

    def close(self, view_id: str) -> Json:
        """Take a view off its stack, and with it those above it."""
        view = self.get(view_id)
        stack = self._state.stacks.get(view["user"], [])
        for above in stack[stack.index(view_id) :] if view_id in stack else []:
            self._state.views.pop(above, None)
            stack.remove(above)
        self._tell(view)
        return view

    def close_all(self, user: str) -> None:
        if self._state.stacks.get(user):
            self.close(self._state.stacks[user][0])

    def get(self, view_id: str) -> Json:
        try:
            return self._state.views[view_id]
        except KeyError:
            raise Refusal("not_found") from None

    def by_external_id(self, external_id: str) -> Json:
        for view in self._state.views.values():
            if view["external_id"] == external_id:
                return view
        raise Refusal("not_found")

    def stack(self, user: str) -> list[Json]:
        """A person's open modals, the visible one last."""
        return [self._state.views[view_id] for view_id in self._state.stacks.get(user, [])]

    def home(self, user: str) -> Json | None:
        return self._state.views.get(self._state.homes.get(user, ""))

    def check(self, given: Json, kind: str, view_id: str = "") -> None:
        """Raise what Slack answers to a wrong view; `view_id` is the one that it replaces."""
        if weight(given) > HEAVIEST_VIEW:
            raise Refusal("view_too_large")
        problems = problems_of_view(given)
        if not problems and given["type"] != kind:
            problems = [f"must be a {kind} view [json-pointer:/view/type]"]
        if problems:
            raise Refusal("invalid_arguments", messages=problems)
        external = given.get("external_id", "")
        if external and any(v["external_id"] == external and v["id"] != view_id for v in self._state.views.values()):
            raise Refusal("duplicate_external_id")

    def _put_on_stack(self, user: str, given: Json) -> Json:
        stack = self._state.stacks.setdefault(user, [])
        view = self._new(user, "modal")
        view["previous_view_id"] = stack[-1] if stack else None
        view["root_view_id"] = stack[0] if stack else view["id"]
        stack.append(view["id"])
        self._fill(view, given)
        self._tell(view)
        return view

    def _new(self, user: str, kind: str) -> Json:
        view_id = self._state.next_id("V0")
        self._state.views[view_id] = view = {
            "id": view_id,
            "team_id": self._team.id,
            "type": kind,
            "user": user,
            "previous_view_id": None,
            "root_view_id": view_id,
            "app_id": self._app.id,
            "app_installed_team_id": self._team.id,
            "bot_id": self._app.bot_id,
            "external_id": "",
        }
        return view

    def _fill(self, view: Json, given: Json) -> None:
        kept = view.get("state", {}).get("values", {})
        blocks = with_ids(given["blocks"])
        view |= {
            "blocks": blocks,
            "title": given.get("title"),
            "submit": given.get("submit"),
            "close": given.get("close"),
            "callback_id": given.get("callback_id", ""),
            "private_metadata": given.get("private_metadata", ""),
            "external_id": given.get("external_id", ""),
            "clear_on_close": given.get("clear_on_close", False),
            "notify_on_close": given.get("notify_on_close", False),
            "submit_disabled": given.get("submit_disabled", False),
            "state": {"values": first_values(blocks, kept)},
            "hash": f"{int(self._clock.now())}.{secrets.token_hex(4)}",
        }

    def _tell(self, view: Json) -> None:
        user = view["user"]
        if view["type"] == "home":
            self._changes.publish("home", {"user": user, "view": view})
        else:
            self._changes.publish("view", {"user": user, "view_id": view["id"], "stack": self.stack(user)})


def wire_view(view: Json) -> Json:
    """A view as Slack would send it: without the sandbox's note of whose it is."""
    return {key: value for key, value in view.items() if key != "user"}
