"""Every form of `REDIS_URL`: taken apart rightly, refused in one sentence, and never shown with its password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.redis_connect import connect, shown
from bot.adapters.redis_url import Kind, parse
from bot.domain.errors import Broken

CANARY = "hunter" + "2"

GOOD = [
    ("redis://cache.example", Kind.ONE, (("cache.example", 6379),), {}),
    ("rediss://me:p%40ss@[::1]:7000/3", Kind.ONE, (("::1", 7000),), {"db": 3, "username": "me", "password": "p@ss"}),
    ("redis://:p%2525@h/0?db=4", Kind.ONE, (("h", 6379),), {"db": 4, "password": "p%25"}),
    ("unix:///run/desk%20one.sock?db=2", Kind.SOCKET, (), {"path": "/run/desk one.sock", "db": 2}),
    ("unix://me:secret@/run/s", Kind.SOCKET, (), {"path": "/run/s", "username": "me", "password": "secret"}),
    ("unix:///run/s?username=me&password=secret", Kind.SOCKET, (), {"username": "me", "password": "secret"}),
    ("redis+sentinel://a,b:7/desk-1", Kind.SENTINEL, (("a", 26379), ("b", 7)), {"service": "desk-1", "db": 0}),
    (
        "rediss+sentinel://me:x@a/desk/5?sentinel_password=y&ssl_check_hostname=no",
        Kind.SENTINEL,
        (("a", 26379),),
        {"db": 5, "encrypted": True, "options": {"sentinel_password": "y", "ssl_check_hostname": False}},
    ),
    ("redis+cluster://a:7000,[fe80::1]:7001", Kind.CLUSTER, (("a", 7000), ("fe80::1", 7001)), {"encrypted": False}),
    ("rediss+cluster://a/0", Kind.CLUSTER, (("a", 6379),), {"encrypted": True, "db": 0}),
]


@pytest.mark.parametrize(("url", "kind", "hosts", "fields"), GOOD, ids=[row[0] for row in GOOD])
def test_an_address_is_taken_apart(url: str, kind: Kind, hosts: object, fields: dict[str, object]) -> None:
    address = parse(url)
    assert (address.kind, address.hosts) == (kind, hosts)
    assert {name: getattr(address, name) for name in fields} == fields


BAD = [
    ("http://cache", "Write one of"),
    ("cache:6379", "Write one of"),
    ("redis://a,b", "redis\\+sentinel:// or redis\\+cluster://"),
    ("redis://", "a host is"),
    ("redis://a:0", "a port is a number"),
    ("redis://a:70000", "a port is a number"),
    ("redis://a/x", "the number of a database"),
    ("redis+sentinel://a,b", "the name under which"),
    ("redis+sentinel://a,/desk", "a host is"),
    ("redis+sentinel://a/desk/x", "the name under which"),
    ("redis+cluster://a/1", "no database but 0"),
    ("redis+cluster://a?db=1", "no database but 0"),
    ("unix://run/s", "three slashes"),
    ("unix://", "names no file"),
    ("redis://a?socket_timeout=60", "after the question mark"),
    ("redis://a?db=x", "after the question mark"),
    ("redis://a?ssl_cert_reqs=none", "encrypted address"),
    ("rediss://a?ssl_cert_reqs=perhaps", "after the question mark"),
    ("redis://a?sentinel_password=x", "address of Sentinels"),
]


@pytest.mark.parametrize(("url", "why"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_form_gets_one_clear_sentence(url: str, why: str) -> None:
    with pytest.raises(Broken, match=why) as told:
        connect(url)
    assert str(told.value).startswith("REDIS_URL cannot be read")


URLS = (
    "redis://me:{}@cache.example:6379/0",
    "redis://{}@cache.example",
    "unix://:{}@/run/s",
    "redis+sentinel://:{}@a:1,b:2/desk/0",
    "redis+cluster://me:{}@a:1,b:2",
    "rediss+cluster://a:1,b:2?password={}",
)
SHREDS = st.text(alphabet="@/?#:%,[]&=.- 1x", max_size=6)


@given(st.sampled_from(URLS), SHREDS, SHREDS)
def test_no_password_tears_an_address_so_that_a_piece_of_it_is_shown(url: str, before: str, after: str) -> None:
    url = url.format(f"{before}{CANARY}{after}")
    told = shown(url)
    try:
        told += f"{parse(url)!r}"
    except Broken as broken:
        told += str(broken)
    assert CANARY not in told


@pytest.mark.parametrize("url", [url.format(CANARY) for url in URLS])
async def test_a_client_does_not_show_its_password(url: str) -> None:
    client = connect(url)
    assert CANARY not in f"{client!r}{client}{shown(url)}{getattr(client, 'sentinels', '')!r}"
    await client.aclose()


def test_what_may_be_shown_says_where_the_desk_keeps_its_memory() -> None:
    assert shown(f"redis+sentinel://me:{CANARY}@a:1,b:2/desk/0") == "redis+sentinel://a:1,b:2/desk/0"
    assert shown(f"rediss+cluster://a:1,b:2?password={CANARY}") == "rediss+cluster://a:1,b:2"
    assert shown(f"redis://:{CANARY}@cache.example:6379/0?db=3") == "redis://cache.example:6379/0"
