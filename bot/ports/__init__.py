"""The promises that the outside keeps for the desk, in the desk's own words.

Every method answers or raises `Unavailable` within its own time limit; none hangs. What cannot be read
raises `Broken`.
"""

from collections.abc import Awaitable, Callable

from bot.domain.text.wording import TextRule
from bot.ports.json import Json
from bot.ports.people import Directory, Duty, Signer
from bot.ports.platform import Account, Batch, Gone, Missed, Platform, Stream
from bot.ports.slack import Chat, Message, Screens
from bot.ports.store import Begin, CaseStore, Decide, Document, Journal, Memory, Outbox, Seen, Stored

__all__ = [
    "Account",
    "Batch",
    "Begin",
    "CaseStore",
    "Chat",
    "Decide",
    "Directory",
    "Document",
    "Duty",
    "Gone",
    "Journal",
    "Json",
    "Memory",
    "Message",
    "Missed",
    "Notify",
    "Outbox",
    "Platform",
    "Screens",
    "Seen",
    "Signer",
    "Sleep",
    "Stored",
    "Stream",
    "TextRule",
]

Notify = Callable[[], None]
Sleep = Callable[[float], Awaitable[None]]
