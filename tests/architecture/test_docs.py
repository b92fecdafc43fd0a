"""The papers are true: every word of the code is in the glossary and the reverse, and the map shows every module."""

import re
from configparser import ConfigParser
from enum import StrEnum

import pytest

from bot.domain.cases.case import Level, Resolution
from bot.domain.cases.effects import Job
from bot.domain.cases.events import Fact
from bot.domain.cases.lifecycle import Status, Verb
from bot.domain.cases.post import ReplyPolicy
from bot.domain.escalating.page import PageState
from bot.domain.escalating.plan import Trigger
from bot.domain.replies.draft import DraftState, Visibility
from tests.architecture.tree import ROOT, name, python

GLOSSARY = ROOT / "docs" / "glossary.md"
MAP = ROOT / "docs" / "architecture.md"
SECTIONS: dict[str, tuple[type[StrEnum], ...]] = {
    "Statuses of a case": (Status,),
    "Verbs": (Verb,),
    "States of a draft": (DraftState,),
    "Facts": (Fact,),
    "Work": (Job,),
    "States of a page": (PageState,),
    "Triggers": (Trigger,),
    "Levels": (Level,),
    "Resolutions": (Resolution,),
    "Ways out": (Visibility, ReplyPolicy),
}
MAPPED = ("bot/domain/", "bot/services/", "bot/views/", "bot/jobs/", "handlers/")


def section(text: str, title: str) -> str:
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def entries(text: str) -> dict[str, str]:
    """Return the rows of a section's table: the word, and what it means."""
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, re.MULTILINE))


def missing_and_strange(text: str, title: str) -> tuple[set[str], set[str]]:
    there = set(entries(section(text, title)))
    known = {str(member) for kind in SECTIONS[title] for member in kind}
    return known - there, there - known


@pytest.mark.parametrize("title", SECTIONS)
def test_every_word_of_the_code_is_in_the_glossary_and_the_reverse(title: str):
    assert missing_and_strange(GLOSSARY.read_text(), title) == (set(), set())


@pytest.mark.parametrize("title", SECTIONS)
def test_a_word_that_is_missing_or_strange_is_seen(title: str):
    text = GLOSSARY.read_text()
    word = str(next(iter(SECTIONS[title][0])))
    head, found, tail = text.partition(f"## {title}\n")
    planted = head + found + tail.replace(f"| `{word}` |", "| `another` |", 1)
    assert missing_and_strange(planted, title) == ({word}, {"another"})


def test_every_entry_says_something():
    text = GLOSSARY.read_text()
    for title in SECTIONS:
        assert [word for word, means in entries(section(text, title)).items() if len(means) < 6] == []


def mapped() -> set[str]:
    return set(re.findall(r"^\| `([^`]+\.py)` \|", MAP.read_text(), re.MULTILINE))


def test_the_map_shows_every_module_of_the_inner_layers_and_no_other():
    modules = {
        name(path) for path in python("bot", "handlers") if name(path).startswith(MAPPED) and path.stem != "__init__"
    }
    assert (modules - mapped(), mapped() - modules) == (set(), set())


def test_the_map_shows_every_layer_in_its_order():
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    order = re.findall(r"\w+", parser["importlinter:contract:layers"]["layers"])
    shown = re.findall(r"^\| `bot\.(\w+)` \|", MAP.read_text(), re.MULTILINE)
    assert shown == order


def test_every_path_that_the_papers_name_is_there():
    for paper in (MAP, GLOSSARY, ROOT / "docs" / "adr" / "0001-decide-commit-do.md"):
        text = paper.read_text()
        paths = re.findall(r"`((?:bot|handlers|config|tests|docs)/[\w/.-]*\w)`", text)
        links = re.findall(r"\]\(([\w/.-]+\.md)\)", text)
        assert [path for path in paths if not (ROOT / path).exists()] == []
        assert [link for link in links if not (paper.parent / link).exists()] == []


def test_each_decision_has_a_number_of_its_own_and_says_it():
    papers = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [paper.name[:4] for paper in papers]
    assert numbers == [f"{number:04}" for number in range(1, len(papers) + 1)]
    assert [paper.name for paper in papers if not paper.read_text().startswith(f"# {paper.name[:4]}: ")] == []
