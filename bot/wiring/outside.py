"""What a desk is built from: opened before it, closed after it."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr

from bot.adapters.platforms.connection import Connection
from bot.adapters.redis_connect import RedisPorts
from bot.adapters.redis_epochs import RedisEpochs
from bot.domain.ids import PlatformName
from bot.domain.policy import Policy
from bot.jobs.relay import Wake
from bot.logs import Log
from bot.ports.archive import Archive
from config.settings import Settings
from handlers.door import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a desk needs from outside: opened before it, closed after it."""

    settings: Settings
    policy: Policy
    redis: RedisPorts
    archive: Archive
    epochs: RedisEpochs
    wake: Wake
    connections: Mapping[PlatformName, Connection]
    session: aiohttp.ClientSession
    home: Home
    log: Log


def plain(secret: SecretStr | None) -> str:
    """Return what a setting holds, "" where it is not given."""
    return secret.get_secret_value() if secret else ""
