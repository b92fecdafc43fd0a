"""Keys, signatures and rate limits of the pretend X."""

import aiohttp
import pytest
import tweepy
from x_clients import Rewriting, client_of

from bot.sandbox.server import Sandbox

BRAND = "900000001"


@pytest.mark.parametrize("wrong", ["X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_SECRET"])
async def test_a_wrong_key_or_secret_is_401_in_x_s_shape(sandbox, session, wrong):
    client = client_of(sandbox, session, **{wrong: "900000001-wrong"})
    with pytest.raises(tweepy.Unauthorized, match="Unauthorized"):
        await client.create_tweet(text="hi")


async def test_a_wrong_bearer_or_none_is_401(sandbox):
    async with aiohttp.ClientSession() as plain:
        for header in (
            {},
            {"Authorization": "Bearer nonsense"},
            {"Authorization": "Basic abc"},
            {"Authorization": "OAuth"},
        ):
            async with plain.get(f"{sandbox.x_api_url}/2/users/{BRAND}/mentions", headers=header) as answer:
                assert answer.status == 401
                assert await answer.json() == {
                    "title": "Unauthorized",
                    "type": "about:blank",
                    "status": 401,
                    "detail": "Unauthorized",
                }


async def test_a_signature_covers_the_query_and_is_good_once(sandbox, client, session):
    seen = []
    request = session.request
    session.request = lambda method, url, **more: seen.append((method, url, more)) or request(method, url, **more)
    await client.get_users_mentions(BRAND, user_auth=True, max_results=5)
    method, url, more = seen[0]
    async with request(method, str(url).replace("max_results=5", "max_results=6"), **more) as changed:
        assert changed.status == 401
    async with request(method, url, **more) as again:
        assert again.status == 401


async def test_the_bearer_token_reads_but_does_not_publish(sandbox, client, http):
    assert (await client.get_users_mentions(BRAND))["meta"]["result_count"] == 0
    async with http.post("2/tweets", json={"text": "hi"}) as answer:
        assert answer.status == 403
        assert (await answer.json())["title"] == "Unsupported Authentication"
    assert sandbox.x.published_by_app() == []


async def test_limit_headers_are_always_there_and_count_down(client, session, sandbox):
    raw = client_of(sandbox, session)
    raw.return_type = aiohttp.ClientResponse
    first = (await raw.get_users_mentions(BRAND)).headers
    second = (await raw.get_users_mentions(BRAND)).headers
    assert first["x-rate-limit-limit"] == "300"
    assert int(second["x-rate-limit-remaining"]) == int(first["x-rate-limit-remaining"]) - 1
    assert 0 < int(first["x-rate-limit-reset"]) - sandbox.clock.now() <= 902
    assert first["x-user-limit-24hour-limit"] == "10000"


async def test_without_limits_nothing_is_refused(sandbox, client):
    for _ in range(80):
        await client.get_me(user_auth=True)


async def test_the_76th_look_at_the_own_account_is_429_until_the_window_ends():
    async with Sandbox.running(limits=True) as sandbox:
        session = Rewriting(sandbox.x_api_url)
        client = client_of(sandbox, session)
        for _ in range(75):
            await client.get_me(user_auth=True)
        with pytest.raises(tweepy.TooManyRequests) as refused:
            await client.get_me(user_auth=True)
        assert refused.value.response.headers["x-rate-limit-remaining"] == "0"
        sandbox.clock.advance(901)
        await client.get_me(user_auth=True)
        await session.close()


async def test_the_limit_of_a_day_holds_across_windows():
    async with Sandbox.running(limits=True) as sandbox:
        session = Rewriting(sandbox.x_api_url)
        client = client_of(sandbox, session)
        sandbox.x.switches.set(day_limit=1)
        await client.create_tweet(text="one")
        sandbox.clock.advance(901)
        with pytest.raises(tweepy.TooManyRequests) as refused:
            await client.create_tweet(text="two")
        assert refused.value.response.headers["x-user-limit-24hour-remaining"] == "0"
        await session.close()
