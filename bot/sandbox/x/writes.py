"""Publishing and deleting through the pretend X's API: what it takes, what it refuses, in the order X looks."""

from typing import Any

from bot.sandbox.x import rules
from bot.sandbox.x.asked import Asked, checked_id
from bot.sandbox.x.network import REPLY_SETTINGS, Network
from bot.sandbox.x.posts import Post
from bot.sandbox.x.problems import Json, forbidden, invalid, not_found_page
from bot.sandbox.x.reading import readable
from bot.sandbox.x.rules import RuleBroken

TAKEN = {
    "text": str,
    "reply": dict,
    "quote_tweet_id": str,
    "media": dict,
    "reply_settings": str,
    "made_with_ai": bool,
    "nullcast": bool,
}
NOT_PRETENDED = (
    "poll",
    "geo",
    "direct_message_deep_link",
    "for_super_followers_only",
    "community_id",
    "card_uri",
    "edit_options",
)
REPLY_KEYS = {"in_reply_to_tweet_id"}
MOST_MEDIA = 4
DUPLICATE_SECONDS = 86_400
"""How far back text is compared. X does not publish its own span; a day is the sandbox's choice."""


def create(asked: Asked) -> Post:
    """Publish for the app; raises Problem (shape) or RuleBroken (X's rules)."""
    body = _checked_body(asked.body)
    text: str = body.get("text", "")
    reply_to = _target_id(body.get("reply"))
    quote_of = checked_id("quote_tweet_id", body["quote_tweet_id"]) if "quote_tweet_id" in body else None
    media = _media(body.get("media"))
    if not (media and not text):
        rules.check_length(text, reply=reply_to is not None)
    network = asked.network
    target = _visible(network, reply_to, rules.TARGET_GONE)
    quoted = _visible(network, quote_of, rules.QUOTE_GONE)
    _check_may_answer(network, target, quoted)
    _check_duplicate(network, network.with_mentions(network.brand, text, target), target)
    return network.post(
        network.brand.handle,
        text,
        in_reply_to=reply_to,
        quote_of=quote_of,
        source="app",
        reply_settings=body.get("reply_settings", "everyone"),
        media=media,
    )


def delete(asked: Asked) -> Json:
    """Only the account's own posts can be deleted."""
    asked.check_query()
    post = asked.network.posts.get(asked.path_id())
    if post is None or post.deleted:
        raise not_found_page()
    if post.author_id != asked.caller.account_id:
        raise forbidden("You are not authorized to delete this Tweet.")
    asked.network.delete(post.id)
    return {"data": {"deleted": True}}


def _checked_body(body: Any) -> Json:
    if not isinstance(body, dict) or not body:
        raise invalid("Requests with a JSON body need one: at least one of `text` and `media`.")
    for name, value in body.items():
        if name in NOT_PRETENDED:
            raise invalid(f"The sandbox does not pretend `{name}`.", **{name: str(value)[:100]})
        if name not in TAKEN:
            raise invalid(
                f"$.{name}: is not defined in the schema and the schema does not allow additional properties",
                **{name: str(value)[:100]},
            )
        if not isinstance(value, TAKEN[name]):
            raise invalid(
                f"$.{name}: {type(value).__name__} found, {TAKEN[name].__name__} expected", **{name: str(value)[:100]}
            )
    if any("\ud800" <= character <= "\udfff" for character in body.get("text", "")):
        raise invalid("$.text: is not valid UTF-8")
    if body.get("reply_settings", "everyone") not in REPLY_SETTINGS:
        raise invalid(f"$.reply_settings: does not have a value in the enumeration [{', '.join(REPLY_SETTINGS)}]")
    return body


def _target_id(reply: Any) -> str | None:
    if reply is None:
        return None
    unknown = sorted(set(reply) - REPLY_KEYS)
    if unknown or not isinstance(reply.get("in_reply_to_tweet_id"), str):
        raise invalid(
            f"$.reply: needs in_reply_to_tweet_id as a string of digits{', not ' + unknown[0] if unknown else ''}"
        )
    return checked_id("reply.in_reply_to_tweet_id", reply["in_reply_to_tweet_id"])


def _media(media: Any) -> list[str]:
    ids = media.get("media_ids") if media is not None else []
    if not isinstance(ids, list) or len(ids) > MOST_MEDIA or (media is not None and not ids):
        raise invalid(f"$.media.media_ids: 1 to {MOST_MEDIA} ids expected")
    return [checked_id("media.media_ids", str(media_id)) for media_id in ids]


def _visible(network: Network, post_id: str | None, otherwise: str) -> Post | None:
    if post_id is None:
        return None
    post = network.posts.get(post_id)
    if post is None or not readable(network, post, network.brand.id):
        raise RuleBroken(otherwise)
    return post


def _check_may_answer(network: Network, target: Post | None, quoted: Post | None) -> None:
    for post in (target, quoted):
        if post is not None and not _summoned(network, post):
            raise RuleBroken(rules.NOT_SUMMONED)
    if target is not None and not _open_to_brand(network, target):
        raise RuleBroken(rules.REPLIES_CLOSED)


def _summoned(network: Network, post: Post) -> bool:
    """The author mentioned the brand, quoted it, or is the brand."""
    quoted = network.posts.get(post.quote_of or "")
    return (
        post.author_id == network.brand.id
        or network.brand.handle.casefold() in post.mentions()
        or (quoted is not None and quoted.author_id == network.brand.id)
    )


def _open_to_brand(network: Network, target: Post) -> bool:
    """The first post of a conversation says who may answer anywhere in it; whoever it mentions always may."""
    root = network.posts.get(target.conversation_id, target)
    author = network.author_of(root)
    if root.reply_settings == "everyone" or author.id == network.brand.id:
        return True
    if network.brand.handle.casefold() in root.mentions():
        return True
    if root.reply_settings == "following":
        return network.brand.id in author.follows
    return root.reply_settings == "verified" and network.brand.verified


def _check_duplicate(network: Network, text: str, target: Post | None) -> None:
    since = network.clock.now() - DUPLICATE_SECONDS
    for post in reversed(network.timeline(network.brand.handle)):
        if (
            post.created_at >= since
            and rules.same_words(post.text, text)
            and (target is None) == (post.in_reply_to is None)
        ):
            raise RuleBroken(rules.DUPLICATE)
