"""The promises of `CaseStore`, on a real server."""

# ruff: noqa: F811 -- pytest finds fixtures by the name of the argument

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from bot.domain.cases.case import Case, Decision
from bot.domain.cases.lifecycle import Status
from bot.domain.errors import AlreadyHeld, Broken, LeaseLost, NoSuchCase, Refused
from bot.domain.ids import CaseId, Instant, Nonce, OpId, UserId
from bot.domain.work import Work
from tests.contract.cases import a_post, adding, an_effect, claiming, opening
from tests.contract.kinds import desk  # noqa: F401 -- fixture
from tests.servers import DeskMemory

MINUTE = 60_000


async def opened(desk: DeskMemory, number: int = 1, op: str = "") -> Case:
    return await desk.store.begin(OpId(op or f"open-{number}"), opening(a_post(number)))


async def test_a_case_comes_back_as_it_was_stored(desk: DeskMemory) -> None:
    case = await opened(desk)
    assert await desk.store.load(case.id) == case


async def test_cases_are_numbered_one_after_the_other(desk: DeskMemory) -> None:
    assert [(await opened(desk, n)).id for n in (1, 2, 3)] == ["C-1001", "C-1002", "C-1003"]


async def test_a_number_that_a_failover_gives_out_again_is_skipped(desk: DeskMemory) -> None:
    first = await opened(desk, 1)
    await desk.client.set(desk.shard.key("number"), 1000)
    second = await opened(desk, 2)
    assert (first.id, second.id) == ("C-1001", "C-1002")
    assert await desk.store.load(first.id) == first


async def test_numbers_lost_by_the_dozen_are_all_skipped(desk: DeskMemory) -> None:
    await asyncio.gather(*(opened(desk, number) for number in range(1, 61)))
    await desk.client.set(desk.shard.key("number"), 1000)
    assert (await opened(desk, 99)).id == "C-1061"


async def test_a_number_that_was_given_away_meanwhile_is_not_written_over(desk: DeskMemory) -> None:
    first = await opened(desk, 1)
    offered: list[CaseId] = []

    def begin(case_id: CaseId, now: Instant) -> Decision:
        offered.append(case_id)
        return opening(a_post(2))(first.id if len(offered) == 1 else case_id, now)

    second = await desk.store.begin(OpId("second"), begin)
    assert (second.id, len(offered)) == (offered[1], 2)
    assert await desk.store.load(first.id) == first


async def test_the_same_act_at_once_opens_one_case_and_everybody_gets_it(desk: DeskMemory) -> None:
    cases = await asyncio.gather(*(opened(desk, 1, "op") for _ in range(20)))
    assert {case.id for case in cases} == set(await desk.store.listed("open"))


async def test_a_case_that_does_not_exist_is_none_and_cannot_be_changed(desk: DeskMemory) -> None:
    assert await desk.store.load(CaseId("C-7")) is None
    with pytest.raises(NoSuchCase):
        await desk.store.change(CaseId("C-7"), OpId("op"), claiming("U1"))


async def test_the_same_act_opens_one_case(desk: DeskMemory) -> None:
    assert await opened(desk, 1, "op") == await opened(desk, 1, "op")
    assert await desk.store.count("open") == 1


async def test_the_same_act_is_done_once_and_answers_the_case_as_it_is(desk: DeskMemory) -> None:
    case = await opened(desk)
    await desk.store.change(case.id, OpId("op"), claiming("U1"))
    grown = await desk.store.change(case.id, OpId("other"), adding(a_post(2)))

    def must_not_be_asked(_case: Case, _now: Instant) -> Decision:
        raise AssertionError("asked again")

    assert await desk.store.change(case.id, OpId("op"), must_not_be_asked) == grown


async def test_of_many_who_claim_at_once_exactly_one_wins(desk: DeskMemory) -> None:
    for number in range(1, 11):
        case = await opened(desk, number)

        async def claim(user: str, case: Case = case) -> str:
            try:
                await desk.store.change(case.id, OpId(f"{case.id}-{user}"), claiming(user))
            except Refused as no:
                return str(no)
            return "won"

        answers = Counter(await asyncio.gather(*(claim(f"U{i}") for i in range(30))))
        holder = (await desk.store.load(case.id) or case).owner
        assert answers == {"won": 1, f"{holder} has it already.": 29}


