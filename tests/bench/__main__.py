"""`python -m tests.bench`: a readable table, or with `--json` one object per line.

`--only NAME` (again for more) takes the benches named; `--quick` does so little that only the shape of the
answer means anything.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable

from bot.logs import configure
from tests.bench import machine
from tests.bench.carding import carding
from tests.bench.clicking import clicking
from tests.bench.deciding import deciding
from tests.bench.figures import FULL, QUICK, Figure, Size
from tests.bench.ingesting import ingesting
from tests.bench.parts import parts
from tests.bench.place import Place, a_place
from tests.bench.racing import racing
from tests.bench.resident import resident
from tests.bench.scaling import scaling
from tests.bench.sharing import sharing
from tests.bench.starting import starting
from tests.bench.storing import storing
from tests.bench.ticking import ticking

Bench = Callable[[Place, Size], Awaitable[list[Figure]]]
BENCHES: dict[str, Bench] = {
    "click": clicking,
    "rules": deciding,
    "ingest": ingesting,
    "card": carding,
    "memory": resident,
    "store": storing,
    "race": racing,
    "scale": scaling,
    "tick": ticking,
    "cluster": sharing,
    "help": starting,
    "parts": parts,
}
VERDICT = {None: "", True: "met", False: "MISSED"}


def main(arguments: list[str]) -> int:
    """Return the exit code: 0 measured, whether the goals are met or not."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object per line")
    parser.add_argument("--quick", action="store_true", help="so little that only the shape means anything")
    parser.add_argument("--only", action="append", choices=sorted(BENCHES), help="this bench; may be given again")
    asked = parser.parse_args(arguments)
    configure("ERROR")
    sys.excepthook = sys.__excepthook__  # a bench that fails says why, with values
    asyncio.run(_measure(asked.only or BENCHES, QUICK if asked.quick else FULL, as_json=asked.json))
    return 0


async def _measure(names: Iterable[str], size: Size, *, as_json: bool) -> None:
    show = _as_json if as_json else _as_row
    async with a_place() as place:
        print(await machine.described(place.client, place.folder), file=sys.stderr)
        if not as_json:
            print(_ROW.format("figure", "value", "baseline", "ratio", "goal", "", "the baseline is"))
        for name in names:
            for figure in await BENCHES[name](place, size):
                print(show(figure), flush=True)


_ROW = "{:<28} {:>16} {:>16} {:>7}  {:<22} {:<6} {}"


def _as_row(figure: Figure) -> str:
    return _ROW.format(
        figure.name,
        f"{figure.value:,.2f} {figure.unit}",
        f"{figure.baseline:,.2f} {figure.unit}",
        f"{figure.ratio:.2f}",
        figure.goal_words or "",
        VERDICT[figure.goal_met],
        figure.against,
    )


def _as_json(figure: Figure) -> str:
    return json.dumps(figure.as_json(), ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
