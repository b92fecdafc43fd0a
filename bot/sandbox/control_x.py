"""The control API of the pretend X: write, edit, delete, protect, spoil, replay, and read the truth."""

import msgspec
from aiohttp import web

from bot.sandbox.control_forms import (
    Json,
    NewPerson,
    NewPost,
    PersonChange,
    PostChange,
    ReplayedPost,
    Replaying,
    Repost,
    Spoiling,
)
from bot.sandbox.control_kit import answered, form, whole_number
from bot.sandbox.errors import SandboxError
from bot.sandbox.x.network import Network
from bot.sandbox.x.posts import Account, Post
from bot.sandbox.x.stream import Streams

MOST_REPLAYED = 500
PAGE_SIZE = 500


class XControl:
    """Endpoints under /control/x."""

    def __init__(self, network: Network, streams: Streams) -> None:
        self._network = network
        self._streams = streams

    def routes(self) -> list[web.RouteDef]:
        base = "/control/x"
        return [
            web.get(f"{base}/posts", answered(self.list_posts)),
            web.post(f"{base}/posts", answered(self.write)),
            web.patch(f"{base}/posts/{{id}}", answered(self.change)),
            web.delete(f"{base}/posts/{{id}}", answered(self.delete)),
            web.post(f"{base}/reposts", answered(self.repost)),
            web.get(f"{base}/people", answered(self.list_people)),
            web.post(f"{base}/people", answered(self.join)),
            web.patch(f"{base}/people/{{handle}}", answered(self.change_person)),
            web.get(f"{base}/timeline", answered(self.timeline)),
            web.post(f"{base}/spoil", answered(self.spoil)),
            web.post(f"{base}/replay", answered(self.replay)),
            web.post(f"{base}/streams/drop", answered(self.drop_streams)),
        ]

    async def list_posts(self, request: web.Request) -> Json:
        """The newest 500 living posts, oldest first; `after` is an id, `author` a handle."""
        after = whole_number(request, "after", 0)
        author = request.query.get("author")
        rows = self._network.timeline(author) if author else self._network.latest()
        return {"posts": [self.shown(post) for post in rows if int(post.id) > after][-PAGE_SIZE:]}

    async def write(self, request: web.Request) -> Json:
        fields = msgspec.structs.asdict(await form(request, NewPost))
        source = "native" if fields.pop("native") else "web"
        return {"post": self.shown(self._network.post(**fields, source=source))}

    async def change(self, request: web.Request) -> Json:
        wanted = await form(request, PostChange)
        post = self._network.get(request.match_info["id"])
        if wanted.text is not None:
            post = self._network.edit(post.id, wanted.text)
        if wanted.likes is not None or wanted.reposts is not None:
            post = self._network.count(post.id, likes=wanted.likes, reposts=wanted.reposts)
        return {"post": self.shown(post)}

    async def delete(self, request: web.Request) -> Json:
        self._network.delete(request.match_info["id"])
        return {"deleted": request.match_info["id"]}

    async def repost(self, request: web.Request) -> Json:
        wanted = await form(request, Repost)
        return {"post": self.shown(self._network.repost(wanted.author, wanted.id))}

    async def list_people(self, _request: web.Request) -> Json:
        return {"people": [shown_person(account) for account in self._network.people.all()]}

    async def join(self, request: web.Request) -> Json:
        wanted = await form(request, NewPerson)
        return {"person": shown_person(self._network.people.join(**msgspec.structs.asdict(wanted)))}

    async def change_person(self, request: web.Request) -> Json:
        wanted = await form(request, PersonChange)
        people = self._network.people
        account = people.get(request.match_info["handle"])
        if wanted.followers is not None:
            people.reach(account.handle, wanted.followers)
        if wanted.protected is not None:
            people.protect(account.handle, protected=wanted.protected)
        if wanted.suspended is not None:
            people.suspend(account.handle, suspended=wanted.suspended)
        return {"person": shown_person(account)}

    async def timeline(self, request: web.Request) -> Json:
        """The truth: what an account (the brand unless `handle` says otherwise) has published, oldest first."""
        handle = request.query.get("handle", self._network.brand.handle)
        return {"handle": handle, "posts": [self.shown(post) for post in self._network.timeline(handle)]}

    async def spoil(self, request: web.Request) -> Json:
        wanted = await form(request, Spoiling)
        self._network.spoil(wanted.kind)
        return {"spoiled": wanted.kind}

    async def replay(self, request: web.Request) -> Json:
        """All or none: the list is checked before the first is published."""
        wanted = await form(request, Replaying)
        if len(wanted.posts) > MOST_REPLAYED:
            raise SandboxError(f"At most {MOST_REPLAYED} posts in one call, not {len(wanted.posts)}.")
        given = [row.id for row in wanted.posts if row.id is not None]
        if len(set(given)) < len(given):
            raise SandboxError("Two of these posts have the same id.")
        for row in wanted.posts:
            self._network.check_replay(row.handle, row.id, row.in_reply_to)
        return {"ids": [self._replay_one(row).id for row in wanted.posts]}

    async def drop_streams(self, _request: web.Request) -> Json:
        dropped = self._streams.connected()
        self._streams.drop()
        return {"dropped": dropped}

    def shown(self, post: Post) -> Json:
        """A post as the page and the tests read it: plain text, the handle beside the id."""
        author = self._network.author_of(post)
        return {**post.to_json(), "author": author.handle, "author_name": author.name}

    def _replay_one(self, row: ReplayedPost) -> Post:
        return self._network.replay(
            row.author,
            row.handle,
            row.text,
            lang=row.lang,
            created_at=row.created_at,
            post_id=row.id,
            in_reply_to=row.in_reply_to,
        )


def shown_person(account: Account) -> Json:
    return {**vars(account), "avatar": f"/avatars/{account.handle}.svg"}
