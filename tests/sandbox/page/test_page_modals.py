"""Forms on the page: fields, errors where they belong, nothing typed is lost, stacks, keyboard."""

import pytest
from playwright.async_api import expect

from bot.sandbox.server import Sandbox
from tests.browsing import tab_of
from tests.sandbox.page.desk import Desk
from tests.sandbox.page.samples import card, form

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def opened(tab, desk):
    await desk.post(card())
    await tab.open()
    await tab.click("action-open_form")
    await expect(tab.at("modal")).to_be_visible()


async def test_a_form_is_filled_in_refused_under_its_field_mended_and_sent(tab, desk, sandbox):
    await opened(tab, desk)
    await expect(tab.at("field-reply")).to_be_focused()
    await tab.type("field-reply", "Here is your refund")
    await tab.at("field-route").get_by_label("Private").check()
    await tab.at("field-flags").get_by_label("A refund").check()
    await tab.at("field-approver").select_option("UPAT")
    await tab.at("field-channel").select_option("C0PRDESK")
    await tab.type("field-day", "2026-12-24")
    await tab.type("field-hour", "18:30")
    await tab.type("field-amount", "12.5")
    await tab.click("modal-submit")

    await expect(tab.at("field-error-reply")).to_have_text("Do not promise a refund.")
    await expect(tab.at("field-reply")).to_be_focused()
    await expect(tab.at("field-reply")).to_have_value("Here is your refund")
    await expect(tab.at("field-route").get_by_label("Private")).to_be_checked()
    await tab.type("field-reply", "We are on it.")
    await expect(tab.at("field-error-reply")).to_be_hidden()
    await tab.click("modal-submit")

    await expect(tab.at("modal")).to_have_count(0)
    await expect(tab.at("messages").get_by_text("Draft by @Ana: We are on it.")).to_be_visible()
    values = next(body for kind, body in reversed(desk.told) if kind == "view_submission")["view"]["state"]["values"]
    assert values["route"]["pick"]["selected_option"]["value"] == "dm"
    assert [one["value"] for one in values["flags"]["pick"]["selected_options"]] == ["refund"]
    assert values["approver"]["pick"]["selected_user"] == "UPAT"
    assert values["channel"]["pick"]["selected_conversation"] == "C0PRDESK"
    assert values["day"]["pick"]["selected_date"] == "2026-12-24"
    assert values["hour"]["pick"]["selected_time"] == "18:30"
    assert values["amount"]["pick"]["value"] == "12.5"
    assert sandbox.slack.complaints == []


async def test_an_empty_required_field_is_named_before_anything_is_sent(tab, desk):
    await opened(tab, desk)
    await tab.click("modal-submit")
    await expect(tab.at("field-error-reply")).to_have_text("Please complete this required field.")
    assert not [kind for kind, _ in desk.told if kind == "view_submission"]


async def test_what_is_left_to_type_is_counted(tab, desk):
    await opened(tab, desk)
    await tab.type("field-reply", "x" * 290)
    await expect(tab.at("modal").locator("output.count")).to_have_text("10")


async def test_a_silent_desk_is_said_in_the_form_and_the_words_stay(tab, desk, sandbox):
    await opened(tab, desk)
    await tab.type("field-reply", "A long and careful answer")
    desk.silent = True
    desk.heard.clear()
    await tab.click("modal-submit")
    await desk.heard.wait()
    sandbox.clock.advance(3.5)
    await expect(tab.at("modal-trouble")).to_have_text("We had some trouble connecting. Try again?")
    await expect(tab.at("field-reply")).to_have_value("A long and careful answer")
    await expect(tab.at("modal-submit")).to_be_enabled()


