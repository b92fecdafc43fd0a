"""The places settings come from, read once each, strongest first, so that a mistake can name its place."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

OUR_PREFIXES = ("REPLYDESK_", "SLACK_", "X_", "REDIS_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One place (with its preposition), its settings by name, and how strictly names we do not know are taken there.

    `strict` are the beginnings of names that must be known ("" for all), `noted` those that are only remarked on.
    """

    place: str
    values: Mapping[str, object] = field(repr=False)
    strict: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()


class Unreadable(Exception):  # noqa: N818 -- reads as the fact it is
    """A settings file that cannot be read; the message is a sentence."""


def read_layers(flags: Mapping[str, object], environment: Mapping[str, str], folder: Path) -> tuple[Layer, ...]:
    """Return flags, environment, `.env`, secrets folder and settings file, strongest first. Raises `Unreadable`."""
    dotenv = folder / ".env"
    first = (
        Layer(place="on the command line", values=_given(flags)),
        Layer(place="in the environment", values=_given(environment), noted=("REPLYDESK_",)),
        Layer(place="in .env", values=_given(_dotenv(dotenv)), strict=OUR_PREFIXES),
    )
    found = Found(first)
    secrets = found.path("REPLYDESK_SECRETS_DIR", Path("/run/secrets"), folder)
    file = found.path("REPLYDESK_SETTINGS_FILE", Path("replydesk.toml"), folder)
    return (
        *first,
        Layer(place=f"in the folder {secrets}", values=_given(_secrets(secrets)), strict=OUR_PREFIXES),
        Layer(place=f"in {file.name}", values=_given(_toml(file)), strict=("",)),
    )


class Found:
    """What the layers say together: the strongest place that gives a setting decides."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        """Take the layers, strongest first."""
        self.layers = layers

    def get(self, name: str) -> str:
        """Return the setting as text, "" where no place gives it."""
        return next((str(layer.values[name]) for layer in self.layers if name in layer.values), "")

    def place(self, name: str) -> str:
        """Return the place that decides a setting, "" where no place gives it."""
        return next((layer.place for layer in self.layers if name in layer.values), "")

    def path(self, name: str, default: Path, folder: Path) -> Path:
        """Return a path that a setting names; relative ones start at the folder."""
        return folder / (self.get(name) or default)

    def strangers(self, known: frozenset[str]) -> Iterator[tuple[Layer, str, bool]]:
        """Yield each name that is not known, its layer, and whether that is a mistake there."""
        for layer in self.layers:
            for name in layer.values:
                if name not in known and name.startswith(layer.strict + layer.noted):
                    yield layer, name, name.startswith(layer.strict)


def _given(values: Mapping[str, object | None]) -> dict[str, object]:
    """Leave out what was left empty: an empty line in `.env` is a setting not made."""
    bare = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    return {name: value for name, value in bare.items() if value not in (None, "")}


def _dotenv(path: Path) -> dict[str, str | None]:
    try:
        return dict(dotenv_values(path, interpolate=False)) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f".env cannot be read ({type(error).__name__}): check its permissions and encoding.") from None


def _secrets(folder: Path) -> dict[str, object]:
    """Return the files of a secrets folder, one setting each, by their names."""
    if not folder.is_dir():
        return {}
    try:
        files = [path for path in folder.iterdir() if path.is_file() and path.name.startswith(OUR_PREFIXES)]
        return {path.name: path.read_text(encoding="utf-8").strip() for path in sorted(files)}
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"The secrets in {folder} cannot be read ({type(error).__name__}).") from None


def _toml(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError:
        raise Unreadable(f"{path.name} is not valid TOML: look at its quotation marks and brackets.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name} cannot be read ({type(error).__name__}).") from None
