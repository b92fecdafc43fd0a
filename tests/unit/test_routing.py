"""Where a case belongs: first match wins, words are words, and there is always a route."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cases.case import Level, Severity
from bot.domain.cases.post import Author, Post, PostKind
from bot.domain.ids import AccountId, Instant, PlatformName, PostId
from bot.domain.intake.routing import route
from bot.domain.policy import RoutingRule
from bot.domain.text.matching import Lexicon, plain
from config.policy import load_policy
from config.settings import POLICY_FILE

POLICY = load_policy(POLICY_FILE)
CALM = Severity()


def post(text="hello", **changes):
    first = Post(
        platform=PlatformName("x"),
        account=AccountId("900000001"),
        id=PostId("1"),
        author=Author(id="2", handle="mia"),
        text=text,
        created_at=Instant(0),
        kind=PostKind.MENTION,
        conversation_id="1",
        lang="en",
    )
    return replace(first, **changes)


def went(text="hello", severity=CALM, policy=POLICY, **changes):
    found = route(post(text, **changes), severity, policy)
    return found.rule, found.team, found.topic


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("My parcel never arrived", "en", ("delivery", "care", "delivery")),
        ("I want my MONEY   back", "en", ("refund", "care", "refund")),
        ("The app crashes", "en", ("app", "care", "app")),
        ("I was charged twice!", "en", ("billing", "care", "billing")),
        ("it is smoking", "en", ("product safety", "care", "product safety")),
        ("Mein Paket ist nicht da", "de", ("German", "care-de", "delivery")),
        ("Hallo", "de-AT", ("German", "care-de", "")),
        ("colis toujours pas livre", "fr", ("delivery", "care", "delivery")),
        ("quiero una devolucion", "es", ("refund", "care", "refund")),
        ("I am a journalist, press inquiry", "en", ("press words", "press", "press")),
        ("hello", "", ("default", "care", "")),
        ("", "und", ("default", "care", "")),
    ],
)
def test_posts_go_where_the_shipped_policy_sends_them(text, lang, expected):
    assert went(text, lang=lang) == expected


def test_an_emergency_and_a_known_journalist_go_to_pr():
    assert went("x", Severity(level=Level.EMERGENCY))[1] == "press"
    assert went("x", author=Author(id="3", handle="@NewsDesk_Nell"))[0] == "journalists we know"


def test_the_route_names_side_channel_market_and_policy():
    found = route(post("x"), Severity(), POLICY)
    assert (found.side, found.channel, found.market, found.policy) == ("service", "C0CARE", "en", POLICY.version)
    assert route(post("x", account=AccountId("7")), Severity(), POLICY).market == ""


CONDITIONS = {
    "platforms": (frozenset({"x"}), frozenset({"bluesky"})),
    "accounts": (frozenset({"900000001"}), frozenset({"5"})),
    "markets": (frozenset({"en"}), frozenset({"de"})),
    "languages": (frozenset({"en"}), frozenset({"fr"})),
    "words": (("hello",), ("bye",)),
    "levels": (frozenset({Level.NORMAL}), frozenset({Level.HIGH})),
    "authors": (frozenset({"mia"}), frozenset({"tom"})),
    "kinds": (frozenset({"mention"}), frozenset({"quote"})),
}


@pytest.mark.parametrize("left_out", CONDITIONS)
def test_every_condition_that_is_given_must_hold(left_out):
    given_conditions = {name: values[name == left_out] for name, values in CONDITIONS.items()}
    rule = RoutingRule(name="one", team="press", **given_conditions)
    policy = replace(POLICY, routing=(rule,))
    assert went(policy=policy)[0] == "default"
    holding = replace(rule, **{left_out: CONDITIONS[left_out][0]})
    assert went(policy=replace(POLICY, routing=(holding,)))[0] == "one"


@given(st.text(max_size=80), st.text(max_size=5), st.sampled_from(Level))
def test_there_is_always_a_route(text, lang, level):
    assert route(post(text, lang=lang), Severity(level=level), POLICY).team in POLICY.teams


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("the driver was late", ("drive",), None),
        ("the driver was late", ("drive*",), "drive*"),
        ("LIVRÉ hier", ("livre",), "livre"),
        ("Straße kaputt", ("strasse",), "strasse"),
        ("it isn’t", ("isn't",), "isn't"),
        ("a #refund!", ("refund",), "refund"),
        ("co.uk", ("c.*",), None),
        ("(a+)+", ("(a+)+",), "(a+)+"),
        ("money \n back", ("money back",), "money back"),
        ("これは返金です", ("返金",), "返金"),
        ("สินค้าเสียหาย", ("เสีย",), "เสีย"),
        ("love ❤️", ("❤",), "❤"),
        ("anything", ("*", "", "\u0301"), None),
        ("anything", (), None),
    ],
)
def test_words_are_found_as_people_mean_them(text, words, found):
    assert Lexicon(words).found_in(plain(text)) == ({found} if found else set())


@given(st.text(max_size=20), st.lists(st.text(max_size=8), max_size=4))
def test_no_word_is_ever_a_pattern(text, words):
    assert Lexicon(words).found_in(plain(text)) <= set(words)
