"""One request to the pretend X, after it was admitted: who asks, the query, the fields and expansions wanted."""

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.sandbox.x.network import Network
from bot.sandbox.x.oauth import Caller
from bot.sandbox.x.posts import Account, Post
from bot.sandbox.x.problems import Json, hidden, invalid
from bot.sandbox.x.problems import gone as gone_row
from bot.sandbox.x.reading import Page, readable
from bot.sandbox.x.wire import EXPANSIONS, POST_FIELDS, USER_FIELDS, Wanted, includes, post_json, user_json

COMMON = frozenset(
    {"tweet.fields", "post.fields", "user.fields", "expansions", "media.fields", "place.fields", "poll.fields"}
)
PAGING = frozenset(
    {
        "since_id",
        "until_id",
        "start_time",
        "end_time",
        "max_results",
        "pagination_token",
        "next_token",
        "exclude",
        "sort_order",
    }
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an endpoint works with; `body` is the parsed JSON of a POST."""

    request: web.Request
    network: Network
    caller: Caller
    body: Any = None

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query)

    @property
    def avatars(self) -> str:
        return f"http://{self.request.host}/avatars"

    def path_id(self) -> str:
        """The numeric id in the path, or X's 400."""
        return checked_id("id", self.request.match_info["id"])

    def check_query(self, *allowed: str) -> None:
        """X refuses parameters it does not know."""
        for name in self.query:
            if name not in COMMON and name not in allowed:
                raise invalid(
                    f"The query parameter [{name}] is not one of [{','.join(sorted({*COMMON, *allowed}))}]",
                    **{name: self.query[name]},
                )
        self.post_fields()
        self.user_fields()
        self.expansions()

    def post_fields(self) -> set[str]:
        return self._list("tweet.fields", POST_FIELDS) | self._list("post.fields", POST_FIELDS)

    def user_fields(self) -> set[str]:
        return self._list("user.fields", USER_FIELDS)

    def expansions(self) -> set[str]:
        return self._list("expansions", EXPANSIONS)

    def sees(self, post: Post) -> bool:
        return readable(self.network, post, self.caller.account_id)

    def posts_answer(self, posts: list[Post], errors: list[Json], *, single: bool = False) -> Json:
        """`data`, `includes` and `errors` for posts, each left out when empty."""
        wanted = Wanted(
            post_fields=self.post_fields(),
            user_fields=self.user_fields(),
            expansions=self.expansions(),
            avatars=self.avatars,
        )
        data = [post_json(self.network, post, wanted.post_fields) for post in posts]
        found, missing = includes(self.network, posts, wanted)
        answer: Json = {}
        if data:
            answer["data"] = data[0] if single else data
        if found:
            answer["includes"] = found
        if errors or missing:
            answer["errors"] = errors + missing
        return answer

    def page_answer(self, page: Page) -> Json:
        """A page with its meta; an empty page has no `data`, as on X."""
        answer = self.posts_answer(page.posts, [])
        meta: Json = {"result_count": len(page.posts)}
        if page.posts:
            meta |= {"newest_id": page.posts[0].id, "oldest_id": page.posts[-1].id}
        if page.next_token:
            meta["next_token"] = page.next_token
        return answer | {"meta": meta}

    def account_answer(self, account: Account | None, parameter: str, value: str) -> Json:
        if account is None or account.suspended:
            return {"errors": [gone_row("user", parameter, value)]}
        return {"data": user_json(account, self.user_fields(), self.avatars)}

    def missing_row(self, post: Post | None, parameter: str, post_id: str) -> Json:
        """The errors[] row for a post that this caller cannot see."""
        if post is None or post.deleted or self.network.author_of(post).suspended:
            return gone_row("tweet", parameter, post_id)
        return hidden("tweet", parameter, post_id)

    def _list(self, name: str, allowed: frozenset[str]) -> set[str]:
        given = {part for part in self.query.get(name, "").split(",") if part}
        for part in given - allowed:
            raise invalid(
                f"The `{name}` query parameter value [{part}] is not one of [{','.join(sorted(allowed))}]",
                **{name: part},
            )
        return given


def checked_id(name: str, value: str) -> str:
    """X's ids have 1 to 19 digits."""
    if not re.fullmatch(r"[0-9]{1,19}", value):
        raise invalid(f"The `{name}` query parameter value [{value}] does not match ^[0-9]{{1,19}}$", **{name: value})
    return value
