"""The reading endpoints of the pretend X's v2 API, one function each."""

from bot.sandbox.x.asked import PAGING, Asked, checked_id
from bot.sandbox.x.ids import made_at
from bot.sandbox.x.problems import Json, forbidden, invalid
from bot.sandbox.x.problems import gone as gone_row
from bot.sandbox.x.reading import SEARCH_SECONDS, found, lying, mentions, own_posts, page
from bot.sandbox.x.search import parse

MOST_IDS = 100


def me(asked: Asked) -> Json:
    asked.check_query()
    return asked.account_answer(asked.network.people.by_id(asked.caller.account_id), "id", asked.caller.account_id)


def user_by_id(asked: Asked) -> Json:
    asked.check_query()
    return asked.account_answer(asked.network.people.by_id(asked.path_id()), "id", asked.path_id())


def user_by_name(asked: Asked) -> Json:
    asked.check_query()
    name = asked.request.match_info["username"]
    return asked.account_answer(asked.network.people.find(name), "username", name)


def mentions_of(asked: Asked) -> Json:
    asked.check_query(*PAGING)
    account_id = asked.path_id()
    if asked.network.people.by_id(account_id) is None:
        return {"errors": [gone_row("user", "id", account_id)]}
    posts = mentions(asked.network, account_id, asked.caller.account_id)
    return asked.page_answer(page(posts, asked.query, least=5, most=100, default=10))


def timeline_of(asked: Asked) -> Json:
    asked.check_query(*PAGING)
    account_id = asked.path_id()
    if asked.network.people.by_id(account_id) is None:
        return {"errors": [gone_row("user", "id", account_id)]}
    exclude = {part for part in asked.query.get("exclude", "").split(",") if part}
    if exclude - {"replies", "retweets"}:
        raise invalid("The `exclude` query parameter takes [replies,retweets]", exclude=asked.query["exclude"])
    posts = own_posts(asked.network, account_id, asked.caller.account_id, exclude)
    return asked.page_answer(page(posts, asked.query, least=5, most=100, default=10))


def lookup(asked: Asked) -> Json:
    asked.check_query("ids")
    ids = [checked_id("ids", part) for part in asked.query.get("ids", "").split(",")]
    if len(ids) > MOST_IDS:
        raise invalid(
            f"The number of values in the `ids` query parameter list [{len(ids)}] is not between 1 and {MOST_IDS}",
            ids=asked.query["ids"][:200],
        )
    posts = [post for post_id in ids if (post := asked.network.posts.get(post_id)) and asked.sees(post)]
    seen = {post.id for post in posts}
    errors = [
        asked.missing_row(asked.network.posts.get(post_id), "ids", post_id) for post_id in ids if post_id not in seen
    ]
    return asked.posts_answer(posts, errors)


def one_post(asked: Asked) -> Json:
    asked.check_query()
    post_id = asked.path_id()
    post = asked.network.posts.get(post_id)
    if post is None or not asked.sees(post):
        return {"errors": [asked.missing_row(post, "id", post_id)]}
    return asked.posts_answer([post], [], single=True)


def search(asked: Asked) -> Json:
    asked.check_query("query", *PAGING)
    if asked.network.switches.search_closed:
        raise forbidden("When authenticating requests you must use keys of an app whose access includes search.")
    _check_reach(asked)
    matches = parse(asked.network, asked.query.get("query", ""))
    posts = found(asked.network, matches, asked.caller.account_id, lying(asked.query))
    return asked.page_answer(page(posts, asked.query, least=10, most=100, default=10))


def quotes_of(asked: Asked) -> Json:
    asked.check_query(*PAGING)
    post_id = asked.path_id()
    post = asked.network.posts.get(post_id)
    if post is None or not asked.sees(post):
        return {"errors": [asked.missing_row(post, "id", post_id)]}
    quotes = [other for other in asked.network.quotes_of(post) if asked.sees(other)]
    return asked.page_answer(page(quotes, asked.query, least=10, most=100, default=10))


def _check_reach(asked: Asked) -> None:
    """Search refuses ids older than it looks back, instead of finding less."""
    since = asked.network.clock.now() - SEARCH_SECONDS
    for name in ("since_id", "until_id"):
        given = asked.query.get(name)
        if given is not None and made_at(int(checked_id(name, given))) < since:
            raise invalid(f"Invalid '{name}': it must be a tweet id created in the last seven days", **{name: given})
