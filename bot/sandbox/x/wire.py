"""How posts and accounts look on the wire: only the fields asked for, and the two spellings of references."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.x.entities import text_and_entities
from bot.sandbox.x.network import Network
from bot.sandbox.x.posts import Account, Post
from bot.sandbox.x.problems import gone, hidden

Json = dict[str, Any]

POST_FIELDS = frozenset(
    (
        "article",
        "attachments",
        "author_id",
        "card_uri",
        "community_id",
        "context_annotations",
        "conversation_id",
        "created_at",
        "display_text_range",
        "edit_controls",
        "edit_history_tweet_ids",
        "entities",
        "geo",
        "id",
        "in_reply_to_user_id",
        "lang",
        "media_metadata",
        "non_public_metrics",
        "note_tweet",
        "organic_metrics",
        "possibly_sensitive",
        "promoted_metrics",
        "public_metrics",
        "referenced_tweets",
        "referenced_posts",
        "reply_settings",
        "scopes",
        "source",
        "suggested_source_links",
        "text",
        "withheld",
    ),
)
USER_FIELDS = frozenset(
    (
        "affiliation",
        "confirmed_email",
        "connection_status",
        "created_at",
        "description",
        "entities",
        "id",
        "is_identity_verified",
        "location",
        "most_recent_tweet_id",
        "name",
        "parody",
        "pinned_tweet_id",
        "profile_banner_url",
        "profile_image_url",
        "protected",
        "public_metrics",
        "receives_your_dm",
        "subscription",
        "subscription_type",
        "url",
        "username",
        "verified",
        "verified_type",
        "withheld",
    ),
)
EXPANSIONS = frozenset(
    (
        "article.cover_media",
        "article.media_entities",
        "attachments.media_keys",
        "attachments.media_source_tweet",
        "attachments.poll_ids",
        "author_id",
        "edit_history_tweet_ids",
        "entities.mentions.username",
        "geo.place_id",
        "in_reply_to_user_id",
        "entities.note.mentions.username",
        "referenced_tweets.id",
        "referenced_tweets.id.author_id",
        "referenced_posts.id",
        "referenced_posts.id.author_id",
        "referenced_tweets.id.attachments.media_keys",
    ),
)
ALWAYS = ("id", "text", "edit_history_tweet_ids")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a request asks to be shown; `avatars` is the address that `/<handle>.svg` is put behind."""

    post_fields: set[str]
    user_fields: set[str]
    expansions: set[str]
    avatars: str


def when(at: float) -> str:
    """X's time format, to the millisecond, UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post_json(network: Network, post: Post, fields: Iterable[str]) -> Json:
    """One post with the default fields and those asked for; fields without a value are left out, as X does."""
    wanted = {*ALWAYS, *fields}
    text, entities = text_and_entities(network, post)
    references = _references(post)
    spelling = "referenced_posts" if network.switches.new_spelling else "referenced_tweets"
    if {"referenced_tweets", "referenced_posts"} & wanted:
        wanted.add(spelling)
    target = network.posts.get(post.in_reply_to or "")
    whole: Json = {
        "id": post.id,
        "text": text,
        "edit_history_tweet_ids": list(post.versions),
        "author_id": post.author_id,
        "created_at": when(post.created_at),
        "conversation_id": post.conversation_id,
        "in_reply_to_user_id": target.author_id if target else None,
        spelling: references or None,
        "lang": post.lang,
        "public_metrics": _post_metrics(network, post) if "public_metrics" in wanted else None,
        "reply_settings": post.reply_settings,
        "entities": entities,
        "attachments": {"media_keys": list(post.media)} if post.media else None,
        "possibly_sensitive": False,
        "source": {"app": "Replydesk sandbox", "native": "Twitter Web App"}.get(post.source, "Twitter Web App"),
        "edit_controls": {
            "edits_remaining": 6 - len(post.versions),
            "is_edit_eligible": True,
            "editable_until": when(post.created_at + 3600),
        },
    }
    return {name: value for name, value in whole.items() if name in wanted and value is not None}


def user_json(account: Account, fields: Iterable[str], avatars: str) -> Json:
    """One account; `avatars` is the address that `/<handle>.svg` is put behind."""
    whole: Json = {
        "id": account.id,
        "name": account.name,
        "username": account.handle,
        "created_at": when(account.created_at),
        "description": account.bio,
        "profile_image_url": f"{avatars}/{account.handle}.svg",
        "protected": account.protected,
        "verified": account.verified,
        "verified_type": "blue" if account.verified else "none",
        "public_metrics": {
            "followers_count": account.followers,
            "following_count": 100,
            "tweet_count": 100,
            "listed_count": 0,
            "like_count": 0,
        },
    }
    wanted = {"id", "name", "username", *fields}
    return {name: value for name, value in whole.items() if name in wanted}


def includes(network: Network, posts: list[Post], wanted: Wanted) -> tuple[Json, list[Json]]:
    """`includes` for a page, and the errors[] rows for referenced posts that cannot be shown."""
    referenced, errors = _referenced(network, posts, wanted.expansions)
    people = {account_id for post in posts for account_id in _people_of(network, post, wanted.expansions)}
    if {"referenced_tweets.id.author_id", "referenced_posts.id.author_id"} & wanted.expansions:
        people |= {post.author_id for post in referenced}
    users = [account for account in map(network.people.by_id, sorted(people)) if account is not None]
    found: Json = {}
    if users:
        found["users"] = [user_json(account, wanted.user_fields, wanted.avatars) for account in users]
    if referenced:
        found["tweets"] = [post_json(network, post, wanted.post_fields) for post in referenced]
    return found, errors


def _references(post: Post) -> list[Json]:
    rows = (("retweeted", post.repost_of), ("quoted", post.quote_of), ("replied_to", post.in_reply_to))
    return [{"type": kind, "id": target} for kind, target in rows if target is not None]


def _referenced(network: Network, posts: list[Post], expansions: set[str]) -> tuple[list[Post], list[Json]]:
    if not any(name.startswith(("referenced_tweets.id", "referenced_posts.id")) for name in expansions):
        return [], []
    found: dict[str, Post] = {}
    errors: dict[str, Json] = {}
    for target in (reference["id"] for post in posts for reference in _references(post)):
        post = network.posts.get(target)
        if post is None or post.deleted or network.author_of(post).suspended:
            errors[target] = gone("tweet", "referenced_tweets.id", target)
        elif network.author_of(post).protected:
            errors[target] = hidden("tweet", "referenced_tweets.id", target)
        else:
            found[target] = post
    return list(found.values()), list(errors.values())


def _people_of(network: Network, post: Post, expansions: set[str]) -> list[str]:
    people = [post.author_id] if "author_id" in expansions else []
    target = network.posts.get(post.in_reply_to or "")
    if target and "in_reply_to_user_id" in expansions:
        people.append(target.author_id)
    if "entities.mentions.username" in expansions:
        people += [account.id for handle in post.mentions() if (account := network.people.find(handle))]
    return people


def _post_metrics(network: Network, post: Post) -> Json:
    return {
        "retweet_count": post.reposts,
        "reply_count": len(network.replies_to(post.id)),
        "like_count": post.likes,
        "quote_count": len(network.quotes_of(post)),
        "bookmark_count": 0,
        "impression_count": post.likes * 20 + 15,
    }
