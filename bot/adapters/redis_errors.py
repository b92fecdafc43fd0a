"""What Redis can answer, in the desk's words: `Unavailable` passes by itself, `Broken` does not."""

from collections.abc import Iterator

from redis import exceptions
from redis.asyncio.sentinel import MasterNotFoundError

from bot.domain.errors import Broken, DeskError, Unavailable

NO_ANSWER = "The desk's memory did not answer in time. If nothing has changed in a moment, please try again."
FULL = "The desk's memory is full, so nothing was recorded. Please tell whoever runs the desk."
READ_ONLY = "The desk's memory is moving to another machine and takes no changes just now. Try again in a moment."
STARTING = "The desk's memory is still starting. Try again in a moment."
NOT_LET_IN = "The desk's memory refused the desk's user name or password (see REDIS_URL)."
NOT_ALLOWED = (
    "The desk's memory does not let the desk's user do what it must (see “A server that others use too” in "
    "docs/configuration.md)."
)
DAMAGED = "The desk's memory gave an answer that the desk cannot read; somebody must look at the log."
NO_SENTINEL = "REDIS_URL names Sentinels, but what answers there is none: write redis:// for a plain server."
NO_CLUSTER = "REDIS_URL names a cluster, but what answers there is none: write redis:// for a plain server."

PASSING_PREFIXES = ("BUSY", "MISCONF", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "UNKILLABLE")
"""Error codes of the server that go away by themselves; redis-py shows them as plain `ResponseError`s."""
_BY_WORDS = (
    ("unknown command 'SENTINEL'", NO_SENTINEL),
    ("cluster support disabled", NO_CLUSTER),
    ("ACL failure in script", NOT_ALLOWED),
    ("user executing the script can't", NOT_ALLOWED),  # until version 6.2
)
"""What redis-py shows as plain `ResponseError`s and only the words tell apart."""

_SENTENCES: tuple[tuple[type[Exception], type[DeskError], str], ...] = (
    (exceptions.AuthenticationError, Broken, NOT_LET_IN),
    (exceptions.AuthorizationError, Broken, NOT_LET_IN),
    (exceptions.NoPermissionError, Broken, NOT_ALLOWED),
    (exceptions.BusyLoadingError, Unavailable, STARTING),
    (exceptions.OutOfMemoryError, Unavailable, FULL),
    (exceptions.ReadOnlyError, Unavailable, READ_ONLY),
    (exceptions.AskError, Unavailable, READ_ONLY),  # MOVED is one of these
    (MasterNotFoundError, Unavailable, READ_ONLY),
    (exceptions.ConnectionError, Unavailable, NO_ANSWER),
    (exceptions.TimeoutError, Unavailable, NO_ANSWER),
    (exceptions.ClusterError, Unavailable, NO_ANSWER),
    (exceptions.TryAgainError, Unavailable, NO_ANSWER),
    (exceptions.RedisClusterException, Unavailable, NO_ANSWER),
    (OSError, Unavailable, NO_ANSWER),
)


def in_our_words(error: Exception) -> DeskError:
    """Return the desk's error for one of redis-py's, which wraps what happened while connecting; else `Broken`."""
    return next((ours for seen in _within(error) if (ours := _told(seen))), Broken(DAMAGED))


def _within(error: Exception) -> Iterator[Exception]:
    """Yield what an error was made from, the first cause first, and then itself."""
    inner = error.__cause__
    if inner is None and isinstance(error, exceptions.RedisClusterException):
        inner = error.__context__
    if isinstance(inner, exceptions.RedisError | exceptions.RedisClusterException):
        yield from _within(inner)
    yield error


def _told(error: Exception) -> DeskError | None:
    if isinstance(error, exceptions.ResponseError):
        if str(error).startswith(PASSING_PREFIXES):
            return Unavailable(NO_ANSWER)
        for words, sentence in _BY_WORDS:
            if words in str(error):
                return Broken(sentence)
    return next((ours(sentence) for kind, ours, sentence in _SENTENCES if isinstance(error, kind)), None)
