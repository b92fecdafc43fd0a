"""Writing a reply: what stops it is said at the field, nothing typed is lost, and new wording is a new revision."""

import pytest

from tests.world import REPLY


async def test_a_reply_needs_a_claim_first(desk):
    case = await desk.customer().posts()
    draft = {"type": "button", "action_id": "draft", "block_id": "b", "value": case.id, "action_ts": "1.0"}
    assert "Claim the case first" in await desk.seat("ana").sends(case, draft)
    assert desk.seat("ana").seat.modals == []


async def test_only_the_owner_drafts(desk):
    case = await desk.claimed()
    said = await desk.seat("ben").clicks("Draft a reply", case)
    assert said == "<@UANA> has this case. If you must, choose “Take over…” first."
    assert desk.seat("ben").seat.modals == []


async def test_a_form_opened_before_a_take_over_is_refused_when_it_is_sent(desk):
    case = await desk.claimed()
    await desk.seat("ana").opens("Draft a reply", case)
    await desk.seat("ben").clicks("Take over…", case)
    assert await desk.seat("ana").submits({"reply": "Too late."}) == {}
    assert "<@UBEN> has this case" in desk.seat("ana").form
    assert (await desk.case(case)).drafts == ()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a" * 300, "304 of 280 characters, signature included: please cut 24."),
        ("Hi {name}, sorry!", "Fill in {name} before this can be approved."),
        ("   \n \u200b ", "Write the reply first: it is empty."),
    ],
    ids=["too long", "a gap", "nothing but spaces"],
)
async def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(desk, text, error):
    case = await desk.claimed()
    ana = desk.seat("ana")
    assert await ana.drafts(text, case, note="He wrote twice.") == {"reply": error}
    typed = ana.seat.modals[-1]["state"]["values"]
    assert typed["reply"]["value"]["value"] == text
    assert typed["note"]["value"]["value"] == "He wrote twice."
    assert (await desk.case(case)).drafts == ()

    assert await ana.submits({"reply": "Hi Mia, sorry!"}) == {}
    assert ana.seat.modals == []
    await desk.shows(case, "Hi Mia, sorry! ^AD")
    await desk.shows(case, "Note to the approver: He wrote twice.")


async def test_the_card_shows_the_exact_words_counted_as_x_counts_them(desk):
    case = await desk.in_review("See https://lumenshop.com/help/broken-lamps/that-is-a-long-path 🙂")
    await desk.shows(case, "See https://lumenshop.com/help/broken-lamps/that-is-a-long-path 🙂 ^AD")
    await desk.shows(case, f"{4 + 23 + 1 + 2 + 4} of 280 characters")
    await desk.shows(case, "@LumenShop, public reply")


async def test_a_form_sent_twice_makes_one_draft(desk):
    case = await desk.claimed()
    await desk.seat("ana").opens("Draft a reply", case)
    await desk.seat("ana").submits({"reply": REPLY}, twice=True)
    await desk.settled()
    assert [draft.rev for draft in (await desk.case(case)).drafts] == [1]
    assert (await desk.story(case)).count("Submitted") == 1


async def test_a_saved_reply_replaces_the_text_and_its_gaps_must_be_filled(desk):
    case = await desk.claimed()
    ana = desk.seat("ana")
    modal = await ana.opens("Draft a reply", case)
    await ana.seat.click_in_view(modal["id"], "pick_saved", "thanks", values={"reply": "my own beginning"})
    await ana.seat.until_modal(lambda view: "you have just made the day" in field(view))

    assert await ana.submits() == {"reply.1": "Fill in {name} before this can be approved."}
    assert await ana.submits({"reply.1": "Hi Mia, you have just made our day. Thank you!"}) == {}
    await desk.shows(case, "Hi Mia, you have just made our day. Thank you! ^AD")


async def test_an_invitation_to_a_direct_message_is_part_of_what_is_approved(desk):
    case = await desk.claimed()
    assert await desk.seat("ana").drafts("Sorry, Mia.", case, visibility="public_dm") == {}
    invitation = "Please send us a direct message with your order number, so that we can look into it together."
    await desk.shows(case, f"Sorry, Mia.\n{invitation} ^AD")
    await desk.shows(case, "public reply with an invitation to DM")
    await desk.seat("pat").approves(case)
    await desk.pass_time(seconds=31)
    await desk.reply_out()
    assert desk.published() == [f"@mia_travels Sorry, Mia.\n{invitation} ^AD"]


async def test_a_reply_is_signed_with_initials_unless_its_writer_leaves_them_out(desk):
    case = await desk.claimed()
    assert await desk.seat("ana").drafts("Unsigned.", case, sign=[]) == {}
    await desk.shows(case, "Unsigned.")
    assert "^AD" not in desk.card_text(case)
    assert (await desk.case(case)).drafts[-1].text == "Unsigned."


async def test_an_edited_draft_is_a_new_revision_and_starts_from_the_old_words(desk):
    case = await desk.in_review("First words.")
    form = await desk.seat("ana").opens("Edit draft", case)
    assert field(form) == "First words."
    assert await desk.seat("ana").submits({"reply": "Better words."}) == {}
    await desk.shows(case, "Reply 2 by <@UANA>")
    assert "First words." not in desk.card_text(case)


async def test_a_draft_taken_back_leaves_no_trace_but_its_story(desk):
    case = await desk.in_review()
    assert await desk.seat("ana").clicks("Take the draft back", case) == ""
    await desk.offers(case, "Draft a reply")
    await desk.notes(case, "<@UANA> took the reply back.")
    assert await desk.status(case) == "claimed"


async def test_a_draft_nobody_decides_on_goes_back_after_a_day(desk):
    case = await desk.in_review()
    await desk.pass_time(hours=23, minutes=59)
    await desk.settled()
    assert await desk.status(case) == "in_review"
    await desk.pass_time(minutes=2)
    await desk.shows(case, "Reply 1 was withdrawn: nobody decided on it in time")
    assert await desk.status(case) == "claimed"
    assert (await desk.case(case)).owner == "UANA"


def field(view) -> str:
    values = {name: inner for name, inner in view["state"]["values"].items() if name.startswith("reply")}
    (inner,) = values.values()
    return str(inner["value"]["value"] or "")
