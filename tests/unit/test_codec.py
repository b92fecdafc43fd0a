"""Whatever a case is made of comes back the same, and whatever is no case says so."""

import zlib
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.redis_codec import LONGEST, PACK_FROM, PACKED, PLAIN, Codec
from bot.domain.cases.case import Case
from bot.domain.errors import Broken
from bot.domain.ids import CaseId, Instant
from tests.contract.cases import a_case, a_post

CODEC = Codec(Case)
st.register_type_strategy(int, st.integers(-(2**53), 2**53))  # what Lua and msgpack can hold


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """Everything a domain object may be made of."""

    ids: frozenset[CaseId]
    colour: Colour = Colour.RED
    colours: frozenset[Colour] = frozenset()
    inner: "Odd | None" = None
    many: tuple["Odd", ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    flag: bool = False
    number: int = 0
    at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Colourless:
    name: str
    colour: Colour = Colour.RED
    flag: bool = False


@settings(max_examples=150)
@given(st.builds(Case))
def test_every_case_comes_back_the_same(case: Case) -> None:
    assert CODEC.decode(CODEC.encode(case)) == case


odd = st.recursive(
    st.builds(Odd, inner=st.none(), many=st.just(())),
    lambda inner: st.builds(Odd, inner=inner, many=st.lists(inner, max_size=3).map(tuple)),
    max_leaves=4,
)


@given(odd)
def test_every_kind_of_field_comes_back_the_same(thing: Odd) -> None:
    codec = Codec(Odd)
    back = codec.decode(codec.encode(thing))
    assert back == thing
    assert type(back.ids) is frozenset
    assert type(back.colour) is Colour


@given(st.builds(Case))
@settings(max_examples=25)
def test_the_same_case_is_always_the_same_bytes(case: Case) -> None:
    assert CODEC.encode(case) == CODEC.encode(CODEC.decode(CODEC.encode(case)))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_broken_and_nothing_else(junk: bytes) -> None:
    for document in (junk, PLAIN + junk, PACKED + junk, PACKED + zlib.compress(junk)):
        with pytest.raises(Broken):
            CODEC.decode(document)


@given(st.data())
@settings(max_examples=60)
def test_a_case_with_a_changed_or_missing_byte_never_comes_back_as_nonsense(data: st.DataObject) -> None:
    document = CODEC.encode(a_case(CaseId("C-1"), Instant(1), a_post(1), a_post(2)))
    place = data.draw(st.integers(0, len(document) - 1))
    cut = document[:place]
    changed = document[:place] + bytes([document[place] ^ 0xFF]) + document[place + 1 :]
    for bad in (cut, changed):
        with pytest.raises(Broken):
            CODEC.decode(bad)


def test_another_schema_is_broken_and_named() -> None:
    newer = Codec(Case, schema=99).encode(a_case(CaseId("C-1"), Instant(1)))
    with pytest.raises(Broken, match="form 99"):
        CODEC.decode(newer)


def test_a_field_of_the_wrong_kind_is_broken() -> None:
    with pytest.raises(Broken):
        CODEC.decode(PLAIN + msgspec.msgpack.encode((1, {"id": 7})))


def test_a_document_that_swells_without_end_is_broken() -> None:
    with pytest.raises(Broken, match="too long"):
        CODEC.decode(PACKED + zlib.compress(b"\0" * (LONGEST + 1)))


def test_half_a_character_is_broken() -> None:
    with pytest.raises(Broken, match="half a character"):
        CODEC.encode(a_case(CaseId("C-1"), Instant(1), a_post(1, text="\ud83d")))


def test_defaults_are_not_stored_and_long_documents_are_compressed() -> None:
    short = Codec(Colourless).encode(Colourless(name="x"))
    long = CODEC.encode(a_case(CaseId("C-1"), Instant(1), *(a_post(n) for n in range(1, 31))))
    assert short == PLAIN + msgspec.msgpack.encode((1, {"name": "x"}))
    assert long[:1] == PACKED
    assert PACK_FROM < len(long) < 2500
