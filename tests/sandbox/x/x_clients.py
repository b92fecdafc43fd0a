"""The real tweepy, with nothing changed but the host it talks to."""

import aiohttp
from tweepy.asynchronous import AsyncClient
from yarl import URL


class Rewriting:
    """tweepy asks its session for https://api.twitter.com/…; this one goes to the sandbox instead."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.headers: dict[str, str] = {}
        self.closed = False
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))

    def request(self, method, url, **more):
        more.pop("proxy", None)
        return self._session.request(method, URL(self.base + URL(url).raw_path_qs, encoded=True), **more)

    async def close(self):
        self.closed = True
        await self._session.close()


def client_of(sandbox, session, **changed):
    given = sandbox.environment() | changed
    client = AsyncClient(
        bearer_token=given["X_BEARER_TOKEN"],
        consumer_key=given["X_API_KEY"],
        consumer_secret=given["X_API_SECRET"],
        access_token=given["X_ACCESS_TOKEN"],
        access_token_secret=given["X_ACCESS_SECRET"],
        return_type=dict,
    )
    client.session = session
    return client
