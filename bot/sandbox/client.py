"""A small client of the control API, for programs in other processes: replays, fault tests, scripts."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.sandbox.errors import NotThere, SandboxError

Json = dict[str, Any]

ANSWER_SECONDS = 30.0
REPLAY_CHUNK = 500


class ControlClient:
    """`async with ControlClient("http://127.0.0.1:8765") as control:`; raises SandboxError in a sentence."""

    def __init__(self, base_url: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """`answer_seconds` is how long one call may take."""
        self._answer_seconds = answer_seconds
        self._base = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._answer_seconds))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def state(self) -> Json:
        """Both sides, weather, trickle and clock in one answer."""
        return await self._call("GET", "/state")

    async def post(self, author: str, text: str, **more: Any) -> Json:
        """A customer writes; `more` is in_reply_to, quote_of, lang, created_at, reply_settings, native."""
        return dict((await self._call("POST", "/x/posts", {"author": author, "text": text, **more}))["post"])

    async def edit(self, post_id: str, text: str) -> Json:
        return dict((await self._call("PATCH", f"/x/posts/{post_id}", {"text": text}))["post"])

    async def count(self, post_id: str, *, likes: int | None = None, reposts: int | None = None) -> Json:
        return dict((await self._call("PATCH", f"/x/posts/{post_id}", {"likes": likes, "reposts": reposts}))["post"])

    async def delete(self, post_id: str) -> None:
        await self._call("DELETE", f"/x/posts/{post_id}")

    async def join(self, handle: str, **about: Any) -> Json:
        """A new account; `about` is name, followers, verified."""
        return dict((await self._call("POST", "/x/people", {"handle": handle, **about}))["person"])

    async def protect(self, handle: str, *, protected: bool = True) -> None:
        await self._call("PATCH", f"/x/people/{handle}", {"protected": protected})

    async def suspend(self, handle: str, *, suspended: bool = True) -> None:
        await self._call("PATCH", f"/x/people/{handle}", {"suspended": suspended})

    async def spoil(self, kind: str) -> None:
        """Break the next mentions page (or, by stream_line, the stream) once."""
        await self._call("POST", "/x/spoil", {"kind": kind})

    async def replay(self, posts: Sequence[Json]) -> list[str]:
        """Publish many posts in order, in chunks of 500; answers their ids. A row has at least handle and text."""
        ids: list[str] = []
        for start in range(0, len(posts), REPLAY_CHUNK):
            answer = await self._call("POST", "/x/replay", {"posts": list(posts[start : start + REPLAY_CHUNK])})
            ids += answer["ids"]
        return ids

    async def posts(self, *, author: str | None = None, after: str | None = None) -> list[Json]:
        """The newest 500 living posts, oldest first."""
        return list((await self._call("GET", "/x/posts", query={"author": author, "after": after}))["posts"])

    async def timeline(self, handle: str | None = None) -> list[Json]:
        """What the brand (or somebody else) has published: the truth."""
        return list((await self._call("GET", "/x/timeline", query={"handle": handle}))["posts"])

    async def weather(self, **switches: Any) -> Json:
        """Turn switches (none: only look); answers their values."""
        answer = await self._call("POST", "/weather", switches) if switches else await self._call("GET", "/weather")
        return dict(answer["values"])

    async def fine_weather(self) -> None:
        await self._call("DELETE", "/weather")

    async def drop_socket(self) -> None:
        await self._call("POST", "/weather/drop_socket")

    async def drop_streams(self) -> int:
        return int((await self._call("POST", "/x/streams/drop"))["dropped"])

    async def advance(self, seconds: float) -> float:
        """Push the clock; answers the new time in epoch seconds."""
        return float((await self._call("POST", "/clock/advance", {"seconds": seconds}))["now"])

    async def trickle(self, *, running: bool | None = None, per_minute: float | None = None) -> Json:
        return await self._call("POST", "/trickle", {"running": running, "per_minute": per_minute})

    async def next_complaint(self) -> Json:
        return dict((await self._call("POST", "/trickle/next"))["post"])

    async def traffic(self, **narrowed: Any) -> list[Json]:
        """Calls, oldest first; `narrowed` is side, method, after, failed."""
        return list((await self._call("GET", "/traffic", query=narrowed))["calls"])

    async def seat(self, user: str) -> Json:
        """What a person sees: modals, ephemerals, home, dms, unread."""
        return await self._call("GET", f"/seats/{user}")

    async def act(self, user: str, verb: str, **given: Any) -> Json:
        """Anything a seat can do; `verb` is one of SEAT_VERBS in control_forms.py, `given` its fields."""
        return await self._call("POST", f"/seats/{user}/{verb}", given)

    async def messages(self, channel: str, *, thread_ts: str | None = None) -> list[Json]:
        return list((await self._call("GET", f"/slack/channels/{channel}", query={"thread_ts": thread_ts}))["messages"])

    async def change_channel(self, channel: str, **changed: Any) -> Json:
        """`changed` is archived, name, join, leave."""
        return dict((await self._call("PATCH", f"/slack/channels/{channel}", changed))["channel"])

    async def set_group(self, group: str, users: Sequence[str]) -> None:
        await self._call("PATCH", f"/slack/groups/{group}", {"users": list(users)})

    async def change_person(self, user: str, **changed: Any) -> Json:
        """`changed` is deleted, guest, real_name, title."""
        return dict((await self._call("PATCH", f"/slack/people/{user}", changed))["person"])

    async def _call(self, method: str, path: str, body: Json | None = None, *, query: Json | None = None) -> Json:
        if self._session is None:
            raise SandboxError("Open the client first: async with ControlClient(…).")
        narrowed = {name: str(value) for name, value in (query or {}).items() if value is not None}
        sent = {name: value for name, value in (body or {}).items() if value is not None}
        async with self._session.request(method, f"{self._base}/control{path}", json=sent, params=narrowed) as response:
            answer: Json = await response.json()
            if response.status == 404:
                raise NotThere(answer["error"])
            if response.status >= 400:
                raise SandboxError(answer["error"])
            return answer
