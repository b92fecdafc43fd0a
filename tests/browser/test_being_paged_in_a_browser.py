"""Somebody is needed now, as seen on the page of the demo: the direct message, its buttons, the card, the thread, who is on call."""

import pytest
from playwright.async_api import expect

from tests.chairs import SEATS
from tests.pagers import FIRE, on_call, paged

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("page", ["light", "dark"], indirect=True),
]


async def test_who_is_on_call_is_paged_and_acknowledges_and_everybody_sees_it(desk, page):
    first = SEATS[await on_call(desk, "care-nights")]
    await page.open(first)
    case = await desk.customer("kwame_films").posts(FIRE)
    dm = page.at("messages")
    await expect(page.at(f"unread-D0{first}")).to_be_visible()
    await page.click(f"channel-D0{first}")
    await expect(dm.get_by_text("needs you").or_(dm.get_by_text("EMERGENCY")).first).to_be_visible()
    for words in ("At stake:", "caught fire", "The customer waits", "Next:"):
        await expect(dm.get_by_text(words).first).to_be_visible()
    await expect(dm.locator("button.primary")).to_have_count(1)
    await page.picture("paged-1-page")

    await page.click("action-why_me")
    await expect(page.at("ephemeral")).to_contain_text("Why you:")
    await page.picture("paged-2-why-me")

    await page.click("action-acknowledge")
    await expect(dm.get_by_text("has it since")).to_be_visible()
    await expect(page.at("action-acknowledge")).to_have_count(0)
    await page.picture("paged-3-acknowledged")

    await page.click(f"channel-{case.channel}")
    await expect(page.at("messages").get_by_text("has it since")).to_be_visible()
    await page.picture("paged-4-card")
    await page.click("thread-open")
    await expect(page.at("thread").get_by_text("acknowledged").first).to_be_visible()
    await page.picture("paged-5-thread")


async def test_the_pr_line_pages_pr_in_its_own_seat(desk, page):
    case = await desk.claimed()
    second = SEATS[name := await on_call(desk, "press-line")]
    await page.open("UANA")
    await page.click(f"channel-{case.channel}")
    await page.click("action-pr_line")
    await expect(page.at("confirm")).to_contain_text("paged at once, at any hour")
    await page.click("confirm-ok")
    await expect(page.at("messages").get_by_text("PR is needed")).to_be_visible()
    await page.picture("paged-6-pr-line")
    await paged(desk, name)
    await page.open(second)
    await expect(page.at(f"unread-D0{second}")).to_be_visible()
    await page.click(f"channel-D0{second}")
    await expect(page.at("messages").get_by_text("PR is needed").first).to_be_visible()
    await page.picture("paged-7-page-to-pr")
    await page.click(f"channel-{case.channel}")
    await page.type("compose-slack", "/desk oncall")
    await page.click("compose-slack-send")
    await expect(page.at("ephemeral").last).to_contain_text("care-nights")
    await page.picture("paged-8-oncall")
