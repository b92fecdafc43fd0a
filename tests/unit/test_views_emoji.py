"""Every emoji that the desk writes by its name is one that the pretend Slack draws."""

import re
from pathlib import Path

BOT = Path(__file__).parents[2] / "bot"
_WRITTEN = re.compile(r"""["'\n(=] ?:([a-z0-9_+-]+):[ "'{]""")
_KNOWN = re.compile(r"""["']?([a-z0-9_+-]+)["']?: "[^"a-z]""")


def written() -> set[str]:
    return {
        name for file in (BOT / "views").glob("*.py") for name in _WRITTEN.findall(file.read_text(encoding="utf-8"))
    }


def known() -> set[str]:
    return set(_KNOWN.findall((BOT / "sandbox" / "page" / "emoji.js").read_text(encoding="utf-8")))


def test_each_emoji_of_the_views_is_drawn():
    assert {"warning", "scales"} <= written()
    assert sorted(written() - known()) == []
