"""The house rules: the file we ship can be used, and each slip of the pen is told with its key."""

from pathlib import Path

import pytest

from bot.domain.approving.rules import ONE_OF_PR
from bot.domain.cases.case import Level
from bot.domain.ids import HOUR, MINUTE, SECOND
from bot.domain.people import Side
from config.policy import PolicyError, load_policy, read_policy
from config.settings import POLICY_FILE, TALKING_POINTS_FILE

SMALL = """
[desk]
default_team = "care"
ops_channel = "C0OPS"
[sides.service]
groups = ["S0SERVICE"]
channel = "C0CARE"
[sides.pr]
users = ["UPAT"]
channel = "C0PR"
[teams.care]
side = "service"
channel = "C0CARE"
[[accounts]]
platform = "x"
id = "1"
handle = "Lumen"
market = "en"
"""


def written(folder: Path, text: str, name: str = "policy.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str, replies: str = ""):
    with pytest.raises(PolicyError) as refused:
        load_policy(written(folder, text), written(folder, replies, "talking_points.toml"))
    return refused.value.mistakes


def test_the_policy_we_ship_can_be_used_and_has_nothing_odd():
    reading = read_policy(POLICY_FILE, TALKING_POINTS_FILE)
    policy = reading.policy
    assert reading.warnings == ()
    assert set(policy.teams) == {"care", "care-de", "press"}
    assert [rule.name for rule in policy.approval.rules][-1] == "ordinary"
    assert all(rule.demand.covers(ONE_OF_PR) for rule in policy.approval.rules)
    assert [limit.name for limit in policy.limits] == ["late parcel", "thanks"]
    assert (policy.timing.claim_lease, policy.timing.undo, policy.timing.approval_life) == (
        4 * HOUR,
        30 * SECOND,
        30 * MINUTE,
    )
    assert policy.sides[Side.PR].groups == frozenset({"S0PR"})
    assert len(policy.saved_replies) >= 8
    assert len(policy.version) == 12


def test_a_small_policy_has_safe_defaults(tmp_path):
    policy = load_policy(written(tmp_path, SMALL))
    assert (policy.signature, policy.limits, policy.routing) == ("none", (), ())
    assert policy.approval.strictest("").demand == ONE_OF_PR
    assert policy.timing.undo == 30 * SECOND


def test_the_version_follows_the_content_and_not_the_layout(tmp_path):
    same = load_policy(written(tmp_path, "# a remark\n" + SMALL.replace(" = ", "=")))
    other = load_policy(written(tmp_path, SMALL.replace("C0OPS", "C0OTHER")))
    first = load_policy(written(tmp_path, SMALL))
    assert (same.version == first.version, other.version == first.version) == (True, False)


def test_the_order_of_teams_does_not_change_the_version(tmp_path):
    first, second = ('[teams.one]\nside = "pr"\nchannel = "C0A"\n', '[teams.two]\nside = "pr"\nchannel = "C0B"\n')
    versions = {load_policy(written(tmp_path, SMALL + text)).version for text in (first + second, second + first)}
    assert len(versions) == 1


def test_saved_replies_are_part_of_the_version(tmp_path):
    reply = '[[reply]]\nid = "a"\ntitle = "A"\ntext = "Hi {name}"\n'
    with_one = load_policy(written(tmp_path, SMALL), written(tmp_path, reply, "talking_points.toml"))
    assert with_one.version != load_policy(written(tmp_path, SMALL)).version
    assert [saved.text for saved in with_one.saved_replies] == ["Hi {name}"]


def test_all_mistakes_are_told_at_once_with_file_and_key(tmp_path):
    text = (
        SMALL.replace('side = "service"', 'side = "servce"')
        .replace("C0OPS", "#ops")
        .replace('users = ["UPAT"]', "colour = 1")
        + """
[[routing]]
name = "night"
team = "nigth"
levels = ["urgent"]
words = ["*"]
accounts = ["5"]
[[routing]]
name = "night"
team = "care"
[[severity]]
level = "high"
reason = "just so"
[timing]
undo = "30"
claim_lease = "1 s"
"""
    )
    assert mistakes(tmp_path, text, '[[reply]]\nid = "a"\ntitle = "A"\ntext = "Hi {"\nmood = 1\n') == (
        "policy.toml: desk.ops_channel must be a Slack channel id such as C0CARE.",
        "policy.toml: sides.pr.colour is not a key of this file; remove it or correct its spelling.",
        "policy.toml: teams.care.side must be 'service' or 'pr'.",
        "policy.toml: routing.1 (“night”).words.1 must hold at least one letter, digit or sign.",
        "policy.toml: routing.1 (“night”).levels.1 must be 'low', 'normal', 'high' or 'emergency'.",
        "policy.toml: timing.claim_lease must be at least 5 min.",
        'policy.toml: timing.undo must be a time such as "30 s", "15 min", "4 h" or "14 d".',
        "talking_points.toml: reply.1 (“a”).text has a brace that is not closed; gaps look like {order_number}.",
        "talking_points.toml: reply.1 (“a”).mood is not a key of this file; remove it or correct its spelling.",
        "policy.toml: routing.1 (“night”).team names the team “nigth”, which is not under teams (care).",
        "policy.toml: routing.1 (“night”).accounts names the account “5”, which is not under accounts.",
        "policy.toml: severity.1 (“just so”) needs words or followers: it would hold for all.",
        "policy.toml: routing has “night” 2 times; each name may stand once.",
        "policy.toml: sides.pr has neither groups nor users, so nobody could stand on that side.",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('default_team = "care"\n', ""), "policy.toml: desk.default_team is missing."),
        (
            ('default_team = "care"', 'default_team = "cre"'),
            "policy.toml: desk.default_team names the team “cre”, which is not under teams (care).",
        ),
        (
            ("[teams.care]", "[elsewhere]"),
            "policy.toml: elsewhere is not a key of this file; remove it or correct its spelling.",
        ),
        (
            ("[sides.service]", "[sides.sales]"),
            "policy.toml: sides.sales is not a key of this file; remove it or correct its spelling.",
        ),
        (
            ('"S0SERVICE"', '"@service"'),
            "policy.toml: sides.service.groups.1 must be a Slack user group id such as S0SERVICE.",
        ),
    ],
)
def test_each_slip_has_its_sentence(tmp_path, change, sentence):
    assert sentence in mistakes(tmp_path, SMALL.replace(*change))


