"""What one case takes stays bounded, and what it lets go of is still known."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

from dataclasses import replace
from pathlib import Path

from bot.domain.cases.case import POSTS_KEPT
from bot.domain.ids import DAY, PostId
from bot.services.intake import Intake
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE
from tests.contract.cases import a_post
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

POLICY = load_policy(Path(POLICY_FILE), TALKING_POINTS_FILE)


async def test_a_post_that_a_long_case_no_longer_keeps_is_not_taken_for_a_new_one(desk: DeskMemory) -> None:
    intake = Intake(desk.store, desk.arrivals, POLICY)
    posts = [a_post(number, conversation="c1") for number in range(1, 41)]
    for post in posts:
        case = await intake.receive(post)
    assert case is not None
    assert len(case.posts) == POSTS_KEPT
    dropped = [post for post in posts if not case.post(post.id)]
    assert len(dropped) == 10
    for post in dropped:
        assert await intake.receive(post) == case
    edited = replace(dropped[0], id=PostId("999"), earlier_ids=(dropped[0].id,), text="Other words.")
    assert await intake.receive(edited) == case
    name = desk.shard.key("unique", f"post:x:{dropped[0].id}")
    assert 399 * DAY < await desk.client.pttl(name) <= 400 * DAY
    assert await desk.client.pttl(desk.shard.key("unique", f"post:x:{case.last_post.id}")) == -1
