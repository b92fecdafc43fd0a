"""Two sides approve at the page of the demo: in turn, again after the customer changed the words, and under a hold."""

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

COMPLAINT = "@LumenShop my new lamp overheats and there is a burning smell."
EDITED = "@LumenShop my new lamp overheats and there is a burning smell. The shade has melted!"
REPLY = "Please unplug the lamp, Mia. We collect it tomorrow and send you another one."
REASON = "a recall is coming"


async def sit(page, seat):
    await page.open(seat)
    await page.click("channel-C0CARE")


async def approve(page, seat):
    await sit(page, seat)
    await page.click("action-approve")
    await expect(page.at("confirm")).to_be_visible()
    await page.click("confirm-ok")


async def in_review(desk, page):
    await sit(page, "UANA")
    case = await desk.customer().posts(COMPLAINT)
    await page.click("action-claim")
    await page.click("action-draft")
    await page.type("field-reply", REPLY)
    await page.click("modal-submit")
    await expect(page.at("messages").get_by_text("Reply waits for approval")).to_be_visible()
    return case


async def test_both_sides_approve_and_again_when_the_customer_changes_the_words(desk, page):
    case = await in_review(desk, page)
    card = page.at("messages")
    await expect(card.get_by_text("Rule “safety”")).to_be_visible()
    await page.picture("approving-1-in-review")

    await approve(page, "UPAT")
    await expect(card.get_by_text("✓")).to_be_visible()
    await page.picture("approving-2-one-side")
    await approve(page, "UANA")
    await expect(page.at("ephemeral")).to_contain_text("You wrote part of this reply")
    await page.picture("approving-3-own-words")
    await approve(page, "UBEN")
    await expect(card.get_by_text("Reply approved, on its way")).to_be_visible()
    await page.picture("approving-4-both-sides")

    desk.x.edit(case.post, EDITED)
    await desk.look_at_open_cases()
    await expect(card.get_by_text("Reply waits for approval")).to_be_visible()
    await expect(card.get_by_text("The customer's words before")).to_be_visible()
    await expect(card.get_by_text("The shade has melted!")).to_have_count(2)
    await page.picture("approving-5-changed")
    await desk.pass_time(minutes=2)
    await desk.settled()
    assert desk.published() == []

    await approve(page, "UPAT")
    await expect(card.get_by_text("✓")).to_be_visible()
    await approve(page, "UBEN")
    await expect(card.get_by_text("Reply approved, on its way")).to_be_visible()
    await desk.pass_time(seconds=61)
    await desk.reply_out()
    await expect(card.get_by_text("Answered")).to_be_visible()
    await page.picture("approving-6-answered")


async def test_a_hold_between_approval_and_sending_keeps_the_reply_until_both_sides_lift_it(desk, page):
    case = await in_review(desk, page)
    card = page.at("messages")
    await approve(page, "UPAT")
    await expect(card.get_by_text("✓")).to_be_visible()
    await approve(page, "UBEN")
    await expect(card.get_by_text("Reply approved, on its way")).to_be_visible()

    await page.click("action-more")
    await page.page.get_by_role("menuitem", name="Place a hold…").click()
    await page.type("field-reason", REASON)
    await page.picture("approving-7-hold-form")
    await page.click("modal-submit")
    await expect(card.get_by_text(f"Held: {REASON}")).to_be_visible()
    await page.picture("approving-8-held")
    await desk.pass_time(minutes=2)
    await desk.settled()
    assert desk.published() == []

    for seat in ("UANA", "UPAT"):
        await sit(page, seat)
        await page.type("compose-slack", "/desk lift H-1")
        await page.click("compose-slack-send")
        await expect(page.at("ephemeral").last).to_contain_text("H-1")
        await page.picture(f"approving-9-lift-{seat}")
    await desk.reply_out()
    await expect(card.get_by_text("Answered")).to_be_visible()
    await page.picture("approving-10-sent")
    await desk.hides(case, "Held:")
    assert len(desk.published()) == 1
