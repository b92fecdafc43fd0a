"""The first rule that holds decides; what cannot be known, or fits no rule, takes all of them together."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.domain.approving.demand import Demand
from bot.domain.approving.rules import CONDITIONS, ONE_OF_PR, STRICTEST, ApprovalRule, Rulebook
from bot.domain.cases.case import Case, Level
from bot.domain.cases.post import Author
from bot.domain.text.money import Money, money_in
from bot.domain.timing.hours import around_the_clock
from tests import builders as a

BOTH = Demand.of({"pr": 1, "service": 1})


def rule(name: str = "special", **conditions: object) -> ApprovalRule:
    return ApprovalRule(name=name, why=f"it is {name}", demand=BOTH, **conditions)  # type: ignore[arg-type]  # per row


LAST = ApprovalRule(name="ordinary", why="always", demand=ONE_OF_PR)


def decided(special: ApprovalRule, case: Case | None = None, **book: object) -> str:
    waiting = case or a.in_review()
    assert waiting.draft is not None
    rules = Rulebook(rules=(special, LAST), promises=("refund*",), **book)  # type: ignore[arg-type]  # per row
    return rules.judge(waiting, waiting.draft, a.NOON).rule


def saying(words: str, **other: object) -> Case:
    case = a.in_review()
    assert case.draft is not None
    return case.with_draft(replace(case.draft, text=words, **other))  # type: ignore[arg-type]  # per row


def first_time(known: bool | None) -> Case:
    return replace(a.in_review(), first_contact=known)


OPEN = {"hours": {"uk": around_the_clock()}}
ROWS: dict[str, tuple[ApprovalRule, Case, Case]] = {
    "platforms": (rule(platforms=frozenset({"x"})), a.in_review(), replace(a.in_review(), platform="mastodon")),
    "accounts": (rule(accounts=frozenset({"900"})), a.in_review(), replace(a.in_review(), account="901")),
    "markets": (
        rule(markets=frozenset({"uk"})),
        a.in_review(),
        replace(a.in_review(), route=replace(a.in_review().route, market="de")),
    ),
    "topics": (
        rule(topics=frozenset({"late parcel"})),
        a.in_review(),
        replace(a.in_review(), route=replace(a.in_review().route, topic="")),
    ),
    "levels": (
        rule(levels=frozenset({Level.NORMAL})),
        a.in_review(),
        replace(a.in_review(), severity=replace(a.A_COMPLAINT, level=Level.HIGH)),
    ),
    "followers": (
        rule(followers=100),
        a.in_review(),
        a.in_review(a.claimed(a.a_case(a.a_post(author=Author(id="7", handle="m", followers=99))))),
    ),
    "words": (rule(words=("PARCEL",)), a.in_review(), a.in_review(a.claimed(a.a_case(a.a_post(text="Where is it?"))))),
    "reply_words": (rule(reply_words=("sorry",)), saying("We are Sorry."), saying("We are looking.")),
    "has_link": (rule(has_link=True), saying("See https://lumen.example/a"), saying("See the page.")),
    "first_contact": (rule(first_contact=True), first_time(True), first_time(False)),
    "promises": (rule(promises=True), saying("We refunded it."), saying("We are looking.")),
    "ai_touched": (rule(ai_touched=True), saying("Hello", ai_touched=True), saying("Hello")),
    "private": (rule(private=False), saying("Hello"), saying("Hello", visibility="a private message")),
    "amount_over": (rule(amount_over=Decimal(50)), saying("You get 50.01 EUR."), saying("You get 50 EUR.")),
}


@pytest.mark.parametrize("condition", ROWS)
def test_each_condition_holds_where_it_should_and_nowhere_else(condition: str):
    special, fits, does_not = ROWS[condition]
    assert (decided(special, fits), decided(special, does_not)) == ("special", "ordinary")


def test_hours_inside_and_outside():
    assert decided(rule(hours="inside"), **OPEN) == "special"
    assert decided(rule(hours="outside"), **OPEN) == "ordinary"


def test_every_condition_has_a_row():
    assert set(CONDITIONS) == {*ROWS, "hours"}


UNKNOWN = {
    "hours of a market that nobody gave": (rule(hours="outside"), a.in_review()),
    "an old case without a first contact": (rule(first_contact=True), first_time(None)),
    "a market that nobody knows": (
        rule(markets=frozenset({"uk"})),
        replace(a.in_review(), route=replace(a.in_review().route, market="")),
    ),
    "an amount that cannot be read": (rule(amount_over=Decimal(50)), saying("You get fifty €.")),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_cannot_be_known_takes_the_strictest(what: str):
    assert decided(*UNKNOWN[what]) == STRICTEST


def test_a_rule_that_does_not_hold_for_another_reason_asks_for_no_unknown_fact():
    assert decided(rule(hours="outside", topics=frozenset({"billing"}))) == "ordinary"


def test_where_no_rule_fits_all_of_them_together_are_needed():
    lawyer = ApprovalRule(name="law", why="l", demand=Demand.of({"S0LEGAL": 1}), topics=frozenset({"law"}))
    never = rule(topics=frozenset({"never"}))
    case = a.in_review()
    ruling = Rulebook(rules=(lawyer, never)).judge(case, case.draft, a.NOON)
    assert (ruling.rule, ruling.demand) == (STRICTEST, Demand.of({"pr": 1, "service": 1, "S0LEGAL": 1}))


def test_the_strictest_is_never_less_than_one_of_pr():
    only_service = ApprovalRule(name="s", why="s", demand=Demand.of({"service": 1}))
    assert Rulebook(rules=(only_service,)).strictest("").demand == BOTH
    assert Rulebook().strictest("").demand == ONE_OF_PR


@pytest.mark.parametrize("row", ["APR-15"])
def test_a_mark_of_sensitive_can_be_raised_by_the_writer_and_lowered_by_nobody(row: str):
    marked = a.drafted(sensitive=True)
    again = a.drafted(marked, sensitive=False)
    assert decided(rule(topics=frozenset({"never"})), marked) == STRICTEST
    assert decided(rule(topics=frozenset({"never"})), again) == STRICTEST
    out = a.answered(a.sending_now(a.approved(again)))
    assert not out.is_sensitive


COVERS = ["APR-15"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("nothing at all, order 12345", "0"),
        ("you get €50", "50"),
        ("you get 50€", "50"),
        ("50 EUR", "50"),
        ("US$ 1,200.50", "1200.50"),
        ("1.200,50 €", "1200.50"),
        ("1.500 €", "1500"),
        ("1,500 dollars", "1500"),
        ("1 500 €", "1500"),
        ("1\u202f500 €", "1500"),
        ("CHF 1'500.-", "1500"),
        ("€1,5", "1.5"),
        ("€2k", "2000"),
        ("2 million euros", "2000000"),
        ("５０ €", "50"),
        ("5\u200b0 €", "50"),
        ("٥٠ €", "50"),
        ("€5 and then €75", "75"),
        ("£20 off", "20"),
    ],
)
def test_amounts_are_read_and_in_doubt_the_larger_counts(text: str, amount: str):
    assert money_in(text) == Money(largest=Decimal(amount))


@pytest.mark.parametrize("text", ["fifty €", "a few euros", "$$$", "€ fünfzig", "USD soon"])
def test_a_currency_without_a_number_is_unreadable(text: str):
    assert money_in(text).unreadable


def test_money_never_fails_on_hostile_text():
    for text in ("€" * 5_000, "1" * 5_000 + "€", "1," * 3_000 + "€", "² €", "½ €", "Ⅻ €"):
        assert isinstance(money_in(text), Money)
