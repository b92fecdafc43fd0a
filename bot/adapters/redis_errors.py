"""What Redis can answer, in the desk's words: `Unavailable` passes by itself, `Broken` does not."""

from redis import exceptions

from bot.domain.errors import Broken, DeskError, Unavailable

NO_ANSWER = "The desk's memory did not answer in time. If nothing has changed in a moment, please try again."
FULL = "The desk's memory is full, so nothing was recorded. Please tell whoever runs the desk."
READ_ONLY = "The desk's memory is moving to another machine and takes no changes just now. Try again in a moment."
STARTING = "The desk's memory is still starting. Try again in a moment."
NOT_LET_IN = "The desk's memory refused the desk's user name or password (see REDIS_URL)."
DAMAGED = "The desk's memory gave an answer that the desk cannot read; somebody must look at the log."

PASSING_PREFIXES = ("BUSY", "MISCONF", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "UNKILLABLE")
"""Error codes of the server that go away by themselves; redis-py shows them as plain `ResponseError`s."""

_SENTENCES: tuple[tuple[type[Exception], type[DeskError], str], ...] = (
    (exceptions.AuthenticationError, Broken, NOT_LET_IN),
    (exceptions.AuthorizationError, Broken, NOT_LET_IN),
    (exceptions.NoPermissionError, Broken, NOT_LET_IN),
    (exceptions.BusyLoadingError, Unavailable, STARTING),
    (exceptions.OutOfMemoryError, Unavailable, FULL),
    (exceptions.ReadOnlyError, Unavailable, READ_ONLY),
    (exceptions.ConnectionError, Unavailable, NO_ANSWER),
    (exceptions.TimeoutError, Unavailable, NO_ANSWER),
    (exceptions.ClusterDownError, Unavailable, NO_ANSWER),
    (exceptions.TryAgainError, Unavailable, NO_ANSWER),
    (exceptions.RedisClusterException, Unavailable, NO_ANSWER),
    (OSError, Unavailable, NO_ANSWER),
)


def in_our_words(error: Exception) -> DeskError:
    """Return the desk's error for one of redis-py's, which wraps what happened while connecting; else `Broken`."""
    cause = error.__cause__
    for seen in (cause, error) if isinstance(cause, exceptions.RedisError) else (error,):
        if isinstance(seen, exceptions.ResponseError) and str(seen).startswith(PASSING_PREFIXES):
            return Unavailable(NO_ANSWER)
        for kind, ours, sentence in _SENTENCES:
            if isinstance(seen, kind):
                return ours(sentence)
    return Broken(DAMAGED)
