"""Thousands of cases come and go: the store is as small afterwards as before."""

import asyncio
from pathlib import Path

import pytest

from tests.archived import an_archiving_desk
from tests.contract.cases import a_post
from tests.servers import DeskMemory

ENDING = frozenset({"op", "unique", "gone"})
"""Kinds of keys that end by themselves: marks of acts after two hours, names of what was archived after 400 days."""


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)])
async def test_after_all_cases_were_archived_the_store_holds_what_an_empty_one_does(
    desk_memory: DeskMemory, tmp_path: Path, count: int
) -> None:
    async with an_archiving_desk(desk_memory, tmp_path) as desk:
        before, used_before = await desk.left(), await used(desk_memory)
        for some in lots(count):
            await asyncio.gather(*(desk.closed(a_post(number)) for number in some))
        full, used_full = await desk.left(), await used(desk_memory)
        desk.weeks_pass()
        moved = 0
        while some_moved := await desk.archiving.sweep():
            moved += some_moved
        left, used_after = await desk.left(), await used(desk_memory)
        assert (await desk.archive.look()).cases == moved == full["case"] == count
        gone = {kind: number for kind, number in (left - before).items() if kind not in ENDING}
        assert gone == {"number": 1, "journal": 1}
        assert await desk_memory.client.xlen(desk_memory.shard.key("journal")) == 0
        assert (left["unique"], left["gone"]) == (2 * count, count)
        for kind in ENDING:
            keys = desk_memory.client.scan_iter(match=f"{{{desk_memory.workspace}:0}}:{kind}:*", count=1_000)
            assert min([await desk_memory.client.pttl(key) async for key in keys]) > 0
        marks = desk_memory.client.scan_iter(match=f"{{{desk_memory.workspace}:0}}:op:*", count=1_000)
        await desk_memory.client.unlink(*[key async for key in marks])
        used_later = await used(desk_memory)
        print(
            f"\n{count} cases: used_memory {used_before:,} empty, {used_full:,} full, {used_after:,} archived, "
            f"{used_later:,} two hours later ({(used_later - used_before) / count:.0f} bytes per archived case)"
        )


def lots(count: int) -> list[range]:
    return [range(start, min(start + 50, count + 1)) for start in range(1, count + 1, 50)]


async def used(desk: DeskMemory) -> int:
    return int((await desk.client.info("memory"))["used_memory"])
