"""From X's JSON to our posts: both spellings of it, text unescaped exactly once, one bad item never spoils a page."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.adapters.platforms.x_fields import (
    NONE,
    Json,
    Unreadable,
    an_object,
    digits,
    gone_reason,
    id_of,
    instant,
    language,
    references,
    rows,
    text_of,
    versions,
)
from bot.adapters.platforms.x_ids import is_id, post_url
from bot.domain.cases.post import Author, Post, PostKind, ReplyPolicy
from bot.domain.ids import PlatformName, PostId
from bot.domain.replies.reply import OwnPost
from bot.domain.text.words import LONGEST, clean, one_line
from bot.ports import Account, Gone

X = PlatformName("x")
POST_FIELDS = [
    *("attachments", "author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "entities"),
    *("in_reply_to_user_id", "lang", "note_tweet", "referenced_tweets", "reply_settings"),
]
USER_FIELDS = ["profile_image_url", "protected", "public_metrics"]
EXPANSIONS = ["author_id", "referenced_tweets.id"]
AVATAR_HOST = "pbs.twimg.com"
_LEADING_MENTIONS = re.compile(r"^(?:@[A-Za-z0-9_]{1,15}\s+)+")
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of X's answer.

    `unreadable` are reason codes, with the id where there is one; `newest` and `oldest` are the highest and the lowest
    id on the page and `items` is how many there were, left-out ones too; `token` leads to older ones.
    """

    posts: tuple[Post, ...]
    unreadable: tuple[str, ...]
    newest: int
    oldest: int
    items: int
    token: str | None


