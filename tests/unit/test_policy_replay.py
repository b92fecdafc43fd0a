"""What a new policy would have decided differently about posts that came."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from config.settings import POLICY_FILE

SECRET = "my parcel is lost and my lawyer Hildegard hears of it"
POSTS = [
    {"id": "p-1", "handle": "mia", "text": f"@brand {SECRET}", "created_at": "2026-03-02T10:00:00Z"},
    {"id": "p-2", "handle": "tom", "text": "@brand the kettle hums", "followers": 400},
    {"id": "Hildegard says hello", "handle": "ben", "text": "@brand a parcel for Hildegard"},
]


@pytest.fixture
def posts(tmp_path) -> Path:
    path = tmp_path / "posts.jsonl"
    path.write_text("\n".join(json.dumps(post) for post in POSTS), encoding="utf-8")
    return path


@pytest.fixture
def new(tmp_path) -> Path:
    """The shipped policy, where parcels are nobody's topic and little reach asks for both sides."""
    text = POLICY_FILE.read_text(encoding="utf-8")
    for old, changed in (('"deliver*", "parcel*",', '"deliver*",'), ("followers = 30000", "followers = 300")):
        assert old in text
        text = text.replace(old, changed)
    path = tmp_path / "new.toml"
    path.write_text(text, encoding="utf-8")
    return path


def checked(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["policy", "check", *map(str, arguments)])
    return done.exit_code, done.output


def test_each_difference_is_counted_with_the_first_ids(new, posts):
    code, output = checked(new, "--replay", posts, "--against", POLICY_FILE)
    assert code == 0
    assert "3 posts, 3 decided differently, 0 lines left out" in output
    table = output.splitlines()[-2:]
    assert table[0].split() == ["topic", "delivery", "none", "2", "p-1", "line", "3"]
    assert table[1].split() == ["demand", "1", "pr", "1", "pr,", "1", "service", "1", "p-2"]


def test_each_post_counts_as_the_first_of_its_author(tmp_path, posts):
    newcomers = 'name = "newcomers"\nwhy = "they are new"\nneeds = { pr = 1 }\nfirst_contact = true\n'
    path = tmp_path / "newcomers.toml"
    text = POLICY_FILE.read_text(encoding="utf-8")
    path.write_text(text.replace("[[approval]]", f"[[approval]]\n{newcomers}\n[[approval]]", 1), encoding="utf-8")
    _, output = checked(path, "--replay", posts, "--against", POLICY_FILE)
    assert "3 posts, 1 decided differently" in output
    assert output.splitlines()[-1].split() == ["demand", "1", "pr,", "1", "service", "1", "pr", "1", "p-1"]


def test_nobodys_words_are_printed(new, posts):
    _, output = checked(new, "--replay", posts)
    assert "Hildegard" not in output
    assert "kettle" not in output


def test_the_policy_in_use_changes_nothing(posts):
    code, output = checked("--replay", posts)
    assert code == 0
    assert output.splitlines()[-1] == "3 posts, 0 decided differently, 0 lines left out"


POISON = {
    "half": b"{",
    "list": b"[1]",
    "text": b'"x"',
    "null": b"null",
    "no unicode": b"\xff\xfe",
    "no words": b'{"handle": "mia"}',
    "no handle": b'{"text": "x"}',
    "deep": b"[" * 20_000,
    "long": b"x" * 500_000,
    "reach in words": b'{"handle": "a", "text": "b", "followers": "many"}',
    "endless reach": b'{"handle": "a", "text": "b", "followers": 1e999}',
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
def test_a_line_that_is_no_post_is_left_out(new, posts, poison: bytes):
    posts.write_bytes(poison + b"\n" + posts.read_bytes())
    code, output = checked(new, "--replay", posts)
    assert code == 0
    assert "3 posts, 3 decided differently, 1 lines left out" in output
    assert "line 1 is no post" in output


def test_a_file_without_a_post_is_said(tmp_path, new):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n{\n")
    code, output = checked(new, "--replay", empty)
    assert code == 2
    assert output.splitlines()[-1] == "There is no post in this file."


def test_a_policy_that_cannot_be_used_ends_it(tmp_path, posts):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[desk]\n")
    assert checked(wrong, "--replay", posts)[0] == 1
    assert checked("--replay", posts, "--against", wrong)[0] == 1