async def test_nothing_is_overwritten_when_many_write_at_once(desk: DeskMemory) -> None:
    case = await opened(desk)
    await asyncio.gather(*(desk.store.change(case.id, OpId(f"op{n}"), adding(a_post(n))) for n in range(2, 22)))
    stored = await desk.store.load(case.id)
    assert stored
    assert sorted(int(post.id) for post in stored.posts) == list(range(1, 22))
    assert stored.changes == 21


async def test_the_same_act_delivered_many_times_at_once_is_done_once(desk: DeskMemory) -> None:
    case = await opened(desk)
    await asyncio.gather(*(desk.store.change(case.id, OpId("op"), adding(a_post(2))) for _ in range(20)))
    stored = await desk.store.load(case.id)
    assert stored
    assert [post.id for post in stored.posts] == ["1", "2"]


async def test_what_the_decision_raises_passes_through_and_writes_nothing(desk: DeskMemory) -> None:
    case = await desk.store.change((await opened(desk)).id, OpId("op1"), claiming("U1"))
    before = await desk.everything()
    with pytest.raises(Refused, match="U1 has it already"):
        await desk.store.change(case.id, OpId("op2"), claiming("U2"))
    assert await desk.everything() == before


async def test_an_unchanged_case_writes_nothing(desk: DeskMemory) -> None:
    case = await opened(desk)
    before = await desk.everything()
    assert await desk.store.change(case.id, OpId("op"), lambda c, _: Decision.unchanged(c)) == case
    assert await desk.everything() == before


async def test_a_post_belongs_to_one_case_and_the_other_is_told_which(desk: DeskMemory) -> None:
    case = await opened(desk)
    with pytest.raises(AlreadyHeld) as told:
        await opened(desk, 1, "another act")
    assert told.value.case_id == case.id
    assert await desk.store.holder("post:x:1") == case.id
    assert await desk.store.count("open") == 1


async def test_two_pollers_that_find_the_same_post_open_one_case(desk: DeskMemory) -> None:
    async def poll(op: str) -> str:
        try:
            return (await opened(desk, 1, op)).id
        except AlreadyHeld as held:
            return held.case_id

    found = await asyncio.gather(*(poll(f"poller-{n}") for n in range(20)))
    assert len(set(found)) == 1
    assert await desk.store.count("open") == 1


async def test_a_closed_case_gives_up_its_conversation_and_keeps_its_posts(desk: DeskMemory) -> None:
    case = await opened(desk)
    await desk.store.change(case.id, OpId("close"), lambda c, _: Decision.of(replace(c, status=Status.CLOSED)))
    assert await desk.store.holder("conversation:x:900:c1") is None
    assert await desk.store.holder("post:x:1") == case.id


async def test_a_case_stands_in_the_lists_that_fit_it_newest_first(desk: DeskMemory) -> None:
    cases = []
    for number in (1, 2, 3):
        cases.append(await opened(desk, number))
        desk.clock.pass_time(minutes=1)
    await desk.store.change(cases[1].id, OpId("claim"), claiming("U1"))
    listed = {name: list(await desk.store.listed(name)) for name in ("open", "status:new", "owner:U1")}
    assert listed == {
        "open": ["C-1003", "C-1002", "C-1001"],
        "status:new": ["C-1003", "C-1001"],
        "owner:U1": ["C-1002"],
    }
    assert list(await desk.store.listed("open", limit=2)) == ["C-1003", "C-1002"]
    assert await desk.store.count("status:new") == 2


async def test_a_week_passes_in_a_moment(desk: DeskMemory) -> None:
    first = await opened(desk, 1)
    desk.clock.pass_time(days=7)
    second = await opened(desk, 2)
    assert 0 <= second.opened_at - first.opened_at - 7 * 24 * 60 * MINUTE < MINUTE


async def test_facts_and_the_work_they_cause_are_committed_together(desk: DeskMemory) -> None:
    desk = desk.following(lambda _before, after, events: tuple(an_effect(f"{e.fact}:{after.id}") for e in events))
    case = await opened(desk)
    taken = await desk.outbox.take(10, MINUTE, {})
    assert [work.key for work in taken.work] == [f"CaseOpened:{case.id}"]
    assert [line["fact"] for line in await desk.journal.lines(case.id)] == ["CaseOpened"]


async def with_work(desk: DeskMemory) -> tuple[DeskMemory, Case, Work]:
    case = await opened(desk)
    await desk.outbox.add([an_effect("send", lane="platform:x:900")])
    return desk, case, (await desk.outbox.take(1, MINUTE, {})).work[0]


