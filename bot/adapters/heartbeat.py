"""Says to a watch elsewhere that the desk is well; when it hears nothing for a while, that watch raises the alarm."""

import aiohttp

from bot.domain.errors import Broken, Unavailable

TIMEOUT = 10.0
"""Seconds for one beat."""


class HttpHeart:
    """Keeps the port `Heart` with a GET."""

    def __init__(self, session: aiohttp.ClientSession, url: str, *, timeout: float = TIMEOUT) -> None:
        """The address is a secret: whoever knows it can say that all is well."""
        self._session = session
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def beat(self) -> None:
        try:
            async with self._session.get(self._url, allow_redirects=False, timeout=self._timeout) as answer:
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise Unavailable("the watch does not answer") from None
        if status >= 500 or status == 429:
            raise Unavailable(f"the watch failed ({status})")
        if status >= 300:
            raise Broken(f"the watch refused it ({status})")