class Reader:
    """Reads what X sends about one account. `avatar_host` is an extra host for pictures, for a pretend X."""

    def __init__(self, account: Account, avatar_host: str = "") -> None:
        self.account = account
        self._avatars = {("https", AVATAR_HOST)} | ({("http", avatar_host)} if avatar_host else set())
        self._mention = re.compile(rf"(?<![\w@/.])@{re.escape(account.handle)}(?!\w)", re.IGNORECASE)

    def page(self, body: Json) -> Page:
        """Read a page; what concerns nobody (reshares, our own posts) is left out."""
        items, meta, included = rows(body.get("data")), an_object(body.get("meta")), self._included(body)
        posts: list[Post] = []
        unreadable: list[str] = []
        for item in items:
            try:
                post = self._post(item, included)
            except Unreadable as reason:
                found = id_of(item)
                unreadable.append(f"{reason}:{found}" if is_id(found) else str(reason))
            else:
                posts.extend([post] if post else [])
        ids = [int(found) for found in (meta.get("newest_id"), *map(id_of, items)) if is_id(found)]
        token = meta.get("next_token")
        return Page(
            posts=tuple(posts),
            unreadable=tuple(unreadable),
            newest=max(ids, default=0),
            oldest=min(ids, default=0),
            items=len(items),
            token=token if isinstance(token, str) and token else None,
        )

    def single(self, body: Json) -> Post | None:
        """Read one line of the stream. Raises `Unreadable`."""
        return self._post(body.get("data"), self._included(body))

    def looked_up(self, body: Json) -> dict[PostId, Post | Gone]:
        """Read an answer about posts by id; an id that X says nothing about is not in the result."""
        included = self._included(body)
        found: dict[PostId, Post | Gone] = {}
        for item in rows(body.get("data")):
            try:
                post = self._post(item, included)
            except Unreadable:
                continue
            if post:
                found[post.id] = post
        for row in map(an_object, rows(body.get("errors"))):
            value = row.get("value")
            if row.get("parameter") in ("ids", "id") and isinstance(value, str):
                found[PostId(value)] = Gone(reason=gone_reason(row))
        return found

    def newer_versions(self, body: Json) -> dict[PostId, PostId]:
        """Return for each post that was edited after this version the id of its newest version."""
        newer: dict[PostId, PostId] = {}
        for item in map(an_object, rows(body.get("data"))):
            post_id, history = item.get("id"), versions(item)
            if isinstance(post_id, str) and history and history[-1] != post_id:
                newer[PostId(post_id)] = history[-1]
        return newer

    def own_posts(self, body: Json) -> tuple[OwnPost, ...]:
        """Read our own timeline, newest first; what is no post is left out."""
        own = [self._own(item) for item in map(an_object, rows(body.get("data"))) if is_id(item.get("id"))]
        return tuple(sorted(own, key=lambda post: int(post.id), reverse=True))

    def _own(self, item: Json) -> OwnPost:
        post_id = str(item["id"])
        text = _LEADING_MENTIONS.sub("", text_of(item, typed=True), count=1)
        return OwnPost(
            id=PostId(post_id),
            text=text,
            created_at=instant(item, post_id),
            in_reply_to=references(item).get("replied_to"),
            url=post_url(self.account.handle, post_id),
        )

    def _included(self, body: Json) -> "_Included":
        includes = an_object(body.get("includes"))
        people = {str(user.get("id")): user for user in map(an_object, rows(includes.get("users")))}
        others = [*rows(includes.get("tweets")), *rows(includes.get("posts"))]
        authors = {str(post.get("id")): str(post.get("author_id")) for post in map(an_object, others)}
        return _Included(people=people, authors_of=authors, known={}, make=self._author)

    def _post(self, raw: object, included: "_Included") -> Post | None:
        """Make a post of an item, or None where it concerns nobody. Raises `Unreadable`."""
        item = an_object(raw)
        post_id, author_id = item.get("id"), item.get("author_id")
        if not is_id(post_id):
            raise Unreadable("no_id")
        refers_to = references(item)
        if "retweeted" in refers_to or "reposted" in refers_to or author_id == self.account.id:
            return None
        if not is_id(author_id):
            raise Unreadable("no_author")
        raw_text = text_of(item)
        words = clean(raw_text)
        kind = self._kind(item, refers_to, included)
        policy, reason = self._reply_policy(item, raw_text, kind, included.people.get(author_id, NONE))
        author = included.author(author_id)
        return Post(
            platform=X,
            account=self.account.id,
            id=PostId(post_id),
            author=author,
            text=words.text,
            created_at=instant(item, post_id),
            kind=kind,
            conversation_id=digits(item.get("conversation_id")) or post_id,
            in_reply_to=refers_to.get("replied_to"),
            lang=language(item.get("lang")),
            url=post_url(author.handle if author.handle != author.id else "", post_id),
            media=len(rows(an_object(item.get("attachments")).get("media_keys"))),
            reply_policy=policy,
            reply_policy_reason=reason,
            earlier_ids=tuple(found for found in versions(item) if int(found) < int(post_id)),
            marks=words.marks,
        )

    def _kind(self, item: Json, refers_to: Mapping[str, PostId], included: "_Included") -> PostKind:
        if "replied_to" in refers_to and item.get("in_reply_to_user_id") == self.account.id:
            return PostKind.REPLY
        if "quoted" in refers_to and included.authors_of.get(refers_to["quoted"]) == self.account.id:
            return PostKind.QUOTE
        return PostKind.MENTION

    def _reply_policy(self, item: Json, text: str, kind: PostKind, author: Json) -> tuple[ReplyPolicy, str]:
        if author.get("protected") is True:
            return ReplyPolicy.NONE, "The account is protected: only its followers see it."
        if self._mentioned(item, text):
            return ReplyPolicy.API, ""
        if kind is not PostKind.QUOTE:
            return ReplyPolicy.MANUAL, "X lets us reply only where the author mentioned or quoted us."
        if item.get("reply_settings") in (None, "everyone"):
            return ReplyPolicy.API, ""
        return ReplyPolicy.MANUAL, "The author limits who may reply."

    def _mentioned(self, item: Json, text: str) -> bool:
        """Say whether the author named us, by X's own list or by the words; whoever is named may always reply."""
        if self._mention.search(text):
            return True
        holders = (item, an_object(item.get("note_tweet")))
        mentions = (row for holder in holders for row in rows(an_object(holder.get("entities")).get("mentions")))
        return any(an_object(mention).get("id") == self.account.id for mention in mentions)

    def _author(self, author_id: str, user: Json) -> Author:
        handle = user.get("username")
        known = isinstance(handle, str) and _HANDLE.fullmatch(handle)
        name, followers = user.get("name"), an_object(user.get("public_metrics")).get("followers_count")
        return Author(
            id=author_id,
            handle=str(handle) if known else author_id,
            name=one_line(html.unescape(name[:LONGEST])) if isinstance(name, str) else "",
            followers=followers if type(followers) is int and followers >= 0 else 0,
            avatar_url=self._avatar(user.get("profile_image_url")),
        )

    def _avatar(self, url: object) -> str:
        """Return the address of a picture only where X itself keeps it: any other would tell its owner who looks."""
        if not isinstance(url, str) or len(url) > 500 or not url.isascii():
            return ""
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        return url if (parts.scheme, parts.netloc) in self._avatars else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Included:
    """What a page says once for all its posts: people, and who wrote the posts referred to."""

    people: Mapping[str, Json]
    authors_of: Mapping[str, str]
    known: dict[str, Author]
    make: Callable[[str, Json], Author]

    def author(self, author_id: str) -> Author:
        if author_id not in self.known:
            self.known[author_id] = self.make(author_id, self.people.get(author_id, NONE))
        return self.known[author_id]