@pytest.mark.parametrize(
    "line",
    [
        "[approval]\ncount = 0",
        '[[approval]]\nname = "n"\nwhy = "w"\nneeds = { pr = 1 }\ncuont = 2',
        '[[approval]]\nname = "n"\nwhy = "w"\nneeds = {}',
        '[[approval]]\nname = "n"\nwhy = "w"\nneeds = { pr = 0 }',
        '[[approval]]\nname = "n"\nwhy = "w"\nneeds = { boss = 1 }',
        '[[approval]]\nname = "n"\nwhy = "w"\nneeds = { pr = 1 }\namount_over = "50"',
        '[[approval]]\nname = "n"\nwhy = "w"\nneeds = { pr = 1 }\npromises = true',
        '[[approval]]\nname = "n"\nwhy = "w"\nneeds = { pr = 1 }\ntopics = ["unheard of"]',
        '[[limit]]\nname = "n"\namount_max = 5',
        '[[limit]]\nname = "n"\nfollowers_max = 5\nallowed = "everybody"',
        "[desk2]\na=1",
        '[[severity]]\nlevel = "loud"\nreason = "x"\nwords=["a"]',
    ],
)
def test_nothing_is_taken_for_something_else(tmp_path, line):
    assert len(mistakes(tmp_path, SMALL + line)) == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('every = "5 s"', "policy.toml: watch.every must be at least 30 s."),
        ('every = "1 h"', "policy.toml: watch.every must be at most 15 min."),
        ('tell = "some"', "policy.toml: watch.tell must be 'all', 'answers' or 'nothing'."),
    ],
)
def test_how_the_accounts_are_watched_has_its_bounds(tmp_path, line, sentence):
    assert mistakes(tmp_path, f"{SMALL}[watch]\n{line}\n") == (sentence,)


def test_a_rule_that_never_gets_its_turn_is_a_warning(tmp_path):
    text = (
        SMALL
        + """
[[routing]]
name = "all of Germany"
team = "care"
languages = ["de", "fr"]
[[routing]]
name = "German parcels"
team = "care"
languages = ["de"]
words = ["paket"]
[[routing]]
name = "Spanish"
team = "care"
languages = ["es"]
[markets.en]
zone = "UTC"
hours = { mon-sun = ["00:00-24:00"] }
"""
    )
    assert read_policy(written(tmp_path, text)).warnings == (
        "policy.toml: routing 2 (“German parcels”) can never match: “all of Germany” above it takes all that it would take. Move it up or remove it.",
    )


def test_files_that_are_not_there_or_not_toml_are_told_together(tmp_path):
    with pytest.raises(PolicyError) as refused:
        load_policy(tmp_path / "none.toml", written(tmp_path, "a = [", "talking_points.toml"))
    missing, broken = refused.value.mistakes
    assert missing.endswith("none.toml is not there. Make it, or set REPLYDESK_POLICY_FILE to where it is.")
    assert broken.startswith("talking_points.toml is not valid TOML")


def test_authors_are_known_by_handle_whatever_the_capitals(tmp_path):
    text = SMALL + '[[routing]]\nname = "a"\nteam = "care"\nauthors = ["@Nell"]\nlevels = ["high"]\n'
    (rule,) = load_policy(written(tmp_path, text)).routing
    assert (rule.authors, rule.levels) == (frozenset({"nell"}), frozenset({Level.HIGH}))
