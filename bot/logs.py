"""Structured log lines that can carry ids, states, counts and durations, and nothing that a person wrote.

Our own lines pass a whitelist of keys and the shape of an id. Of other libraries' lines only name, level and kind of
error are kept, because their texts carry tokens and people's words. Tracebacks say where, never with which values.
"""

import json as json_lines
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from types import TracebackType
from typing import TextIO

import structlog

KEYS = frozenset(
    {
        *(
            "case",
            "op",
            "job",
            "key",
            "lane",
            "nonce",
            "status",
            "verb",
            "fact",
            "rev",
            "draft_state",
            "outcome",
            "level",
        ),
        *("team", "channel", "ts", "user", "side", "view", "callback", "action", "command", "interaction", "envelope"),
        *("platform", "account", "post", "conversation", "own_post", "cursor", "market", "topic", "rule", "policy"),
        *("reason", "error", "at", "method", "http_status", "attempt", "tries", "retry_after", "limit", "urgency"),
        *("count", "posts", "drafts", "unreadable", "waiting", "due", "size", "ms", "seconds", "age_ms", "skew_ms"),
        *("process", "version", "server", "mode", "signal", "logger", "setting", "check", "verdict", "shard", "part"),
    }
)
"""What a line may carry. Add a key here only if no person can write what stands in it."""

QUIETED = ("tweepy", "slack_sdk", "slack_bolt", "aiohttp", "urllib3", "requests", "requests_oauthlib", "oauthlib")
"""Libraries whose lines below WARNING are not even made."""
QUIETED_ALSO = ("redis", "apscheduler", "asyncio", "websockets", "dotenv", "hypothesis")

EXPECTED = frozenset({("slack_bolt.AsyncApp", "__init__"), ("apscheduler.scheduler", "_process_jobs")})
"""Loggers and functions whose warnings say nothing new: Bolt finds our token in the environment as well, and a sweep
in a flood takes longer than the time to the next."""

NAMES = frozenset({"rule", "topic"})
"""Names from the house rules, which may hold spaces: written with `-` instead."""

WITHHELD = "withheld"
FRAMES_KEPT = 12
"""Places of a traceback that are written, innermost last."""

_EVENT = re.compile(r"[a-z][a-z0-9_.]{0,59}")
_IDLIKE = re.compile(r"[A-Za-z0-9_.:/+,=#-]{0,120}")
# Slack's and X's tokens by their beginnings, and anything long enough to be a key; a nonce has 32 characters.
_SECRETLIKE = re.compile(r"xox[a-z]|xapp|AAAAAAAAA|Bearer|Basic|://|[A-Za-z0-9_+/=-]{44,}", re.IGNORECASE)
_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}

Fields = MutableMapping[str, object]
Log = structlog.typing.FilteringBoundLogger


def get_log() -> Log:
    """Return the log of this process."""
    log: Log = structlog.get_logger()
    return log


def configure(level: str = "INFO", *, json: bool | None = None, stream: TextIO | None = None) -> None:
    """Set up logging for this process, once, first thing. By itself: plain lines on a terminal, JSON elsewhere."""
    out = stream or sys.stderr
    as_json = json if json is not None else not out.isatty()
    number = _LEVELS[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _where_it_broke,
            only_safe,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _as_json if as_json else _as_plain,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    _take_over_stdlib(number)
    sys.excepthook = lambda _, error, __: _last_words(error)
    sys.unraisablehook = lambda unraisable: _last_words(unraisable.exc_value)
    threading.excepthook = lambda arguments: _last_words(arguments.exc_value)


def only_safe(_: object, __: str, fields: Fields) -> Fields:
    """Drop every key that is not on the list, and withhold every value that is not shaped like an id or a number."""
    event = fields.get("event")
    kept: Fields = {"event": event if isinstance(event, str) and _EVENT.fullmatch(event) else WITHHELD}
    kept.update((key, _safe(_joined(value) if key in NAMES else value)) for key, value in fields.items() if key in KEYS)
    return kept


def _joined(value: object) -> object:
    return "-".join(value.split()) if isinstance(value, str) else value


def _safe(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_safe(item) for item in value[:FRAMES_KEPT]]
    text = str(value) if isinstance(value, str) else WITHHELD
    return text if _IDLIKE.fullmatch(text) and not _SECRETLIKE.search(text) else WITHHELD


def _where_it_broke(_: object, __: str, fields: Fields) -> Fields:
    """Replace an exception by its kinds and its places: no message, no values."""
    error = fields.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        fields["error"] = list(_kinds(error))
        fields["at"] = list(_places(error.__traceback__))
    return fields


def _kinds(error: BaseException) -> Iterator[str]:
    """Yield the names of an error and of those that caused it, outermost first; of a group, of all its members."""
    seen: set[int] = set()
    ahead: list[BaseException | None] = [error]
    while ahead and len(seen) < FRAMES_KEPT:
        here = ahead.pop(0)
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        yield type(here).__name__
        ahead += here.exceptions if isinstance(here, BaseExceptionGroup) else ()
        ahead.append(here.__cause__ or (None if here.__suppress_context__ else here.__context__))


def _places(trace: TracebackType | None) -> Iterator[str]:
    """Yield file, line and function of the innermost frames, without the folders of this machine."""
    for frame in traceback.extract_tb(trace)[-FRAMES_KEPT:]:
        file = "/".join(frame.filename.replace("\\", "/").split("/")[-2:])
        yield re.sub(r"[^A-Za-z0-9_.:/-]", "", f"{file}:{frame.lineno}:{frame.name}")[-100:]


def _as_json(_: object, __: str, fields: Fields) -> str:
    return json_lines.dumps(_in_order(fields), ensure_ascii=True, default=lambda _: WITHHELD)


def _as_plain(_: object, __: str, fields: Fields) -> str:
    """Write `time level event key=value …`; whatever could move the cursor is escaped by then."""
    ordered = _in_order(fields)
    words = [str(ordered.pop(key, "")) for key in ("timestamp", "level", "event")]
    return " ".join(
        (*words, *(f"{key}={json_lines.dumps(value, ensure_ascii=True)}" for key, value in ordered.items()))
    )


def _in_order(fields: Mapping[str, object]) -> dict[str, object]:
    first = ("timestamp", "level", "event")
    return {key: fields[key] for key in (*first, *(key for key in fields if key not in first)) if key in fields}


class Outsiders(logging.Handler):
    """Takes the lines of every other library at the root: who, how loud, what kind of error; never the text."""

    def emit(self, record: logging.LogRecord) -> None:
        if (record.name, record.funcName) in EXPECTED:
            return
        error = record.exc_info[1] if record.exc_info else None
        name = record.name if _IDLIKE.fullmatch(record.name) else WITHHELD
        log = structlog.get_logger()
        line = log.warning if record.levelno < logging.ERROR else log.error
        line("library_said_something", logger=name, verdict=record.levelname.lower(), exc_info=error)


def _take_over_stdlib(number: int) -> None:
    root = logging.getLogger()
    root.handlers = [Outsiders()]
    root.setLevel(max(number, logging.WARNING))
    for name in (*QUIETED, *QUIETED_ALSO):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False


def _last_words(error: BaseException | None) -> None:
    """Say what nobody caught, as any other line."""
    if error is not None and not isinstance(error, (KeyboardInterrupt, SystemExit)):
        structlog.get_logger().error("nobody_caught_this", exc_info=error)
