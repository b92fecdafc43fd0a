"""What stands in a reply: what is refused at once, and what an approver has to look at twice."""

import pytest

from bot.domain.errors import RefusedField
from bot.domain.replies import drafting
from bot.domain.replies.draft_checks import DraftRules, Setting, concerns, refuse
from tests import builders as a

COVERS = {"OBX-03", "OBX-05", "OBX-06", "OBX-09"}

HOUSE = DraftRules(
    link_hosts=frozenset({"lumenshop.com"}), allowed=frozenset({"help@lumenshop.com"}), phone_regions=("GB", "DE")
)
WRITTEN = "@LumenShop order LS-20931 never came. Call me on +44 20 7946 0958 or mia@example.org, @swift_post is no help"
MIA = Setting(posts=(a.a_post(text=WRITTEN),), brand="LumenShop")

DOUBTFUL = {
    "OBX-03-mail": (
        "Write to bob@corp.example.",
        "an e-mail address that the customer did not write: bob@corp.example",
    ),
    "OBX-03-phone": ("Call 020 7946 0999 today.", "a phone number that the customer did not write: 020 7946 0999"),
    "OBX-03-phone abroad": ("Call +49 30 901820.", "a phone number that the customer did not write: +49 30 901820"),
    "OBX-03-phone in Arabic digits": ("Call +٤٤ ٢٠ ٧٩٤٦ ٠٩٩٩.", "a phone number that the customer did not write: +٤٤"),
    "OBX-03-order number": ("LS-77120 leaves today.", "order number or code that the customer did not write: LS-77120"),
    "OBX-03-booking code": ("Your code is K7QX2M.", "order number or code that the customer did not write: K7QX2M"),
    "OBX-03-long number": ("Customer 48200317?", "order number or code that the customer did not write: 48200317"),
    "OBX-09-stranger": ("@elsewhere will tell you.", "It mentions @elsewhere, who is not part of this conversation."),
    "link": ("See https://lumenshop.com.evil.example/x", "It links to lumenshop.com.evil.example, which is not on"),
    "link without https": ("See evil-lamps.com", "It links to evil-lamps.com, which is not on the list"),
    "link behind a name": ("See https://lumenshop.com@evil.example", "It links to evil.example, which is not on"),
}

ORDINARY = {
    "OBX-03-her own words": "Mia, LS 20931 is found; we call +442079460958 or write to MIA@example.org.",
    "OBX-03-our own address": "Please write to help@lumenshop.com.",
    "OBX-09-people there": "@swift_post lost it, @maria, sorry. @LumenShop",
    "link": "See https://help.lumenshop.com/broken and lumenshop.com/en",
    "amounts and dates": "49.99 back by 2026-12-24, 100% sure, 24/7, model X200 at 5G, 1,250.00 in 2026.",
    "capitals": "We are SORRY. A USB-C cable and an LED come with it.",
}


@pytest.mark.parametrize(("text", "words"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_may_be_wrong_is_named(text, words):
    assert words in concerns(text, MIA, HOUSE)[0]


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_reply_raises_no_concern(text):
    assert concerns(text, MIA, HOUSE) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Card 4111 1111 1111 1111 is refunded.", "payment card number"),
        ("Card ٤١١١ ١١١١ ١١١١ ١١١١ is refunded.", "payment card number"),
        ("Log in at p\u0430ypal again.", "“p\u0430ypal” mixes letters of two alphabets"),
        ("𝗥𝗲𝗳𝘂𝗻𝗱 done.", "look-alike letters"),
    ],
    ids=["card", "card in Arabic digits", "OBX-05-two alphabets", "OBX-05-fancy"],
)
def test_what_can_never_be_right_is_refused_at_the_field(text, words):
    with pytest.raises(RefusedField, match=words) as no:
        drafting.submit(a.claimed(), a.SAM, a.written(text), a.RULE, a.NOON)
    assert no.value.field == "reply"


@pytest.mark.parametrize("text", ["Привет, Мария", "№ 5 ™ ℃ 50 µm ℹ️", "Ω and β are letters", "Größe, façade, Łódź"])
def test_honest_letters_of_any_alphabet_are_taken(text):
    refuse(text)


def test_hidden_characters_are_taken_out_and_the_card_says_so():
    case = drafting.submit(a.claimed(), a.SAM, a.written("We \u202eare\u200b sorry."), a.RULE, a.NOON).case
    assert case.draft is not None
    assert case.draft.text == "We are sorry. – Sam"
    assert case.draft.marks == ("direction characters removed", "hidden characters removed")


@pytest.mark.parametrize("row", ["OBX-05"])
def test_what_is_stored_holds_no_bidirectional_or_zero_width_character(row):
    pasted = "".join(chr(point) for point in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)))
    case = drafting.submit(a.claimed(), a.SAM, a.written(f"a{pasted}b"), a.RULE, a.NOON).case
    assert case.draft is not None
    assert case.draft.text == "ab – Sam"


@pytest.mark.parametrize("row", ["OBX-06"])
def test_one_character_too_many_is_refused_with_the_platform_s_own_count(row):
    with pytest.raises(RefusedField, match="281 of 280"):
        drafting.submit(a.claimed(), a.SAM, a.written("a" * 275), a.RULE, a.NOON)


def doubtful_case():
    return drafting.submit(a.claimed(), a.SAM, a.written("Call 020 7946 0999."), a.RULE, a.NOON, house=HOUSE).case


def test_an_approver_who_has_not_looked_twice_is_asked_to():
    case = doubtful_case()
    with pytest.raises(RefusedField, match="Tick that you have checked") as no:
        a.yes(case, looked_twice=False)
    assert no.value.field == "concerns"


def test_an_approver_who_has_looked_twice_may_approve():
    case = doubtful_case()
    assert a.yes(case, looked_twice=True).case.status == "approved"


def test_a_reply_full_of_doubts_lists_only_some():
    many = " ".join(f"@stranger{number}" for number in range(30))
    assert len(concerns(many, MIA, HOUSE)) == 8
