"""The pretend Slack and X in a process of their own, which nothing in a round kills: their books are the truth.

python -m tests.fault.driver.pretend <file for all traffic>       prints address and environment, ends with its input
"""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

import bot.sandbox.x.limits
import bot.sandbox.x.writes
from bot.sandbox.server import Sandbox

MANIFEST = Path(__file__).parents[3] / "config" / "slack_manifest.json"


async def serve(traffic: Path) -> None:
    """This X publishes the same words twice: the desk is not to lean on X's own memory, whose length nobody knows.

    And it says that there is plenty left, for workers look for posts much more often than in earnest.
    """
    bot.sandbox.x.writes.DUPLICATE_SECONDS = -1
    bot.sandbox.x.limits.LIMITS |= dict.fromkeys(bot.sandbox.x.limits.LIMITS, 1_000_000)
    async with Sandbox.running(limits=False, traffic_file=traffic) as sandbox:
        scopes = json.loads(MANIFEST.read_text())["oauth_config"]["scopes"]["bot"]
        sandbox.slack.app = replace(sandbox.slack.app, scopes=frozenset(scopes))
        print(json.dumps({"base_url": sandbox.base_url, "environment": sandbox.environment()}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
