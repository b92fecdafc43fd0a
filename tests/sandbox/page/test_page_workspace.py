"""The left side: cards, threads, ephemerals, home, commands, seats, unread marks, keyboard."""

import pytest
from playwright.async_api import expect

from tests.browsing import tab_of
from tests.sandbox.page.samples import HOSTILE, card

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_card_posted_by_the_real_client_shows_all_its_parts(tab, desk):
    await tab.open()
    ts = await desk.post(card())
    message = tab.at(f"message-{ts}")
    await expect(message.get_by_role("heading", name="New complaint: delivery")).to_be_visible()
    await expect(message.get_by_role("img", name="Face of Mia")).to_be_visible()
    await expect(message.locator("blockquote")).to_have_text("Nothing arrived.")
    await expect(message.locator(".mention")).to_have_text("@Ana")
    await expect(message.locator("time")).to_contain_text("(in")
    await expect(tab.at("action-open_form", message)).to_have_class("primary")
    await expect(message.locator("hr")).to_be_visible()


async def test_a_changed_card_is_redrawn_in_place_and_a_deleted_one_goes(tab, desk):
    await tab.open()
    ts = await desk.post(card())
    await expect(tab.at(f"message-{ts}")).to_be_visible()
    await desk.client.chat_update(
        channel="C0CARE",
        ts=ts,
        text="Resolved",
        blocks=[{"type": "header", "text": {"type": "plain_text", "text": "Resolved"}}],
    )
    await expect(tab.at(f"message-{ts}").get_by_role("heading", name="Resolved")).to_be_visible()
    await expect(tab.at(f"message-{ts}")).to_contain_text("(edited)")
    await expect(tab.at("action-open_form")).to_have_count(0)
    await desk.client.chat_delete(channel="C0CARE", ts=ts)
    await expect(tab.at(f"message-{ts}")).to_have_count(0)


async def test_an_unknown_block_or_element_is_drawn_loudly(tab, sandbox):
    blocks = [
        {"type": "hologram", "block_id": "h"},
        {"type": "actions", "block_id": "a", "elements": [{"type": "lever", "action_id": "pull"}]},
        {"type": "rich_text", "block_id": "r", "elements": [{"type": "rich_text_poem", "elements": []}]},
        {"type": "header", "block_id": "after", "text": {"type": "plain_text", "text": "Still here"}},
    ]
    sandbox.slack.history.post("C0CARE", sandbox.slack.interactions.author(), "x", blocks=blocks)
    await tab.open()
    shown = tab.at("unsupported")
    await expect(shown).to_have_text(
        ["unsupported block: hologram", "unsupported element: lever", "unsupported rich text: rich_text_poem"]
    )
    await expect(tab.page.get_by_role("heading", name="Still here")).to_be_visible()


async def test_hostile_words_stay_words_everywhere(tab, sandbox):
    author = sandbox.slack.interactions.author()
    text = {"type": "plain_text", "text": HOSTILE}
    blocks = [
        {"type": "header", "block_id": "1", "text": text},
        {"type": "section", "block_id": "2", "text": {"type": "mrkdwn", "text": HOSTILE}, "fields": [text]},
        {
            "type": "rich_text",
            "block_id": "3",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": HOSTILE},
                        {"type": "link", "url": "javascript:window.pwned=1", "text": "click me"},
                    ],
                }
            ],
        },
        {
            "type": "actions",
            "block_id": "4",
            "elements": [{"type": "button", "action_id": "b", "text": text, "value": HOSTILE}],
        },
        {"type": "image", "block_id": "5", "image_url": "javascript:window.pwned=1", "alt_text": HOSTILE},
    ]
    message = sandbox.slack.history.post("C0CARE", author, HOSTILE, blocks=blocks)
    sandbox.slack.history.whisper("UANA", "C0CARE", HOSTILE, [])
    sandbox.x.people.join("evil", name=HOSTILE)
    sandbox.x.post("evil", HOSTILE)
    await tab.open()
    shown = tab.at(f"message-{message['ts']}")
    await expect(shown.locator(".block-rich-text")).to_contain_text(HOSTILE)
    await expect(shown.get_by_role("heading")).to_have_text(HOSTILE)
    await expect(tab.at("feed").locator(".post-text")).to_have_text(HOSTILE)
    await expect(tab.page.get_by_text("click me")).to_be_visible()
    assert await tab.page.evaluate("window.pwned === undefined")
    assert await tab.page.locator("script:not([src^='/page/'])").count() == 0
    assert await tab.page.locator("img:not([src^='/avatars/'], [src^='/page/'])").count() == 0
    assert await tab.page.locator("a[href^=javascript]").count() == 0
    await expect(shown.locator(".block-rich-text .mention")).to_have_count(0)


