"""Every social platform the desk can speak to: one module each, one line in `PLATFORMS`."""

from collections.abc import Callable, Mapping

from bot.adapters.platforms.connection import Connection
from bot.adapters.platforms.x import connect as connect_x
from bot.domain.ids import PlatformName
from bot.ports import Account

Connect = Callable[[Account, Mapping[str, str]], Connection]
"""Makes a connection for an account from its settings; raises `Refused` naming what is missing."""

PLATFORMS: Mapping[PlatformName, Connect] = {
    PlatformName("x"): connect_x,
}
