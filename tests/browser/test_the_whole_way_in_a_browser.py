"""A newcomer at the page of the demo: from a customer's post to a published reply and a small card, by clicking."""

import pytest
from playwright.async_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("page", ["light", "dark"], indirect=True),
]

COMPLAINT = "@LumenShop my lamp arrived broken and nobody answers my mails."
REPLY = "Hi Mia, I'm sorry about the lamp. A new one leaves today; please keep the old one."


async def test_a_newcomer_answers_a_complaint_by_clicking(desk, page):
    await page.open("UANA")
    await page.click("channel-C0CARE")
    await page.type("compose-x", COMPLAINT)
    await page.click("compose-x-send")
    await expect(page.at("feed").get_by_text(COMPLAINT)).to_be_visible()
    await desk.sweep()
    card = page.at("messages")
    await expect(card.get_by_text(COMPLAINT)).to_be_visible()
    await page.picture("1-new")

    await page.click("action-claim")
    await page.click("action-draft")
    await page.type("field-reply", "I am so very sorry. " * 20)
    await page.click("modal-submit")
    await expect(page.at("field-error-reply")).to_contain_text("of 280 characters")
    await expect(page.at("field-reply")).to_have_value("I am so very sorry. " * 20)
    await page.picture("2-too-long")
    await page.type("field-reply", REPLY)
    await page.click("modal-submit")
    await expect(card.get_by_text("Reply waits for approval")).to_be_visible()
    await page.picture("3-in-review")

    await page.click("action-approve")
    await page.click("confirm-ok")
    await expect(page.at("ephemeral")).to_contain_text("Only PR can decide")
    await page.picture("4-wrong-seat")
    assert desk.published() == []

    await page.open("UPAT")
    await page.click("channel-C0CARE")
    await page.click("action-approve")
    await expect(page.at("confirm")).to_contain_text("@LumenShop to @mia_travels")
    await page.picture("5-confirm")
    await page.click("confirm-ok")
    await expect(card.get_by_text("Reply approved, on its way")).to_be_visible()
    assert desk.published() == []

    await desk.pass_time(seconds=31)
    await desk.reply_out()
    await expect(page.at("feed").get_by_text(REPLY)).to_be_visible()
    await expect(page.at("published-by")).to_contain_text("published by the desk")
    await expect(card.get_by_text("Answered")).to_be_visible()
    await page.picture("6-answered")

    await page.open("UANA")
    await page.click("channel-C0CARE")
    await page.click("action-resolve")
    await expect(card.get_by_text("Resolved, answered")).to_be_visible()
    await expect(page.at("action-draft")).to_have_count(0)
    await page.picture("7-resolved")
    await page.page.set_viewport_size({"width": 420, "height": 860})
    await page.picture("8-narrow")
    assert desk.published() == [f"@mia_travels {REPLY} ^AD"]
