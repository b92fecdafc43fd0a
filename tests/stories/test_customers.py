"""What customers do: write twice, write again, edit, delete, come back; one matter is one card."""

import pytest

COVERS = ("DBL-12", "DBL-13")


async def again_from_the_beginning(desk):
    """Let the desk read everything that X has once more."""
    for ingest in desk.desk.ingests:
        await desk.desk.outside.redis.memory.remember(ingest.cursor_name, '{"mentions": "0", "quotes": "0"}')
    await desk.sweep()
    await desk.settled()


@pytest.mark.parametrize("row", ["DBL-12"])
async def test_a_post_delivered_many_times_is_one_card(desk, row):
    case = await desk.claimed()
    before = await desk.case(case)
    await again_from_the_beginning(desk)
    await desk.restart()
    await again_from_the_beginning(desk)
    assert len(desk.cards()) == 1
    assert await desk.case(case) == before


@pytest.mark.parametrize("row", ["DBL-13"])
async def test_an_edited_post_arrives_under_a_new_id_and_changes_its_card(desk, row):
    case = await desk.customer().posts()
    desk.x.edit(case.post, "@LumenShop my lamp arrived broken. And late!")
    await desk.sweep()
    await desk.shows(case, "my lamp arrived broken. And late! (edited)")
    await desk.notes(case, "The customer edited the post.")
    await again_from_the_beginning(desk)
    assert len(desk.cards()) == 1
    assert len((await desk.case(case)).posts) == 1


async def test_what_is_written_in_one_conversation_joins_its_case(desk):
    case = await desk.customer().posts()
    for number in range(3):
        joined = await desk.customer().writes_again(case, f"@LumenShop and another thing, number {number}")
        assert joined.id == case.id
    await desk.shows(case, "number 2")
    await desk.shows(case, "2 more in between")
    assert len(desk.cards()) == 1


async def test_two_customers_are_two_cards(desk):
    mia = await desk.customer("mia_travels").posts()
    priya = await desk.customer("priya_codes").posts()
    assert mia.id != priya.id
    assert len(desk.cards()) == 2


async def test_reshares_and_our_own_posts_are_no_cards(desk):
    case = await desk.customer().posts()
    desk.x.repost("consumer_hawk", case.post)
    desk.x.post("LumenShop", "New lamps are here! Ask @LumenShop anything.")
    await desk.sweep()
    await desk.settled()
    assert len(desk.cards()) == 1
    assert len((await desk.case(case)).posts) == 1


async def test_a_customer_who_writes_again_after_the_reply_gives_the_case_back_to_its_owner(desk):
    case = await desk.answered()
    await desk.customer().writes_again(case)
    await desk.offers(case, "Draft a reply")
    await desk.notes(case, "The customer wrote again. <@UANA>")
    assert await desk.status(case) == "claimed"
    assert await desk.seat("ana").drafts("Sorry again, Mia. It is with the courier now.", case) == {}
    await desk.seat("pat").approves(case)
    await desk.pass_time(seconds=31)
    await desk.reply_out(2)
    await desk.shows(case, "Answered")
    assert desk.published()[1] == "@mia_travels Sorry again, Mia. It is with the courier now. ^AD"


async def test_the_second_reply_goes_under_the_newest_post(desk):
    case = await desk.answered()
    newest = desk.customer().writes("@LumenShop nothing came!", in_reply_to=desk.x.published_by_app()[0].id)
    assert (await desk.carded(newest)).id == case.id
    await desk.seat("ana").drafts("We are looking into it.", case)
    await desk.seat("pat").approves(case)
    await desk.pass_time(seconds=31)
    await desk.reply_out(2)
    assert desk.x.published_by_app()[1].in_reply_to == newest


async def test_a_customer_who_writes_again_after_the_end_opens_the_case_for_everybody(desk):
    case = await desk.resolved()
    await desk.customer().writes_again(case)
    await desk.offers(case, "Claim")
    assert (await desk.case(case)).owner is None
    assert await desk.seat("ben").clicks("Claim", case) == ""


async def test_a_post_after_the_archive_opens_a_case_that_follows_the_old_one(desk):
    case = await desk.resolved()
    await desk.pass_time(days=14, minutes=1)
    await desk.shows(case, "Closed")
    later = await desk.customer().writes_again(case)
    assert later.id != case.id
    await desk.shows(later, f"follows {case.id}")
    assert (await desk.case(later)).follows == case.id
    assert await desk.status(case) == "closed"


async def test_somebody_elses_new_matter_follows_nothing(desk):
    case = await desk.resolved()
    await desk.pass_time(days=14, minutes=1)
    await desk.shows(case, "Closed")
    again = await desk.customer("mia_travels").posts("@LumenShop another lamp, another problem")
    assert (await desk.case(again)).follows is None


async def test_who_has_written_before_is_marked_as_such(desk):
    await desk.customer("mia_travels").posts("@LumenShop where is my parcel?")
    second = await desk.customer("mia_travels").posts("@LumenShop and my invoice is wrong too")
    await desk.shows(second, "1 earlier case")


async def test_a_post_deleted_after_the_reply_is_blanked_on_the_card(desk):
    case = await desk.answered()
    desk.x.delete(case.post)
    await desk.look_at_open_cases()
    await desk.shows(case, "The customer deleted or hid this post.")
    await desk.notes(case, "A post is gone: deleted.")
    assert "arrived broken" not in desk.card_text(case)
    assert await desk.status(case) == "answered"


async def test_a_post_deleted_while_nobody_has_it_is_blanked_too(desk):
    case = await desk.customer().posts()
    desk.x.delete(case.post)
    await desk.look_at_open_cases()
    await desk.shows(case, "The customer deleted or hid this post.")
    assert "arrived broken" not in str(desk.card(case))
    assert "calls themselves" not in desk.card_text(case)


async def test_a_draft_under_a_post_that_is_edited_meanwhile_shows_the_new_words(desk):
    case = await desk.claimed()
    desk.x.edit(case.post, "@LumenShop forget it, it works now")
    await desk.seat("ana").opens("Draft a reply", case)
    await desk.shows(case, "forget it, it works now (edited)")


@pytest.mark.parametrize("kind", ["missing_fields", "unknown_spelling", "lone_surrogate", "empty_text", "huge_text"])
async def test_a_post_that_cannot_be_read_never_stops_the_others(desk, kind):
    desk.x.spoil(kind)
    case = await desk.customer().posts()
    await desk.shows(case, "arrived broken")
    counts = await desk.desk.outside.redis.journal.counts()
    assert counts.get("set_aside", 0) == (kind in ("missing_fields", "unknown_spelling"))


@pytest.mark.parametrize("kind", ["not_json", "html"])
async def test_a_page_that_is_no_page_loses_nothing(desk, kind):
    desk.x.spoil(kind)
    post = desk.customer().writes("@LumenShop hello?")
    for ingest in desk.desk.ingests:
        with pytest.raises(Exception, match="form that is no answer"):
            await ingest.sweep_once()
    assert desk.cards() == []
    await desk.carded(post)
