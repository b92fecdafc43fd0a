"""From a customer's post to a published reply and a resolved case."""


async def test_a_post_becomes_a_card_and_an_approved_reply_is_published_once(desk):
    case = await desk.customer("mia_travels").posts("@LumenShop my lamp arrived broken. Is anyone reading this?")
    assert await desk.seat("ana").clicks("Claim", case) == ""
    await desk.shows(case, "<@UANA>")

    assert await desk.seat("ana").drafts("Hi Mia, I'm sorry. A new lamp is on its way to you today.", case) == {}
    await desk.shows(case, "Reply waits for approval")
    assert await desk.seat("pat").approves(case) == ""
    await desk.shows(case, "Reply approved, on its way")
    assert desk.published() == []

    await desk.pass_time(seconds=31)
    await desk.reply_out()
    await desk.shows(case, "Answered")
    assert desk.published() == ["@mia_travels Hi Mia, I'm sorry. A new lamp is on its way to you today. ^AD"]

    assert await desk.seat("ana").clicks("Resolve", case) == ""
    await desk.shows(case, "Resolved, answered")
    assert len(desk.card(case)["blocks"]) == 3
    assert len(desk.published()) == 1