async def test_typed_words_outlive_a_lost_connection_and_a_restart_of_the_sandbox(browser, tmp_path):
    first = await Sandbox.start(limits=False, state_dir=tmp_path)
    async with tab_of(browser, first) as tab:
        first.slack.views.open("UANA", form())
        await tab.open()
        await tab.type("field-reply", "Do not lose me")
        port = first.port
        await first.stop()
        await expect(tab.at("connection")).to_have_text("reconnecting…")
        await expect(tab.at("field-reply")).to_have_value("Do not lose me")
        await tab.click("modal-submit")
        await expect(tab.at("modal-trouble")).to_have_text("We had some trouble connecting. Try again?")
        async with Sandbox.running(port, limits=False, state_dir=tmp_path) as second:
            await expect(tab.at("connection")).to_be_hidden()
            await expect(tab.at("field-reply")).to_have_value("Do not lose me")
            async with Desk.connected(second):
                await tab.click("modal-submit")
                await expect(tab.at("modal")).to_have_count(0)
                assert any("Do not lose me" in message["text"] for message in second.slack.messages("C0CARE"))


async def test_a_form_changed_by_the_desk_keeps_what_was_typed(tab, desk, sandbox):
    await opened(tab, desk)
    await tab.type("field-reply", "Half a sent")
    view = sandbox.slack.seat("UANA").modals[-1]
    changed = form()
    changed["title"]["text"] = "Draft again"
    await desk.client.views_update(view_id=view["id"], view=changed)
    await expect(tab.at("modal").get_by_role("heading", name="Draft again")).to_be_visible()
    await expect(tab.at("field-reply")).to_have_value("Half a sent")
    await expect(tab.at("field-reply")).to_be_focused()


async def test_a_pushed_form_lies_on_top_and_closing_it_brings_the_first_back(tab, desk, sandbox):
    await opened(tab, desk)
    await tab.type("field-reply", "Kept below")
    await tab.click("action-push")
    await expect(tab.at("modal").get_by_text("Parcels are late this week.")).to_be_visible()
    await tab.page.keyboard.press("Escape")
    await expect(tab.at("field-reply")).to_have_value("Kept below")
    await tab.click("modal-x")
    await expect(tab.at("modal")).to_have_count(0)
    assert sandbox.slack.seat("UANA").modals == []


async def test_a_choice_that_dispatches_tells_the_desk_at_once_with_what_else_is_typed(tab, desk):
    await opened(tab, desk)
    await tab.type("field-reply", "So far")
    desk.heard.clear()
    await tab.at("field-template").select_option("t9")
    await desk.heard.wait()
    kind, body = desk.told[-1]
    assert kind == "block_actions"
    assert body["actions"][0]["selected_option"]["value"] == "t9"
    assert body["view"]["state"]["values"]["reply"]["text"]["value"] == "So far"


async def test_the_whole_form_works_by_keyboard_and_focus_stays_inside(tab, desk):
    await desk.post(card())
    await tab.open()
    await tab.at("action-open_form").focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.at("field-reply")).to_be_focused()
    for _ in range(40):
        await tab.page.keyboard.press("Tab")
        assert await tab.page.evaluate(
            "!document.activeElement || document.activeElement === document.body || !!document.activeElement.closest('#modal')"
        )
    await tab.at("field-reply").focus()
    await tab.page.keyboard.type("Typed by hand")
    await tab.page.keyboard.press("Control+Enter")
    await expect(tab.at("modal")).to_have_count(0)
    await expect(tab.at("messages").get_by_text("Draft by @Ana: Typed by hand")).to_be_visible()


async def test_fields_have_names_hints_and_errors_for_screen_readers(tab, desk):
    await opened(tab, desk)
    await tab.click("modal-submit")
    reply = tab.page.get_by_role("textbox", name="Reply")
    await expect(reply).to_have_attribute("aria-invalid", "true")
    await expect(reply).to_have_accessible_description("Please complete this required field. 280 characters on X.")
    await expect(tab.page.get_by_role("radiogroup", name="How it goes out")).to_be_visible()
    await expect(tab.page.get_by_role("dialog", name="Draft a reply")).to_be_visible()
