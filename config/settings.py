"""The only reader of the environment: settings from flags, environment, `.env`, secrets folder, file, defaults.

All mistakes are told at once, one plain sentence each; no sentence and no `repr` holds a secret.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.layers import Found, Layer, Unreadable, read_layers
from config.remarks import Remark
from config.settings_rules import across

POLICY_FILE = Path(__file__).parent / "policy.toml"
TALKING_POINTS_FILE = Path(__file__).parent / "talking_points.toml"


class SettingsError(Exception):
    """The settings cannot be used; `mistakes` are plain sentences, one each."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        """Keep the sentences."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Inbound(StrEnum):
    """How Slack reaches us."""

    SOCKET = "socket"
    HTTP = "http"


def _with_slash(address: str) -> str:
    return address.rstrip("/") + "/"


def _upper(level: object) -> object:
    return level.upper() if isinstance(level, str) else level


_Address = Annotated[str, Field(pattern=r"^https?://[^\s/?#]+")]


class Settings(BaseSettings):
    """What this process was started with. `warnings` are sentences to show at each start."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True)

    slack_bot_token: SecretStr = Field(
        alias="SLACK_BOT_TOKEN", description="the bot token of the Slack app (it begins with xoxb-)"
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        alias="SLACK_APP_TOKEN",
        description="the app-level token with connections:write (it begins with xapp-)",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, alias="SLACK_SIGNING_SECRET", description="the signing secret of the Slack app; for HTTP only"
    )
    slack_api_url: Annotated[_Address, AfterValidator(_with_slash)] = Field(
        default="https://slack.com/api/", alias="SLACK_API_URL", description="the address of Slack's Web API"
    )
    x_api_key: SecretStr = Field(alias="X_API_KEY", description="the API key of the X app")
    x_api_secret: SecretStr = Field(alias="X_API_SECRET", description="the API key secret of the X app")
    x_access_token: SecretStr = Field(alias="X_ACCESS_TOKEN", description="the access token of the brand's account")
    x_access_secret: SecretStr = Field(
        alias="X_ACCESS_SECRET", description="the access token secret of the brand's account"
    )
    x_bearer_token: SecretStr | None = Field(
        default=None, alias="X_BEARER_TOKEN", description="the bearer token of the X app; for the live stream only"
    )
    x_api_url: _Address = Field(default="https://api.x.com", alias="X_API_URL", description="the address of X's API")
    redis_url: SecretStr | None = Field(
        default=None, alias="REDIS_URL", description="the Redis or Valkey to use; without it the desk starts its own"
    )
    approval_key: SecretStr = Field(
        alias="REPLYDESK_APPROVAL_KEY",
        min_length=32,
        description="a key of at least 32 random characters that seals approvals (python -c 'import secrets; "
        "print(secrets.token_urlsafe(48))')",
    )
    workspace: str = Field(
        default="desk",
        alias="REPLYDESK_WORKSPACE",
        pattern=r"^[a-z][a-z0-9-]{0,39}$",
        description="a short name before all keys in Redis: small letters, digits and -",
    )
    data_dir: Path = Field(
        default=Path(".desk"), alias="REPLYDESK_DATA_DIR", description="the folder where the desk keeps its own files"
    )
    archive: str = Field(
        default="",
        alias="REPLYDESK_ARCHIVE",
        max_length=1_000,
        description="the file that closed cases leave for, on a disk that lasts; off for none",
    )
    policy_file: Path = Field(default=POLICY_FILE, alias="REPLYDESK_POLICY_FILE", description="the house rules (TOML)")
    talking_points_file: Path = Field(
        default=TALKING_POINTS_FILE, alias="REPLYDESK_TALKING_POINTS_FILE", description="the saved replies (TOML)"
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO", alias="REPLYDESK_LOG_LEVEL", description="how much is logged: DEBUG, INFO, WARNING or ERROR"
    )
    log_json: bool | None = Field(
        default=None,
        alias="REPLYDESK_LOG_JSON",
        description="true for JSON lines, false for plain ones; by itself: plain on a terminal",
    )
    poll_seconds: int = Field(
        default=60,
        alias="REPLYDESK_POLL_SECONDS",
        ge=5,
        le=3600,
        description="seconds from look to look at X: 5 to 3600",
    )
    stream: bool = Field(
        default=False, alias="REPLYDESK_STREAM", description="true to listen to X's live stream as well (costs more)"
    )
    inbound: Inbound = Field(
        default=Inbound.SOCKET, alias="REPLYDESK_INBOUND", description="how Slack reaches the desk: socket or http"
    )
    allow_volatile: bool = Field(
        default=False,
        alias="REPLYDESK_ALLOW_VOLATILE",
        description="true to accept a Redis that may forget acknowledged writes (managed Redis)",
    )
    allow_plain_redis: bool = Field(
        default=False,
        alias="REPLYDESK_ALLOW_PLAIN_REDIS",
        description="true to accept Redis on another machine without password or encryption (a private network only)",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        alias="REPLYDESK_SMTP_URL",
        description="the mail server that pages leave by when Slack takes none: smtp://USER:PASSWORD@HOST:587 or smtps://",
    )
    mail_from: str = Field(
        default="", alias="REPLYDESK_MAIL_FROM", max_length=200, description="the address that such mails come from"
    )
    webhook_url: SecretStr | None = Field(
        default=None, alias="REPLYDESK_WEBHOOK_URL", description="a paging service that takes PagerDuty's Events v2"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, alias="REPLYDESK_WEBHOOK_SECRET", description="what signs each call of the webhook"
    )
    webhook_routing_key: SecretStr | None = Field(
        default=None, alias="REPLYDESK_WEBHOOK_ROUTING_KEY", description="the routing key of the paging service"
    )
    heartbeat_url: SecretStr | None = Field(
        default=None,
        alias="REPLYDESK_HEARTBEAT_URL",
        description="is called each minute while all is well; the watch behind it raises the alarm when it is not",
    )
    strict: bool = Field(
        default=False, alias="REPLYDESK_STRICT", description="true to refuse to start where there would be a warning"
    )
    secrets_dir: Path | None = Field(
        default=None, alias="REPLYDESK_SECRETS_DIR", description="a folder with one file per secret; /run/secrets"
    )
    settings_file: Path | None = Field(
        default=None, alias="REPLYDESK_SETTINGS_FILE", description="a TOML file with these names; replydesk.toml"
    )
    warnings: tuple[str, ...] = ()

    @property
    def archive_file(self) -> Path | None:
        """Return the file of the archive, None for no archive.

        By itself it lies beside the desk's own server. With another server it must be named, because only who
        runs the desk knows whether this machine's disk outlives the process.
        """
        if self.archive:
            return None if self.archive.casefold() == "off" else Path(self.archive)
        return None if self.redis_url else self.data_dir / "archive.sqlite3"

    def platform(self, name: str) -> dict[str, str]:
        """Return the settings of one social platform, without its prefix: what its adapter connects with."""
        found = {key.removeprefix(f"{name}_"): getattr(self, key) for key in NAMES if key.startswith(f"{name}_")}
        return {
            key: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            for key, value in found.items()
            if value is not None
        }


NAMES = {name: str(field.alias) for name, field in Settings.model_fields.items() if field.alias}
"""The name of each setting outside, by its name in `Settings`."""


class _LayerSource(PydanticBaseSettingsSource):
    """One layer, as pydantic-settings takes its sources."""

    def __init__(self, settings: type[BaseSettings], layer: Layer) -> None:
        super().__init__(settings)
        self._layer = layer

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return self._layer.values.get(str(field.alias)), field_name, False

    def __call__(self) -> dict[str, Any]:
        return {name: self._layer.values[name] for name in NAMES.values() if name in self._layer.values}


def load(*, folder: Path | None = None, environment: Mapping[str, str] | None = None, **flags: object) -> Settings:
    """Return the settings, or raise `SettingsError` with every mistake there is.

    Flags carry the names of `Settings`; `folder` (the current one) is where `.env` and `replydesk.toml` are looked for.
    """
    unknown = sorted(set(flags) - set(NAMES))
    if unknown:
        raise TypeError(f"no such settings: {', '.join(unknown)}")
    named = {NAMES[name]: value for name, value in flags.items()}
    try:
        layers = read_layers(named, os.environ if environment is None else environment, folder or Path())
    except Unreadable as error:
        raise SettingsError((str(error),)) from None
    return _settled(Found(layers))


def _settled(found: Found) -> Settings:
    class Here(Settings):
        """The settings of this place: the layers, strongest first, are its sources."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the flags are a layer
            env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- read once in `layers`
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- read once in `layers`
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- read once in `layers`
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return tuple(_LayerSource(settings_cls, layer) for layer in found.layers)

    remarks = [*_strangers(found), *across(found)]
    warnings = tuple(remark.sentence for remark in remarks if not remark.wrong)
    mistakes = [remark.sentence for remark in remarks if remark.wrong]
    settings = None
    try:
        settings = Here()  # type: ignore[call-arg]  # the values come from the layers
    except ValidationError as error:
        mistakes = [*(_sentence(found, detail) for detail in error.errors(include_input=False)), *mistakes]
    if settings is None or mistakes or (settings.strict and warnings):
        raise SettingsError(tuple(dict.fromkeys((*mistakes, *(warnings if settings and settings.strict else ())))))
    return settings.model_copy(update={"warnings": warnings})


def _strangers(found: Found) -> Iterator[Remark]:
    for layer, name, wrong in found.strangers(frozenset(NAMES.values())):
        near = difflib.get_close_matches(name, NAMES.values(), n=1, cutoff=0.8)
        hint = f"Did you mean {near[0]}?" if near else "Remove it, or look up the name in docs/configuration.md."
        yield Remark(wrong=wrong, sentence=f"{name} {layer.place} is not a setting. {hint}")


_WHAT_IS_WRONG = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "too_short": "is too short",
    "string_too_short": "is too short",
    "string_pattern_mismatch": "is not written as it should be",
}


def _sentence(found: Found, detail: ErrorDetails) -> str:
    """Say what is wrong with one setting, where it stands and what it should be; never what it holds."""
    name = str(detail["loc"][0])
    field = next(field for field in Settings.model_fields.values() if field.alias == name)
    if detail["type"] == "missing":
        return f"{name} is not set. Put {field.description} into .env or the environment."
    wrong = _WHAT_IS_WRONG.get(detail["type"], "cannot be used")
    return f"{name} {found.place(name)} {wrong}. Wanted: {field.description}."
