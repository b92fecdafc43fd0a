"""Sensitive replies take one of each side; minor matters leave inside a limit; what changed is named."""

LAWYER = "@LumenShop my lamp arrived broken and nobody answers. My lawyer will write to you."


async def test_a_sensitive_reply_takes_one_person_of_each_side(desk):
    case = await desk.in_review(text=LAWYER)
    await desk.shows(case, "Rule “law and press”: it speaks of law, authorities or the press")
    await desk.announced("waits for customer service: it speaks of law", "C0CARE")
    assert await desk.seat("pat").approves(case) == ""
    await desk.shows(case, "needs PR ✓ <@UPAT> and customer service, not the writer")
    assert "Only customer service can decide" in await desk.seat("kim").approves(case)
    assert "You wrote part of this reply" in await desk.seat("ana").approves(case)
    assert case.id in await desk.seat("ben").home("Waiting for your side")
    assert await desk.seat("ben").approves(case) == ""
    await desk.offers(case, "Send now")
    assert "Only somebody who approved it" in await desk.seat("ana").clicks("Send now", case)
    assert await desk.seat("ben").clicks("Send now", case) == ""
    await desk.reply_out()


async def test_a_minor_matter_leaves_without_pr_until_pr_switches_the_limit_off(desk):
    case = await desk.claimed("@LumenShop where is my parcel? It is late.")
    assert await desk.seat("ana").drafts("It is on its way to you.", case, alone=["alone"]) == {}
    await desk.shows(case, "inside PR's limit “late parcel”")
    assert "Only PR can switch" in await desk.seat("ana").asks("limit off late parcel")
    assert "is off" in await desk.seat("pat").asks("limit off Late Parcel")
    await desk.pass_time(seconds=31)
    await desk.notes(case, "Back to the approver: it is outside the limit “late parcel”: PR has switched it off.")
    assert desk.published() == []
    assert "*off*, by <@UPAT>" in await desk.seat("ana").asks("limits")


async def test_the_approver_reads_what_the_customer_changed(desk):
    case = await desk.approved()
    await desk.customer().writes_again(case, "@LumenShop never mind, it works!")
    await desk.notes(case, "Back to the approver: the customer wrote again.")
    await desk.shows(case, "New from the customer:")
    assert await desk.seat("pat").approves(case) == ""
    await desk.hides(case, "New from the customer:")


async def test_what_a_customer_changed_and_then_deleted_is_nowhere_any_more(desk):
    case = await desk.approved()
    desk.x.edit(case.post, "@LumenShop my lamp from Elm Street 4 arrived broken.")
    await desk.look_at_open_cases()
    await desk.shows(case, "The customer's words now:")
    assert "Elm Street 4" in desk.card_text(case)
    desk.x.delete(case.post)
    await desk.look_at_open_cases()
    await desk.shows(case, "The customer deleted or hid this post")
    await desk.settled()
    everything = str([desk.sandbox.slack.messages(channel) for channel in ("C0CARE", "C0PRDESK", "C0OPS")])
    for words in ("Elm Street 4", "Is anyone reading this?"):
        assert words not in everything + str(desk.thread(case)) + str(await desk.case(case))
