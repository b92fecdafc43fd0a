"""The promises of `Arrivals`: many posts at once, each case whole or not at all, and what others hold left alone."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.redis_memory import RedisMemory
from bot.adapters.redis_scripts import Script
from bot.domain.cases.case import Case, Decision
from bot.domain.cases.effects import follow_change
from bot.domain.cases.events import Event, Fact
from bot.domain.cases.lifecycle import Status
from bot.domain.cases.post import Author, Post
from bot.domain.errors import Broken, Refused, Unavailable
from bot.domain.ids import DESK, CaseId, Instant, OpId
from bot.jobs.ingest import Ingest, Swept
from bot.logs import get_log
from bot.ports import Account, Batch
from bot.ports.arrivals import Sought, Traces
from bot.services.intake import Intake
from config.policy import load_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE
from tests.contract.cases import BRAND, a_post, adding, opening
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.contract.proxy import Proxy
from tests.servers import DeskMemory

POLICY = load_policy(Path(POLICY_FILE), TALKING_POINTS_FILE)
MINUTE = 60_000


def begun(*numbers: int) -> dict[OpId, object]:
    return {OpId(f"open-{number}"): opening(a_post(number)) for number in numbers}


def closing(case: Case, now: Instant) -> Decision:
    return Decision.of(replace(case, status=Status.CLOSED, closed_at=now), Event(fact=Fact.CLOSED, at=now, by=DESK))


async def test_cases_that_begin_together_are_numbered_in_their_order_and_stored_with_facts_and_work(
    desk: DeskMemory,
) -> None:
    desk = desk.following(lambda before, after, events: follow_change(before, after, tuple(events)))
    opened = await desk.arrivals.begin_all(begun(1, 2, 3))
    assert [(op, case.id) for op, case in opened.items()] == [
        ("open-1", "C-1001"),
        ("open-2", "C-1002"),
        ("open-3", "C-1003"),
    ]
    assert [await desk.store.load(case.id) for case in opened.values()] == list(opened.values())
    assert await desk.store.count("open") == 3
    assert [line["fact"] for line in await desk.journal.lines(CaseId("C-1002"))] == ["CaseOpened"]
    work = (await desk.outbox.take(10, MINUTE, {})).work
    assert [one.key for one in work if one.job == "refresh_card"] == ["card:C-1001", "card:C-1002", "card:C-1003"]


async def test_what_another_case_holds_is_left_out_and_its_neighbours_are_stored(desk: DeskMemory) -> None:
    other = await desk.store.begin(OpId("other"), opening(a_post(2)))
    opened = await desk.arrivals.begin_all(begun(1, 2, 3))
    assert list(opened) == ["open-1", "open-3"]
    assert await desk.store.holder("post:x:2") == other.id
    assert await desk.store.count("open") == 3


async def test_an_act_that_was_done_before_is_left_out_and_nothing_is_written_for_it(desk: DeskMemory) -> None:
    await desk.arrivals.begin_all(begun(1, 2))
    before = await desk.everything()
    assert await desk.arrivals.begin_all(begun(1, 2)) == {}
    assert await desk.everything() == before


async def test_the_same_posts_by_several_processes_at_once_open_one_case_each(desk: DeskMemory) -> None:
    found = await asyncio.gather(*(desk.arrivals.begin_all(begun(1, 2, 3, 4)) for _ in range(8)))
    assert sorted(op for opened in found for op in opened) == ["open-1", "open-2", "open-3", "open-4"]
    assert await desk.store.count("open") == 4


async def test_where_one_decision_cannot_be_made_or_written_nothing_is_stored(desk: DeskMemory) -> None:
    def refusing(case_id: CaseId, now: Instant) -> Decision:
        raise Refused("Not this one.")

    with pytest.raises(Refused):
        await desk.arrivals.begin_all({**begun(1), OpId("no"): refusing})
    with pytest.raises(Broken):
        await desk.arrivals.begin_all({**begun(1), OpId("half"): opening(a_post(2, text="half \ud83d a sign"))})
    assert await desk.store.count("open") == 0


async def test_a_post_leaves_traces_under_each_of_its_names_and_its_author_by_their_cases(desk: DeskMemory) -> None:
    first, second, third = (await desk.arrivals.begin_all(begun(1, 2, 3))).values()
    for case in (first, third):
        await desk.store.change(case.id, OpId(f"close-{case.id}"), closing)
    await desk.store.change(second.id, OpId("grow"), adding(a_post(4, conversation="c2")))
    author = a_post(1).author.handle
    names = ("post:x:1", "post:x:4", "post:x:999", f"conversation:x:{BRAND}:c2")
    assert await desk.arrivals.seek([Sought(names=names, author=author), Sought(names=(), author="nobody")]) == (
        Traces(holders=(first.id, second.id, None, second.id), earlier=3, closed=(third.id, first.id)),
        Traces(holders=()),
    )


async def test_cases_are_opened_once_though_the_answer_was_lost_after_the_commit(
    warm: tuple[DeskMemory, Proxy],
) -> None:
    desk, proxy = warm
    proxy.lose(Script.load("commits").sha, times=2)
    opened = await desk.arrivals.begin_all(begun(1, 2, 3))
    assert (proxy.lost, list(opened)) == (2, ["open-1", "open-2", "open-3"])
    assert await desk.store.count("open") == 3
    assert [len(await desk.journal.lines(case.id)) for case in opened.values()] == [1, 1, 1]


def somebodys(number: int, author: str, conversation: str = "") -> Post:
    """Return a post with words of its own."""
    words = f"My order number {number} did not come."
    post = a_post(number, words, conversation)
    return replace(post, author=Author(id=f"id of {author}", handle=author))


async def test_posts_that_need_a_case_of_their_own_are_opened_and_the_others_are_left_for_later(
    desk: DeskMemory,
) -> None:
    intake = Intake(desk.store, desk.arrivals, POLICY)
    known = await intake.receive(somebodys(1, "mia"))
    assert known
    again, joins = somebodys(1, "mia"), somebodys(2, "mia", "c1")
    new, other = somebodys(3, "theo"), somebodys(4, "sue")
    assert await intake.receive_all([again, joins, new, other]) == {"3", "4"}
    assert await desk.store.holder("post:x:2") is None
    assert (await intake.receive(joins) or known).id == known.id
    assert await desk.store.count("open") == 3


async def test_a_post_that_says_what_enough_others_said_is_left_to_be_counted(desk: DeskMemory) -> None:
    intake = Intake(desk.store, desk.arrivals, POLICY)
    copies = [replace(somebodys(number, f"copier{number}"), text="Shame on you!") for number in range(1, 6)]
    for copy in copies[:3]:
        assert await intake.receive_all([copy]) == {copy.id}
    assert await intake.receive_all(copies[3:4]) == frozenset()
    counted = await intake.receive(copies[4])
    assert counted
    assert (counted.echoed, await desk.store.count("open")) == (1, 3)


async def test_a_post_opened_with_others_is_weighed_like_one_that_comes_alone(desk: DeskMemory) -> None:
    intake = Intake(desk.store, desk.arrivals, POLICY)
    other = DeskMemory(desk.url, f"{desk.workspace}b", desk.client, desk.clock)
    alone = Intake(other.store, other.arrivals, POLICY)
    posts = [somebodys(1, "mia"), somebodys(2, "theo"), replace(somebodys(3, "sue"), text="It caught fire!")]
    before, later = [somebodys(9, "mia")], [somebodys(10, "mia")]
    for post in (*before, *posts, *later):
        await alone.receive(post)
    for lot in (before, posts, later):
        assert len(await intake.receive_all(lot)) == len(lot)

    def weighed(case: Case | None) -> object:
        assert case
        return replace(case, opened_at=Instant(0), clocks=(), history=())

    for number in range(1001, 1006):
        name = CaseId(f"C-{number}")
        assert weighed(await desk.store.load(name)) == weighed(await other.store.load(name))
    newest = await desk.store.load(CaseId("C-1005"))
    assert newest
    assert newest.severity.reasons == ("2 earlier cases",)


async def test_a_post_that_goes_on_from_a_closed_case_follows_it(desk: DeskMemory) -> None:
    intake = Intake(desk.store, desk.arrivals, POLICY)
    first = await intake.receive(somebodys(1, "mia", "one"))
    assert first
    await desk.store.change(first.id, OpId("close"), closing)
    later = somebodys(2, "mia", "one")
    assert await intake.receive_all([later]) == frozenset(), "it needs a look at the closed case"
    assert (await intake.receive(later) or first).follows == first.id


class OnePage:
    """A platform with one page of posts, which it shows until it has been read."""

    name, account = "x", Account(id=BRAND, handle="brand")

    def __init__(self, *posts: Post) -> None:
        self.posts = posts

    async def fetch(self, cursor: str | None) -> Batch:
        return Batch(posts=() if cursor else self.posts, cursor="read")


def lots_of_posts() -> list[Post]:
    """Return posts by many people, some of whom write again or say what others say."""
    posts = [somebodys(number, f"customer{number % 40}") for number in range(1, 61)]
    posts += [replace(somebodys(number, f"copier{number}"), text="Shame on you!") for number in range(61, 81)]
    return [*posts, *(somebodys(number, "mia", "talk") for number in range(81, 91))]


async def test_a_sweep_that_ends_before_its_mark_moved_is_repeated_and_nothing_is_doubled_or_disordered(
    desk: DeskMemory,
) -> None:
    class Dying(RedisMemory):
        async def remember(self, name: str, value: str) -> None:
            raise Unavailable("the machine is gone")

    def ingest(memory: RedisMemory) -> Ingest:
        intake = Intake(desk.store, desk.arrivals, POLICY)
        platform = OnePage(*lots_of_posts())
        return Ingest(platform=platform, intake=intake, memory=memory, journal=desk.journal, log=get_log())  # type: ignore[arg-type]  # the part of a platform that a sweep needs

    for _ in range(2):
        with pytest.raises(Unavailable):
            await ingest(Dying(desk.shard)).sweep_once()
    assert await ingest(desk.memory).sweep_once() == Swept(received=90)
    cases = [await desk.store.load(case_id) for case_id in await desk.store.listed("open", 200)]
    held = [post.id for case in cases if case for post in case.posts]
    counted = sum(case.echoed for case in cases if case)
    assert (len(held), len(set(held)), counted) == (73, 73, 17), "of twenty copies three have a card"
    (talk,) = (case for case in cases if case and case.speaks_in("talk"))
    assert [post.id for post in talk.posts] == [str(number) for number in range(81, 91)]
