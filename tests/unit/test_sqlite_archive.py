"""What is put into the archive comes back the same; what cannot be read or written says so and harms nothing."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters import sqlite_archive
from bot.adapters.sqlite_archive import SqliteArchive
from bot.domain.cases.case import Case
from bot.domain.cases.leaving import Leaving
from bot.domain.errors import Broken, Unavailable
from bot.domain.ids import CaseId, Instant
from tests import builders as a

st.register_type_strategy(int, st.integers(-(2**53), 2**53))  # what Lua and msgpack can hold
LINES = st.lists(
    st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), st.text(st.characters(codec="utf-8"))),
    max_size=5,
)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[SqliteArchive]:
    found = SqliteArchive(tmp_path / "deep" / "down" / "cases.sqlite3", "desk")
    yield found
    await found.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.builds(Case, posts=st.just(a.closed().posts)), lines=LINES)
def test_every_case_and_its_record_come_back_the_same(tmp_path: Path, case: Case, lines: list[dict[str, str]]) -> None:
    async def there_and_back() -> None:
        archive = SqliteArchive(tmp_path / "cases.sqlite3", "desk")
        try:
            await archive.put([Leaving(case=case, lines=tuple(lines))])
            # Of a number given twice the newest comes back, so the row is looked for among others of the same number.
            kept = await archive._in_thread(
                lambda: (
                    archive._connected()
                    .execute(
                        "SELECT document, journal FROM cases WHERE id = ? AND opened_at = ?", (case.id, case.opened_at)
                    )
                    .fetchall()
                )
            )
            ((document, journal),) = kept
            assert archive._codec.decode(document) == case
            assert sqlite_archive._lines(journal) == tuple(lines)
        finally:
            await archive.close()

    asyncio.run(there_and_back())


async def test_it_is_begun_by_the_first_case_and_only_its_owner_may_read_it(archive: SqliteArchive) -> None:
    assert await archive.get(CaseId("C-1")) is None
    assert await archive.by_author("maria", 3) == ()
    assert not (await archive.look()).there
    assert not archive._path.parent.exists()
    await archive.put([Leaving(case=a.closed())])
    assert stat.S_IMODE(archive._path.stat().st_mode) == 0o600
    assert (await archive.look()).cases == 1


async def test_the_same_case_again_replaces_what_is_there_and_a_number_given_twice_keeps_both(
    archive: SqliteArchive,
) -> None:
    case = a.closed()
    await archive.put([Leaving(case=case)])
    await archive.put([Leaving(case=a.replace(case, hops=3), lines=({"fact": "Closed"},))])
    assert (await archive.look()).cases == 1
    assert await archive.get(case.id) == a.replace(case, hops=3)
    assert await archive.lines(case.id) == ({"fact": "Closed"},)
    newer = a.replace(case, opened_at=Instant(case.opened_at + 1))
    await archive.put([Leaving(case=newer)])
    assert (await archive.look()).cases == 2
    assert await archive.get(case.id) == newer


async def test_desks_with_other_names_do_not_see_each_others_cases(archive: SqliteArchive) -> None:
    await archive.put([Leaving(case=a.closed())])
    other = SqliteArchive(archive._path, "another")
    assert await other.get(a.closed().id) is None
    assert await other.by_author("maria", 3) == ()
    await other.close()


async def test_two_processes_may_use_it_at_once(archive: SqliteArchive) -> None:
    other = SqliteArchive(archive._path, "desk")
    cases = [a.replace(a.closed(), id=CaseId(f"C-{number}")) for number in range(60)]
    await asyncio.gather(*((archive, other)[number % 2].put([Leaving(case=one)]) for number, one in enumerate(cases)))
    assert [await archive.get(case.id) for case in cases] == cases
    await other.close()


async def test_every_commit_is_on_the_disk_before_it_counts(archive: SqliteArchive) -> None:
    await archive.put([Leaving(case=a.closed())])
    said = await archive._in_thread(
        lambda: [
            archive._connected().execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")
        ]
    )
    assert said == [2, "wal"]


async def test_a_file_that_is_no_archive_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "cases.sqlite3"
    path.write_bytes(b"something else entirely, and more of it " * 100)
    before = path.read_bytes()
    archive = SqliteArchive(path, "desk")
    for call in (archive.get(CaseId("C-1")), archive.put([Leaving(case=a.closed())]), archive.look()):
        with pytest.raises(Broken, match="was left as it is"):
            await call
    await archive.close()
    assert path.read_bytes() == before


async def test_a_folder_that_is_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    archive = SqliteArchive(tmp_path / "file" / "cases.sqlite3", "desk")
    for call in (archive.put([Leaving(case=a.closed())]), archive.look()):
        with pytest.raises(Unavailable, match="cannot be used just now"):
            await call
    await archive.close()


async def test_a_row_that_cannot_be_read_is_broken_and_the_others_are_not(archive: SqliteArchive) -> None:
    good = a.replace(a.closed(), id=CaseId("C-2"))
    await archive.put([Leaving(case=a.closed(), lines=({"fact": "Closed"},)), Leaving(case=good)])
    file = sqlite3.connect(archive._path)
    file.execute("UPDATE cases SET document = x'02ff', journal = x'00' WHERE id = ?", (a.closed().id,))
    file.commit()
    file.close()
    for call in (archive.get(a.closed().id), archive.lines(a.closed().id)):
        with pytest.raises(Broken):
            await call
    assert await archive.get(good.id) == good


async def test_a_disk_that_hangs_holds_up_nobody(archive: SqliteArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()  # a disk that answers when we let it
    monkeypatch.setattr(sqlite_archive, "TIMEOUT", 0.05)
    with pytest.raises(Unavailable, match="did not answer in time"):
        await archive._in_thread(lambda: os.read(read, 1))
    waiting = [asyncio.ensure_future(archive.get(CaseId("C-1"))) for _ in range(sqlite_archive.MOST_WAITING + 9)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(answer) for answer in answers} == {Unavailable}
    os.write(write, b"x")
    os.close(write)
    monkeypatch.setattr(sqlite_archive, "TIMEOUT", 5.0)
    assert await archive.get(CaseId("C-1")) is None
    os.close(read)