async def test_a_change_under_our_lease_is_accepted(desk: DeskMemory) -> None:
    desk, case, work = await with_work(desk)
    changed = await desk.store.change(case.id, OpId("op"), claiming("U1"), under=work)
    assert changed.owner == "U1"


@pytest.mark.parametrize("loss", ["run out", "taken by another", "done", "forged"])
async def test_a_change_under_a_lost_lease_is_refused_and_writes_nothing(desk: DeskMemory, loss: str) -> None:
    desk, case, work = await with_work(desk)
    if loss in {"run out", "taken by another"}:
        desk.clock.pass_time(ms=MINUTE + 1)
    if loss == "taken by another":
        await desk.outbox.take(1, MINUTE, {})
    if loss == "done":
        await desk.outbox.done(work)
    if loss == "forged":
        work = replace(work, nonce=Nonce("0" * 32))
    before = await desk.everything()
    with pytest.raises(LeaseLost):
        await desk.store.change(case.id, OpId("op"), claiming("U1"), under=work)
    assert await desk.everything() == before


@pytest.mark.parametrize(
    ("kind", "name"),
    [("list", "owner:U1"), ("lane", "slack:C1"), ("work", ""), ("journal", ""), ("leases", ""), ("counts", "")],
)
async def test_the_commit_looks_at_everything_before_it_writes_anything(desk: DeskMemory, kind: str, name: str) -> None:
    case = await opened(desk)
    await desk.client.delete(desk.shard.key(kind, name))
    await desk.client.set(desk.shard.key(kind, name), "of the wrong kind")
    desk = desk.following(lambda *_: (an_effect("card"), an_effect("note", lane="slack:C9")))
    before = await desk.everything()
    with pytest.raises(Broken):
        await desk.store.change(case.id, OpId("op"), claiming("U1"))
    assert await desk.everything() == before


async def test_a_refusal_in_the_last_key_to_be_taken_leaves_no_trace(desk: DeskMemory) -> None:
    await opened(desk, 9)
    case = await opened(desk, 1)
    before = await desk.everything()
    with pytest.raises(AlreadyHeld):
        await desk.store.change(case.id, OpId("op"), adding(a_post(5), a_post(6), a_post(9)))
    assert await desk.everything() == before


@pytest.mark.parametrize(
    "bytes_", [b"", b"junk", b"1-aa -\n", b"1-aa -\n\x01\xc1", b"1-aa -\n\x02junk", b"\x80\x04K\x01."]
)
async def test_bytes_that_are_no_case_are_reported_counted_and_left_alone(desk: DeskMemory, bytes_: bytes) -> None:
    case = await opened(desk)
    other = await opened(desk, 2)
    key = desk.shard.key("case", case.id)
    await desk.client.set(key, bytes_)
    for _ in range(2):
        with pytest.raises(Broken, match="Nothing was changed"):
            await desk.store.load(case.id)
    with pytest.raises(Broken):
        await desk.store.change(case.id, OpId("op"), claiming("U1"))
    assert (await desk.journal.counts())["unreadable"] == 3
    assert (await desk.client.get(key) or b"").endswith(bytes_.partition(b"\n")[2])
    assert await desk.store.load(other.id) == other


async def test_half_a_character_is_refused_in_a_sentence(desk: DeskMemory) -> None:
    with pytest.raises(Broken, match="half a character"):
        await desk.store.begin(OpId("op"), opening(a_post(1, text="broken \ud83d emoji")))
    assert await desk.store.count("open") == 0


async def test_the_story_of_a_case_is_told_in_order_with_refusals_and_nothing_of_others(desk: DeskMemory) -> None:
    case, other = await opened(desk, 1), await opened(desk, 2)
    await desk.store.change(case.id, OpId("op1"), claiming("U1"))
    await desk.journal.refused(case.id, UserId("U2"), "claim", "U1 has it already.")
    await desk.store.change(other.id, OpId("op2"), claiming("U3"))
    await desk.store.change(case.id, OpId("op3"), adding(a_post(3)))
    lines = await desk.journal.lines(case.id)
    assert [(line["fact"], line["by"]) for line in lines] == [
        ("CaseOpened", "desk"),
        ("Claimed", "U1"),
        ("Refused", "U2"),
        ("CustomerWrote", "desk"),
    ]
    assert [line["fact"] for line in await desk.journal.lines(case.id, limit=2)] == ["Refused", "CustomerWrote"]
