"""Which posts belong to whom, so that reading stays quick when thousands have been replayed."""

from collections import defaultdict
from collections.abc import Iterable

from bot.sandbox.x.posts import Post


class Index:
    """Ids by author, mention, answered and quoted post, in the order of publication; deleted posts stay in it."""

    def __init__(self) -> None:
        self._ids: defaultdict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, post: Post) -> None:
        keys = [("author", post.author_id), *(("mention", handle) for handle in post.mentions())]
        if post.in_reply_to:
            keys.append(("reply", post.in_reply_to))
        if post.quote_of:
            keys.append(("quote", post.quote_of))
        for key in keys:
            self._ids[key].append(post.id)

    def by_author(self, account_id: str) -> list[str]:
        return self._ids.get(("author", account_id), [])

    def mentions(self, handle: str) -> list[str]:
        return self._ids.get(("mention", handle.casefold()), [])

    def replies(self, versions: Iterable[str]) -> list[str]:
        return self._merged("reply", versions)

    def quotes(self, versions: Iterable[str]) -> list[str]:
        return self._merged("quote", versions)

    def _merged(self, kind: str, versions: Iterable[str]) -> list[str]:
        return sorted({post_id for version in versions for post_id in self._ids.get((kind, version), ())}, key=int)
