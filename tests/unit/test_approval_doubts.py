"""What `policy check` says of approval rules and limits that cannot do what they were written for."""

from pathlib import Path

import pytest

from config.policy import read_policy
from config.settings import POLICY_FILE

LAST = "\n[promises]\n"
"""What stands behind the approval rules of the shipped policy."""


FIRST = '[[approval]]\nname = "safety"'
"""The first rule of the shipped policy."""


def warned(tmp_path: Path, more: str, old: str = "", new: str = "") -> tuple[str, ...]:
    text = POLICY_FILE.read_text(encoding="utf-8").replace(LAST, f"\n{more}{LAST}", 1).replace(old, new, 1)
    path = tmp_path / "new.toml"
    path.write_text(text, encoding="utf-8")
    return read_policy(path).warnings


def rule(name: str, needs: str = "pr = 1", **conditions: str) -> str:
    rows = "\n".join(f"{key} = {value}" for key, value in conditions.items())
    return f'[[approval]]\nname = "{name}"\nwhy = "a test says so"\nneeds = {{ {needs} }}\n{rows}\n'


def limit(name: str, **conditions: str) -> str:
    rows = "\n".join(f"{key} = {value}" for key, value in {"followers_max": "5000", **conditions}.items())
    return f'[[limit]]\nname = "{name}"\n{rows}\n'


def test_the_shipped_policy_leaves_no_doubt():
    assert read_policy(POLICY_FILE).warnings == ()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (rule("late", topics='["billing"]'), "“late”) can never decide: “ordinary” above it"),
        (limit("sockets", topics='["product safety"]'), "“sockets”) can never be used: the approval rule “safety”"),
        (limit("much", topics='["billing", "product safety"]'), "“much”) does not hold for product safety"),
        (rule("law", needs="S0LAWYERS = 1"), "needs the group S0LAWYERS, which stands nowhere else"),
    ],
)
def test_what_cannot_work_is_said(tmp_path, more: str, sentence: str):
    assert any(sentence in warning for warning in warned(tmp_path, more))


WIDE_AND_NARROW = {
    "followers": ("40000", "50000"),
    "amount_over": ("60", "70"),
    "reply_words": ('["sorry", "hello"]', '["sorry"]'),
    "hours": ('"outside"', '"outside"'),
    "has_link": ("true", "true"),
}


@pytest.mark.parametrize("key", WIDE_AND_NARROW)
def test_a_rule_is_hidden_by_a_wider_one_of_any_kind(tmp_path, key: str):
    wide, narrow = WIDE_AND_NARROW[key]
    hidden = rule("wide", **{key: wide}) + rule("narrow", **{key: narrow}, topics='["app"]')
    assert any(
        "“narrow”) can never decide: “wide”" in warning for warning in warned(tmp_path, "", FIRST, hidden + FIRST)
    )
    seen = rule("narrow", **{key: narrow}, topics='["app"]') + rule("wide", **{key: wide})
    assert not any(
        "“wide”) can never decide: “narrow”" in warning for warning in warned(tmp_path, "", FIRST, seen + FIRST)
    )


def test_a_second_limit_that_allows_less_is_never_used(tmp_path):
    more = limit("wide", complaints="true", promises="true") + limit("narrow", topics='["app"]')
    assert any("“narrow”) is never used: “wide”" in warning for warning in warned(tmp_path, more))


@pytest.mark.parametrize(
    ("key", "first", "more"),
    [("followers_max", "5000", "6000"), ("allowed", '"service"', '"pr"')]
    + [(key, "false", "true") for key in ("complaints", "promises")],
)
def test_a_second_limit_that_allows_more_in_one_thing_is_used(tmp_path, key: str, first: str, more: str):
    both = limit("first", **{key: first}) + limit("second", **{key: more})
    assert not any("“second”) is never used" in warning for warning in warned(tmp_path, both))
    assert any(
        "“third”) is never used" in warning for warning in warned(tmp_path, both + limit("third", **{key: more}))
    )


def test_a_rule_is_not_hidden_by_one_that_asks_for_the_opposite(tmp_path):
    both = rule("with", has_link="true") + rule("without", has_link="false", topics='["app"]')
    assert not any("“without”) can never decide" in warning for warning in warned(tmp_path, "", FIRST, both + FIRST))


@pytest.mark.parametrize(
    ("of_rule", "of_limit"),
    [({"has_link": "true"}, {}), ({"levels": '["emergency"]'}, {"levels": '["low"]'})],
    ids=["what the reply will say is not known yet", "they never meet"],
)
def test_a_limit_that_a_rule_for_two_only_seems_to_touch_is_not_doubted(tmp_path, of_rule, of_limit):
    two = rule("both", needs="pr = 1, service = 1", topics='["app"]', **of_rule)
    more = limit("apps", topics='["app"]', **of_limit)
    assert not any("“apps”" in warning for warning in warned(tmp_path, more, FIRST, two + FIRST))


def test_as_many_people_as_a_side_lists_can_agree(tmp_path):
    more = rule("two", needs="pr = 2", topics='["app"]')
    found = warned(tmp_path, more, 'groups = ["S0PR"]\nusers = []', 'users = ["UPAT", "UKIM"]')
    assert not any("can never be met" in warning for warning in found)


def test_more_people_than_a_side_lists_can_never_agree(tmp_path):
    more = rule("many", needs="pr = 3", topics='["app"]')
    found = warned(tmp_path, more, 'groups = ["S0PR"]\nusers = []', 'users = ["UPAT", "UKIM"]')
    assert any("needs 3 of pr, and sides.pr lists 2" in warning for warning in found)
