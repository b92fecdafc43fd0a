"""What more processes bring on a cluster of three: four against one, on the same desk and on a desk each."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable

from tests.bench.figures import Figure, Size, median
from tests.bench.place import ROOT, Place
from tests.server_groups import Cluster
from tests.servers import a_workspace

PROCESSES = 4


async def sharing(_place: Place, size: Size) -> list[Figure]:
    """Measure one process, four on one desk (which lies on one node), and four with a desk each, in turn."""
    cluster = await asyncio.to_thread(Cluster().begin)
    try:
        alone, same, apart = [], [], []
        for _ in range(size.rounds):
            alone.append(await _rate(cluster, 1, size.clicks, a_workspace))
            desk = a_workspace()
            same.append(await _rate(cluster, PROCESSES, size.clicks, lambda desk=desk: desk))
            apart.append(await _rate(cluster, PROCESSES, size.clicks, _each_node_in_turn(cluster)))
    finally:
        await asyncio.to_thread(cluster.end)
    one = "one process on the cluster"
    return [
        Figure(name=name, value=median(rates), unit="commits/s", baseline=median(alone), against=one)
        for name, rates in (("cluster_same_desk", same), ("cluster_desk_each", apart))
    ]


def _each_node_in_turn(cluster: Cluster) -> Callable[[], str]:
    """Return what names workspaces so that the nodes of the cluster hold one after the other."""
    count = 0

    def name() -> str:
        nonlocal count
        wanted = cluster.servers[count % len(cluster.servers)]
        count += 1
        while cluster.owner(found := a_workspace()) is not wanted:
            pass
        return found

    return name


async def _rate(cluster: Cluster, processes: int, cases: int, desk: Callable[[], str]) -> float:
    """Return the commits per second of all together, from the first beginning to the last end."""
    running = [await _started(cluster.url, desk(), number, cases) for number in range(processes)]
    for process in running:
        assert process.stdout
        assert await process.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(process.communicate(b"go\n") for process in running))
    assert [process.returncode for process in running] == [0] * processes
    times = [tuple(map(float, out.split())) for out, _ in said]
    return processes * cases / (max(end for _, end in times) - min(began for began, _ in times))


async def _started(url: str, workspace: str, number: int, cases: int) -> Process:
    words = (sys.executable, "-m", "tests.bench.sharing_claimer", url, workspace, str(number), str(cases))
    return await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, cwd=ROOT)
