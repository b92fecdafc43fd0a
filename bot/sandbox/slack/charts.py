"""The blocks that hold numbers: tables and native charts (in messages only)."""

from typing import Any

from bot.sandbox.slack.composition import BLOCK_ID
from bot.sandbox.slack.rich_text import RICH_TEXT
from bot.sandbox.slack.shapes import (
    Problems,
    boolean,
    by_type,
    items,
    number,
    one_of,
    shape,
    string,
)

_CELL = by_type({"raw_text": shape({"text": string(2_000)}, {}), "rich_text": RICH_TEXT})
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

TABLE = shape(
    {"rows": items(items(_CELL, 20), 100)},
    {"column_settings": items(_COLUMN, 20), "block_id": BLOCK_ID},
)

_POINT = shape({"label": string(50), "value": number}, {})
_SERIES = shape({"name": string(50), "data": items(_POINT, 100)}, {})
_AXES = shape({"categories": items(string(50), 100)}, {"x_label": string(50), "y_label": string(50)})


def _series_fit_the_axis(chart: Any, pointer: str, problems: Problems) -> None:
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) != len(names):
        problems.add(f"{pointer}/series", "series names must be unique")
    for index, series in enumerate(chart["series"]):
        if [point["label"] for point in series["data"]] != chart["axis_config"]["categories"]:
            problems.add(f"{pointer}/series/{index}", "labels must match the axis categories")


_LINES = shape({"series": items(_SERIES, 12), "axis_config": _AXES}, {}, _series_fit_the_axis)
_PIE = shape({"segments": items(_POINT, 12)}, {})

CHART = shape(
    {"title": string(50), "chart": by_type({"line": _LINES, "bar": _LINES, "area": _LINES, "pie": _PIE})},
    {"block_id": BLOCK_ID},
)
