"""How urgent a post is and why; in doubt it is a complaint."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cases.case import Level
from bot.domain.cases.post import Author, Post, PostKind
from bot.domain.ids import AccountId, Instant, PlatformName, PostId
from bot.domain.intake.severity import assess
from config.policy import load_policy
from config.settings import POLICY_FILE

POLICY = load_policy(POLICY_FILE)


def post(text, followers=10, **changes):
    first = Post(
        platform=PlatformName("x"),
        account=AccountId("900000001"),
        id=PostId("1"),
        author=Author(id="2", handle="mia", followers=followers),
        text=text,
        created_at=Instant(0),
        kind=PostKind.MENTION,
        conversation_id="1",
    )
    return replace(first, **changes)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("your lamp caught fire", Level.EMERGENCY),
        ("die Lampe ist in Flammen aufgegangen", Level.EMERGENCY),
        ("la lampe a pris feu", Level.EMERGENCY),
        ("la lampara se incendio anoche", Level.EMERGENCY),
        ("my son is in hospital", Level.EMERGENCY),
        ("it overheats", Level.HIGH),
        ("my lawyers will write to you", Level.HIGH),
        ("I am a reporter", Level.HIGH),
        ("I was hacked", Level.HIGH),
        ("parcel late", Level.NORMAL),
        ("fired from my job", Level.NORMAL),
        ("", Level.NORMAL),
    ],
)
def test_words_raise_the_level(text, level):
    severity = assess(post(text), POLICY)
    assert (severity.level, severity.negative) == (level, True)


def test_reasons_stand_in_order_of_urgency_and_once():
    severity = assess(post("it sparks, it smokes, my lawyer and the hospital know", followers=20_000), POLICY)
    assert severity.level is Level.EMERGENCY
    assert severity.reasons == (
        "somebody may be hurt or in danger",
        "may be a safety matter",
        "speaks of law or authorities",
        "reaches many people (10,000 followers or more)",
    )


@pytest.mark.parametrize(("followers", "level"), [(9_999, Level.NORMAL), (10_000, Level.HIGH)])
def test_reach_raises_the_level(followers, level):
    assert assess(post("parcel late", followers), POLICY).level is level


@pytest.mark.parametrize(
    ("earlier", "level", "reasons"),
    [(0, Level.NORMAL, ()), (1, Level.NORMAL, ("1 earlier case",)), (3, Level.HIGH, ("3 earlier cases",))],
)
def test_people_who_write_again_and_again_come_first(earlier, level, reasons):
    severity = assess(post("parcel late"), POLICY, earlier_cases=earlier)
    assert (severity.level, severity.reasons) == (level, reasons)


@pytest.mark.parametrize(
    "text", ["Thank you so much!", "Danke, die Lampe ist toll", "Merci, c'est parfait", "gracias, me encanta 😍"]
)
def test_clear_praise_may_be_set_aside_by_one_person(text):
    severity = assess(post(text), POLICY)
    assert (severity.level, severity.negative, severity.reasons) == (Level.LOW, False, ("sounds like praise",))


@pytest.mark.parametrize(
    "text",
    [
        "thanks for nothing",
        "great, it is broken again",
        "Thanks, but where is my parcel?",
        "amazing 🙄",
        "thank you, it caught fire",
        "danke für nichts",
        "super, immer noch kein Paket",
        "merci mais toujours rien",
        "gracias por nada",
        "great, didn’t arrive",
        "hello",
        "",
    ],
)
def test_in_doubt_it_is_a_complaint(text):
    assert assess(post(text), POLICY).negative


def test_a_picture_leaves_doubt():
    assert assess(post("love it", media=1), POLICY).negative


def test_praise_that_reaches_many_is_still_of_high_urgency():
    severity = assess(post("love it", followers=50_000), POLICY)
    assert (severity.level, severity.negative) == (Level.HIGH, False)


@given(st.text(max_size=100), st.integers(0, 10**9), st.integers(0, 50))
def test_anything_can_be_assessed(text, followers, earlier):
    severity = assess(post(text, followers), POLICY, earlier)
    assert severity.negative or severity.level is not Level.EMERGENCY
