"""Redis is written to by scripts only: a bare write would be neither atomic nor safe to repeat."""

import ast
from pathlib import Path

import pytest

COVERS = ("RED-01",)
ADAPTERS = Path(__file__).parents[2] / "bot" / "adapters"
READING = frozenset({"GET", "MGET", "HGETALL", "ZCARD", "ZRANGE", "ZREVRANGE", "EVALSHA", "EVAL"})
"""What `Shard` may send; the two last ones are the scripts."""
ASKING = frozenset({"info", "config_get", "time", "aclose", "from_pool", "from_url", "execute_command"})
"""The client's methods that may be called: they ask the server about itself, or open and close."""


def bare_calls(source: str) -> list[str]:
    """Return calls on a client that are not known to be harmless, and commands in capitals that are not known to read."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if owner.split(".")[-1].lstrip("_") in {"client", "pipeline", "redis"} and node.func.attr not in ASKING:
                found.append(f"{owner}.{node.func.attr}")
            if node.func.attr in {"_execute", "_read", "execute_command"}:
                words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                found += [word for word in words if word.isupper() and word not in READING]
    return found


def modules() -> list[Path]:
    return sorted(ADAPTERS.glob("redis_*.py"))


def test_there_are_modules_to_look_at() -> None:
    assert ADAPTERS / "redis_scripts.py" in modules()


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.name)
def test_no_module_writes_to_redis_without_a_script(path: Path) -> None:
    assert bare_calls(path.read_text()) == []


@pytest.mark.parametrize(
    "planted",
    ["await client.set('a', 1)", "self._client.hset('a', 'b', 'c')", "self._read(int, 'DEL', 'x')", "redis.pipeline()"],
)
def test_a_planted_bare_write_is_found(planted: str) -> None:
    assert bare_calls(f"async def f():\n    {planted}")


RUNS_WHAT_IT_READS = {"pickle", "marshal", "shelve", "dill", "jsonpickle", "apscheduler.jobstores.redis"}
"""Libraries that execute what somebody has put into a store."""


def imported(source: str) -> set[str]:
    nodes = [*ast.walk(ast.parse(source))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("row", ["RED-01"])
def test_nothing_that_is_read_from_a_store_is_executed(row: str) -> None:
    ours = [path for folder in ("bot", "config", "handlers") for path in (ADAPTERS.parents[1] / folder).rglob("*.py")]
    assert len(ours) > 100
    assert [path.name for path in ours if imported(path.read_text()) & RUNS_WHAT_IT_READS] == []
    assert imported("import pickle\nfrom apscheduler.jobstores.redis import RedisJobStore") <= RUNS_WHAT_IT_READS
