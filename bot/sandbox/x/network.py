"""The state of the pretend X: who wrote what, when, under which post; `timeline` is the truth that tests read."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import NotThere, SandboxError
from bot.sandbox.waiting import until
from bot.sandbox.x.ids import Snowflakes
from bot.sandbox.x.index import Index
from bot.sandbox.x.people import People, check_handle
from bot.sandbox.x.posts import EDIT_LIMIT, MENTION, Account, Post, body_of
from bot.sandbox.x.switches import Spoil, Switches

REPLY_SETTINGS = ("everyone", "mentionedUsers", "following", "subscribers", "verified")


class Network:
    """Posts and people, and what happens to them; published as x_post, x_edited, x_deleted, x_counted, x_user."""

    def __init__(self, clock: SandboxClock, changes: Changes, *, brand: Account) -> None:
        self.clock = clock
        self.changes = changes
        self.people = People(changes)
        self.brand = self.people.add(brand)
        self.switches = Switches()
        self.spoiled: list[Spoil] = []
        self.posts: dict[str, Post] = {}
        self._index = Index()
        self._ids = Snowflakes()

    def customer(self, handle: str) -> Account:
        """Raises SandboxError for an unknown handle."""
        return self.people.get(handle)

    def post(
        self,
        author: str,
        text: str,
        *,
        in_reply_to: str | None = None,
        quote_of: str | None = None,
        lang: str = "en",
        created_at: float | None = None,
        source: str = "web",
        reply_settings: str = "everyone",
        media: Sequence[str] = (),
        post_id: str | None = None,
    ) -> Post:
        """Publish; a reply gets its leading mentions as X shows them. Raises SandboxError in a sentence."""
        writer = self.people.get(author)
        target = self.get(in_reply_to) if in_reply_to is not None else None
        if quote_of is not None:
            self.get(quote_of)
        if reply_settings not in REPLY_SETTINGS:
            raise SandboxError(f"reply_settings is one of {', '.join(REPLY_SETTINGS)}, not {reply_settings!r}.")
        new_id = self.new_id(post_id)
        return self._publish(
            Post(
                id=new_id,
                author_id=writer.id,
                text=self.with_mentions(writer, text, target),
                created_at=self.clock.now() if created_at is None else created_at,
                visible_at=self.clock.now() + self.switches.timeline_lag_seconds,
                conversation_id=target.conversation_id if target else new_id,
                versions=[new_id],
                lang=lang,
                source=source,
                in_reply_to=in_reply_to,
                quote_of=quote_of,
                reply_settings=reply_settings,
                media=list(media),
            )
        )

    def reply_as_brand(self, text: str, in_reply_to: str) -> Post:
        """An answer that the brand's staff typed on X itself, past the bot."""
        return self.post(self.brand.handle, text, in_reply_to=in_reply_to, source="native")

    def repost(self, author: str, post_id: str) -> Post:
        """A plain repost; its text is `RT @handle: …`, as the API shows it."""
        original = self.get(post_id)
        writer = self.people.get(author)
        original.reposts += 1
        new_id = self.new_id(None)
        text = f"RT @{self.author_of(original).handle}: {original.text}"
        now = self.clock.now()
        return self._publish(
            Post(
                id=new_id,
                author_id=writer.id,
                text=text,
                created_at=now,
                visible_at=now,
                conversation_id=new_id,
                versions=[new_id],
                lang=original.lang,
                repost_of=post_id,
            )
        )

    def replay(
        self,
        author: str,
        handle: str,
        text: str,
        *,
        lang: str = "en",
        created_at: float | None = None,
        post_id: str | None = None,
        in_reply_to: str | None = None,
    ) -> Post:
        """A post from a file; an author nobody knows is made up. A `post_id` below the newest escapes since_id."""
        if self.people.find(handle) is None:
            self.people.join(handle, name=author or handle)
        return self.post(handle, text, lang=lang, created_at=created_at, post_id=post_id, in_reply_to=in_reply_to)

    def check_replay(self, handle: str, post_id: str | None, in_reply_to: str | None) -> None:
        """Raises SandboxError for what `replay` would refuse, before anything is published."""
        check_handle(handle)
        if in_reply_to is not None:
            self.get(in_reply_to)
        if post_id is not None:
            self._check_free(post_id)

    def edit(self, post_id: str, text: str) -> Post:
        """A new version under a new id; the older ids keep pointing into the same history."""
        old = self.get(self.get(post_id).versions[-1])
        if len(old.versions) > EDIT_LIMIT:
            raise SandboxError(f"A post can be edited {EDIT_LIMIT} times, this one has been.")
        new_id = self.new_id(None)
        old.versions.append(new_id)
        target = self.posts.get(old.in_reply_to or "")
        words = self.with_mentions(self.author_of(old), text, target)
        now = self.clock.now()
        new = Post(**{**vars(old), "id": new_id, "text": words, "visible_at": now + self.switches.timeline_lag_seconds})
        self._keep(new)
        self.changes.publish("x_edited", {**new.to_json(), "old_id": old.id})
        return new

    def delete(self, post_id: str) -> None:
        """All versions go at once."""
        post = self.get(post_id)
        for version in post.versions:
            self.posts[version].deleted = True
        self.changes.publish("x_deleted", {"id": post.versions[-1], "ids": list(post.versions)})

    def protect(self, handle: str, *, protected: bool = True) -> Account:
        """Hide an account's posts from the brand, or show them again."""
        return self.people.protect(handle, protected=protected)

    def count(self, post_id: str, *, likes: int | None = None, reposts: int | None = None) -> Post:
        """Set what a post shows as its likes and reposts."""
        post = self.get(post_id)
        post.likes = post.likes if likes is None else likes
        post.reposts = post.reposts if reposts is None else reposts
        self.changes.publish("x_counted", {"id": post.id, "likes": post.likes, "reposts": post.reposts})
        return post

    def spoil(self, kind: str) -> None:
        """Break the next mentions page once; raises SandboxError for an unknown kind."""
        if kind == "stream_line":
            self.changes.publish("x_spoil_stream", {})
            return
        if kind not in set(Spoil):
            raise SandboxError(f"A page can be spoiled by {', '.join(Spoil)} or stream_line, not by {kind!r}.")
        self.spoiled.append(Spoil(kind))

    def get(self, post_id: str) -> Post:
        """The post, unless it never was or is deleted (SandboxError)."""
        post = self.posts.get(post_id)
        if post is None or post.deleted:
            raise NotThere(f"There is no post {post_id} on the pretend X{' any more' if post else ''}.")
        return post

    def author_of(self, post: Post) -> Account:
        account = self.people.by_id(post.author_id)
        if account is None:
            raise SandboxError(f"The author of post {post.id} is missing from the stored state.")
        return account

    def timeline(self, handle: str) -> list[Post]:
        """What an account has published and not deleted, oldest first, in the latest version, without read lag."""
        account = self.people.get(handle)
        return self._living(self._index.by_author(account.id))

    def published_by_app(self) -> list[Post]:
        """Everything that ever came through the API, oldest first, deleted posts too."""
        return [post for post in self.posts.values() if post.source == "app"]

    def replies_to(self, post_id: str) -> list[Post]:
        """Direct answers to any version of a post, oldest first."""
        wanted = self.posts[post_id].versions if post_id in self.posts else [post_id]
        return self._living(self._index.replies(wanted))

    def quotes_of(self, post: Post) -> list[Post]:
        """Quotes of any version of a post, oldest first."""
        return self._living(self._index.quotes(post.versions))

    def mentioning(self, handle: str) -> list[Post]:
        """Living posts that name somebody, oldest first."""
        return self._living(self._index.mentions(handle))

    def latest(self) -> list[Post]:
        """Every living post in its latest version, oldest first."""
        return [post for post in self.posts.values() if post.is_latest and not post.deleted]

    async def until(self, true: Callable[[], Any], what: str, *, seconds: float = 10.0) -> Any:
        """Wait until the condition holds, looking after each change; SandboxError after so many real seconds."""
        return await until(self.changes, true, what, seconds=seconds, seen=self._seen)

    def with_mentions(self, writer: Account, text: str, target: Post | None) -> str:
        """The text as X shows it: a reply starts with the handles of everybody in the post it answers."""
        if target is None:
            return text
        others = [self.author_of(target).handle, *MENTION.findall(target.text)]
        said = {handle.casefold() for handle in MENTION.findall(text[: len(text) - len(body_of(text))])}
        missing = {
            h.casefold(): h for h in others if h.casefold() not in said and h.casefold() != writer.handle.casefold()
        }
        return "".join(f"@{handle} " for handle in missing.values()) + text

    def snapshot(self) -> dict[str, Any]:
        """Everything but the weather, as JSON values; `restore` takes it back and ids go on growing."""
        return {
            "people": self.people.snapshot(),
            "posts": [post.to_json() for post in self.posts.values()],
            "last_id": self._ids.last,
        }

    def restore(self, stored: dict[str, Any]) -> None:
        self.people.restore(stored["people"])
        self.brand = self.people.get(self.brand.handle)
        self.posts, self._index = {}, Index()
        for row in stored["posts"]:
            self._keep(Post(**row))
        for post in list(self.posts.values()):
            post.versions = self.posts[post.versions[0]].versions
        self._ids = Snowflakes(stored["last_id"])

    def _living(self, ids: Iterable[str]) -> list[Post]:
        return [post for post in map(self.posts.__getitem__, ids) if post.is_latest and not post.deleted]

    def _keep(self, post: Post) -> None:
        self.posts[post.id] = post
        self._index.add(post)

    def _publish(self, post: Post) -> Post:
        self._keep(post)
        self.changes.publish("x_post", post.to_json())
        return post

    def new_id(self, wanted: str | None = None) -> str:
        if wanted is None:
            return self._ids.next(self.clock.now())
        self._check_free(wanted)
        self._ids.seen(wanted)
        return wanted

    def _check_free(self, wanted: str) -> None:
        if not re.fullmatch(r"[0-9]{1,19}", wanted) or wanted in self.posts:
            raise SandboxError(f"{wanted!r} cannot be a new post's id: 1 to 19 digits, used once.")

    def _seen(self) -> str:
        last = [f"{post.id} @{self.author_of(post).handle}: {post.text[:60]!r}" for post in self.latest()[-5:]]
        return "The newest posts are: " + "; ".join(last) if last else "There is no post at all."
