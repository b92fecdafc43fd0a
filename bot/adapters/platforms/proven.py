"""A platform that was away when the desk started: nothing leaves before it has said whose credentials these are."""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence

from bot.domain.cases.post import Post
from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import PlatformName, PostId
from bot.domain.replies.reply import NotSent, Outcome, OwnPost, RefusedByPlatform, Reply
from bot.domain.text.wording import TextRule
from bot.ports import Account, Batch, Gone, Platform

ASK_AGAIN_AFTER = 30.0
"""Seconds until a reply is tried again where the platform did not say whose credentials these are."""


def wrong_account(name: PlatformName, actual: Account, wanted: Account) -> str:
    """Say that nothing may ever leave from there, and what to do."""
    return (
        f"The credentials for {name} belong to @{actual.handle} ({actual.id}), but the policy names "
        f"@{wanted.handle} ({wanted.id}). Use that account's credentials, or correct [[accounts]]."
    )


class Proven:
    """Keeps the port `Platform`; reading goes straight through, replying once the account is proven."""

    def __init__(self, platform: Platform) -> None:
        """Take the platform whose account is not proven yet."""
        self._platform = platform
        self._is_proven = False

    @property
    def name(self) -> PlatformName:
        return self._platform.name

    @property
    def account(self) -> Account:
        return self._platform.account

    @property
    def text_rule(self) -> TextRule:
        return self._platform.text_rule

    async def whoami(self) -> Account:
        return await self._platform.whoami()

    async def fetch(self, cursor: str | None) -> Batch:
        return await self._platform.fetch(cursor)

    async def look_up(self, ids: Sequence[PostId]) -> Mapping[PostId, Post | Gone]:
        return await self._platform.look_up(ids)

    async def own_posts(self, since: PostId | None) -> Sequence[OwnPost]:
        return await self._platform.own_posts(since)

    def by_hand_url(self, target: PostId, text: str) -> str:
        return self._platform.by_hand_url(target, text)

    async def reply(self, reply: Reply, within: float, start_by: float = math.inf) -> Outcome:
        ends = time.monotonic() + within
        if not self._is_proven:
            try:
                async with asyncio.timeout(within / 2):
                    actual = await self._platform.whoami()
            except (Unavailable, Broken, TimeoutError):
                return NotSent(reason="X did not say whose credentials these are", retry_after=ASK_AGAIN_AFTER)
            if actual.id != self.account.id:
                return RefusedByPlatform(reason=wrong_account(self.name, actual, self.account))
            self._is_proven = True
        return await self._platform.reply(reply, ends - time.monotonic(), start_by)