async def test_pictures_from_elsewhere_are_labelled_boxes_and_never_fetched(tab, sandbox):
    blocks = [
        {"type": "image", "block_id": "i", "image_url": "https://pictures.example/a.png", "alt_text": "A broken lamp"}
    ]
    sandbox.slack.history.post("C0CARE", sandbox.slack.interactions.author(), "x", blocks=blocks)
    await tab.open()
    await expect(tab.at("picture-placeholder")).to_have_text("Picture: A broken lamp")


async def test_a_confirm_dialog_holds_the_click_back_until_it_is_answered(tab, desk):
    await desk.post(card())
    await tab.open()
    await tab.at("action-send").focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.at("confirm")).to_contain_text("It goes out as @LumenShop.")
    await tab.page.keyboard.press("Escape")
    await expect(tab.at("confirm")).to_have_count(0)
    await expect(tab.at("action-send")).to_be_focused()
    await tab.click("action-send")
    await tab.click("confirm-cancel")
    assert desk.actions() == []
    await tab.click("action-send")
    desk.heard.clear()
    await tab.click("confirm-ok")
    await desk.heard.wait()
    assert [action["action_id"] for action in desk.actions()] == ["send"]


async def test_the_overflow_menu_and_a_select_work_by_keyboard(tab, desk):
    await desk.post(card())
    await tab.open()
    await tab.at("action-more").focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.at("option-assign:1")).to_be_focused()
    await tab.page.keyboard.press("ArrowDown")
    desk.heard.clear()
    await tab.page.keyboard.press("Enter")
    await desk.heard.wait()
    assert desk.actions()[-1]["selected_option"]["value"] == "snooze:1"
    await expect(tab.at("action-more")).to_be_focused()
    desk.heard.clear()
    await tab.at("action-topic").select_option("b")
    await desk.heard.wait()
    assert desk.actions()[-1]["selected_option"]["value"] == "b"


async def test_a_click_that_the_desk_never_answers_is_said_at_the_card(tab, desk, sandbox):
    await desk.post(card())
    await tab.open()
    desk.silent = True
    desk.heard.clear()
    await tab.click("action-open_form")
    await desk.heard.wait()
    sandbox.clock.advance(3.5)
    await expect(tab.at("trouble")).to_contain_text("did not answer within 3 seconds")


async def test_only_the_person_meant_sees_an_ephemeral_and_can_dismiss_it(browser, sandbox, desk, tab):
    await tab.open("UANA")
    await desk.client.chat_postEphemeral(
        channel="C0CARE", user="UANA", text="Only PR can approve. <@UPAT> has been asked."
    )
    note = tab.at("ephemeral")
    await expect(note).to_contain_text("Only visible to you")
    await expect(note).to_contain_text("Only PR can approve. @Pat has been asked.")
    async with tab_of(browser, sandbox) as other:
        await other.open("UBEN")
        await expect(other.at("compose-slack")).to_be_visible()
        await expect(other.at("ephemeral")).to_have_count(0)
    await tab.click("ephemeral-dismiss")
    await expect(note).to_have_count(0)


async def test_two_tabs_sit_in_two_seats_and_a_reload_keeps_the_seat(browser, sandbox, desk, tab):
    await tab.open("UANA")
    async with tab_of(browser, sandbox) as other:
        await other.open("UANA")
        await other.click("seat-UPAT")
        await expect(other.at("seat-radio-UPAT")).to_be_checked()
        await expect(tab.at("seat-radio-UANA")).to_be_checked()
        await other.page.reload()
        await expect(other.at("seat-radio-UPAT")).to_be_checked()
        assert "seat=UPAT" in other.page.url
        await other.click("seat-UGUS")
        await expect(other.at("channel-C0PRDESK")).to_have_count(0)
        await expect(other.at("channel-C0CARE")).to_be_visible()


async def test_the_seat_switch_works_by_arrow_keys(tab):
    await tab.open("UANA")
    await tab.at("seat-radio-UANA").focus()
    await tab.page.keyboard.press("ArrowRight")
    await expect(tab.at("seat-radio-UBEN")).to_be_checked()
    await expect(tab.at("seat-radio-UBEN")).to_be_focused()


async def test_a_thread_is_opened_read_and_answered(tab, desk, sandbox):
    ts = await desk.post(card())
    await desk.client.chat_postMessage(channel="C0CARE", text="claimed by <@UBEN>", thread_ts=ts)
    await tab.open()
    await expect(tab.at("thread-open")).to_contain_text("1 reply")
    await tab.click("thread-open")
    await expect(tab.at("compose-thread")).to_be_focused()
    await expect(tab.at("thread").get_by_text("claimed by @Ben")).to_be_visible()
    await tab.page.keyboard.type("I know this courier <b>")
    await tab.page.keyboard.press("Enter")
    await expect(tab.at("thread").get_by_text("I know this courier <b>")).to_be_visible()
    await expect(tab.at("thread-open")).to_contain_text("2 replies")
    assert len(sandbox.slack.thread("C0CARE", ts)) == 3
    await tab.page.keyboard.press("Escape")
    await expect(tab.at("thread")).to_be_hidden()


async def test_messages_and_commands_are_typed_in_the_composer(tab, desk, sandbox):
    await tab.open()
    await tab.type("compose-slack", "Good morning")
    await tab.page.keyboard.press("Enter")
    await expect(tab.at("messages").get_by_text("Good morning")).to_be_visible()
    await tab.type("compose-slack", "/desk mine")
    await tab.page.keyboard.press("Enter")
    await expect(tab.at("ephemeral")).to_contain_text("You asked for mine.")
    await expect(tab.at("compose-slack")).to_have_value("")
    await tab.type("compose-slack", "/dance")
    await tab.page.keyboard.press("Enter")
    await expect(tab.at("toast")).to_contain_text("/dance is not a valid command")
    await expect(tab.at("compose-slack")).to_have_value("/dance")


async def test_the_home_tab_is_asked_for_drawn_and_clicked(tab, desk):
    await tab.open()
    await tab.click("channel-home")
    await expect(tab.at("home").get_by_role("heading", name="Your day")).to_be_visible()
    desk.heard.clear()
    await tab.click("action-next")
    await desk.heard.wait()
    assert desk.actions()[-1]["action_id"] == "next"


async def test_unread_marks_come_and_go_and_direct_messages_have_them_too(tab, desk):
    await tab.open()
    await desk.post(card(), channel="C0PRDESK")
    await desk.client.chat_postMessage(channel="UANA", text="A case is yours now.")
    await expect(tab.at("unread-C0PRDESK")).to_have_text("1")
    await expect(tab.at("unread-D0UANA")).to_have_text("1")
    await tab.click("channel-D0UANA")
    await expect(tab.at("messages").get_by_text("A case is yours now.")).to_be_visible()
    await expect(tab.at("unread-D0UANA")).to_have_count(0)
    await expect(tab.at("unread-C0PRDESK")).to_have_text("1")


async def test_what_is_being_typed_survives_news_and_is_announced_politely(tab, desk):
    await tab.open()
    await tab.at("compose-slack").press_sequentially("I am still wri")
    await desk.post(card(), text="New complaint from @mia_travels.")
    await expect(tab.at("action-open_form")).to_be_visible()
    await expect(tab.at("announcements")).to_have_text("New in care: New complaint from @mia_travels.")
    await expect(tab.at("compose-slack")).to_be_focused()
    await expect(tab.at("compose-slack")).to_have_value("I am still wri")


async def test_an_unknown_seat_falls_back_to_a_known_one(tab):
    await tab.page.goto(f"{tab.sandbox.page_url}#seat=UNOBODY")
    await expect(tab.at("seat-radio-UANA")).to_be_checked()
