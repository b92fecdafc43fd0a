"""The right side: the pretend X, traffic, weather; links; narrow windows and both themes."""

import pytest
from playwright.async_api import expect

from tests.browsing import tab_of
from tests.sandbox.page.samples import card

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_customer_writes_and_the_post_is_on_the_pretend_x(tab, sandbox):
    await tab.open()
    await tab.at("compose-x-author").select_option("theo_bakes")
    await tab.type("compose-x", "@LumenShop my lamp hums")
    await tab.click("compose-x-send")
    await expect(tab.at("feed").get_by_text("my lamp hums")).to_be_visible()
    await expect(tab.at("compose-x")).to_have_value("")
    assert [post.text for post in sandbox.x.timeline("theo_bakes")] == ["@LumenShop my lamp hums"]


async def test_somebody_new_can_write(tab, sandbox):
    await tab.open()
    await tab.at("compose-x-author").select_option(label="Somebody new…")
    await tab.type("compose-x-handle", "brand_new_1")
    await tab.type("compose-x", "@LumenShop hello?")
    await tab.click("compose-x-send")
    await expect(tab.at("feed").get_by_text("@brand_new_1")).to_be_visible()
    assert sandbox.x.timeline("brand_new_1")


async def test_somebody_can_post_as_the_brand_past_the_desk(tab, sandbox):
    await tab.open()
    await tab.at("compose-x-author").select_option("LumenShop")
    await tab.type("compose-x", "Free lamps today!")
    await tab.click("compose-x-send")
    await expect(tab.at("feed").get_by_text("Free lamps today!")).to_be_visible()
    await expect(tab.at("published-by")).to_have_text("native")
    assert [post.source for post in sandbox.x.timeline("LumenShop")] == ["native"]


async def test_replies_of_the_desk_and_of_the_staff_are_told_apart(tab, sandbox):
    post = sandbox.x.post("mia_travels", "@LumenShop where is it?")
    ours = sandbox.x.post("LumenShop", "On its way.", in_reply_to=post.id, source="app")
    native = sandbox.x.reply_as_brand("We called the courier.", post.id)
    await tab.open()
    await expect(tab.at("published-by", tab.at(f"feed-post-{ours.id}"))).to_have_text("published by the desk")
    await expect(tab.at("published-by", tab.at(f"feed-post-{native.id}"))).to_have_text("native")
    await tab.at("post-reply", tab.at(f"feed-post-{ours.id}")).click()
    await expect(tab.at("reply-x-author")).to_have_value("mia_travels")
    await tab.type("reply-x", "thank you!")
    await tab.click("reply-x-send")
    await expect(tab.at("feed").get_by_text("thank you!")).to_be_visible()
    assert sandbox.x.replies_to(ours.id)[0].text.endswith("thank you!")


async def test_a_post_is_edited_answered_natively_protected_and_deleted(tab, sandbox):
    post = sandbox.x.post("mia_travels", "@LumenShop where is it?")
    await tab.open()
    shown = tab.at(f"feed-post-{post.id}")
    await tab.at("post-native", shown).click()
    await tab.type("native-x", "By hand")
    await tab.click("native-x-send")
    await expect(tab.at("feed").get_by_text("By hand")).to_be_visible()
    await tab.at("post-more", shown).click()
    await tab.click("post-edit")
    await tab.type("edit-x", "@LumenShop found it")
    await tab.click("edit-x-send")
    await expect(shown.locator(".post-text")).to_have_text("@LumenShop found it")
    await expect(shown).to_contain_text("edited")
    await tab.at("post-more", shown).click()
    await tab.click("post-protect")
    await expect(shown).to_contain_text("protected")
    await tab.at("post-more", shown).click()
    await tab.click("post-delete")
    await tab.click("confirm-ok")
    await expect(shown).to_contain_text("This post was deleted.")
    assert [p.source for p in sandbox.x.timeline("LumenShop")] == ["native"]
    assert sandbox.x.customer("mia_travels").protected
    assert sandbox.x.timeline("mia_travels") == []


async def test_a_half_written_reply_survives_news_on_the_feed(tab, sandbox):
    post = sandbox.x.post("mia_travels", "@LumenShop where is it?")
    await tab.open()
    await tab.at("post-reply", tab.at(f"feed-post-{post.id}")).click()
    await tab.at("reply-x").press_sequentially("Well, I")
    sandbox.x.reply_as_brand("We are looking.", post.id)
    sandbox.x.post("theo_bakes", "@LumenShop another thing")
    await expect(tab.at("feed").get_by_text("another thing")).to_be_visible()
    await expect(tab.at("feed").get_by_text("We are looking.")).to_be_visible()
    await expect(tab.at("reply-x")).to_have_value("Well, I")
    await expect(tab.at("reply-x")).to_be_focused()


async def test_a_refused_act_is_told_and_the_words_stay(tab, sandbox):
    post = sandbox.x.post("mia_travels", "@LumenShop where is it?")
    await tab.open()
    for number in range(5):
        sandbox.x.edit(post.id, f"@LumenShop edit {number}")
    await tab.at("post-more", tab.at(f"feed-post-{post.id}")).click()
    await tab.click("post-edit")
    await tab.type("edit-x", "one too many")
    await tab.click("edit-x-send")
    await expect(tab.at("toast")).to_contain_text("can be edited 5 times")
    await expect(tab.at("edit-x")).to_have_value("one too many")


async def test_a_link_to_a_post_is_shown_inside_and_a_link_elsewhere_asks_first(tab, sandbox):
    post = sandbox.x.post("mia_travels", "@LumenShop where is it?")
    text = (
        f"<https://x.com/mia_travels/status/{post.id}|see post> <https://elsewhere.example/page|outside> "
        f"<https://x.com/intent/tweet?in_reply_to={post.id}&amp;text=Sorry%20Mia|reply by hand>"
    )
    sandbox.slack.history.post("C0CARE", sandbox.slack.interactions.author(), text)
    await tab.open()
    await tab.page.get_by_role("link", name="see post").click()
    await expect(tab.at(f"feed-post-{post.id}")).to_be_focused()
    await tab.page.get_by_role("link", name="reply by hand").click()
    await expect(tab.at("native-x")).to_have_value("Sorry Mia")
    await tab.page.get_by_role("link", name="outside").click()
    await expect(tab.at("confirm")).to_contain_text("https://elsewhere.example/page")
    await tab.click("confirm-cancel")
    assert len(tab.page.context.pages) == 1


async def test_traffic_shows_each_call_and_opens_to_its_json(tab, desk):
    await tab.open()
    await tab.click("tab-traffic")
    await desk.post(card(), text="Seen in traffic")
    row = tab.at("traffic").locator("details", has_text="chat.postMessage").first
    await expect(row).to_contain_text("200")
    await row.locator("summary").click()
    await expect(row.locator("pre").first).to_contain_text("Seen in traffic")
    assert "xoxb" not in await row.inner_text()
    await tab.type("traffic-filter", "no such call")
    await expect(tab.page.locator("details.call")).to_have_count(0)


async def test_every_switch_of_the_weather_is_there_and_turns(tab, sandbox):
    await tab.open()
    await tab.click("tab-weather")
    for row in [*sandbox.weather.describe(), *sandbox.x.switches.describe()]:
        await expect(tab.at(f"weather-{row['name']}")).to_be_visible()
    await expect(tab.page.locator(".weather-mark").last).to_be_hidden()
    await tab.at("weather-slack_down").check()
    await expect(tab.page.locator(".weather-mark").last).to_have_text("1")
    await tab.at("weather-x_late").select_option("html_503")
    await tab.at("weather-slow_ms").fill("250")
    await tab.at("weather-slow_ms").press("Enter")
    await expect(tab.page.locator(".weather-mark").last).to_have_text("3")
    assert (sandbox.weather.slack_down, sandbox.weather.slow_ms, sandbox.weather.x_late) == (True, 250, "html_503")
    await tab.click("weather-fine")
    await expect(tab.at("weather-slack_down")).not_to_be_checked()
    await expect(tab.page.locator(".weather-mark").last).to_be_hidden()


async def test_time_is_pushed_and_relative_times_follow(tab, desk):
    await desk.post(card())
    await tab.open()
    await expect(tab.page.locator("time").first).to_contain_text("(in ")
    await tab.click("tab-weather")
    await tab.click("advance-86400")
    await expect(tab.page.locator("time").first).to_contain_text("hours ago")


async def test_invented_complaints_come_one_by_one_or_by_themselves(tab, sandbox):
    await tab.open()
    await tab.click("trickle-next")
    await expect(tab.at("feed").locator("article")).to_have_count(1)
    await tab.at("trickle-speed").select_option("6")
    await tab.click("trickle-toggle")
    await expect(tab.at("trickle-toggle")).to_have_text("Pause")
    assert sandbox.trickle.describe()["running"]
    await tab.click("trickle-toggle")
    await expect(tab.at("trickle-toggle")).to_have_text("Start")
    assert not sandbox.trickle.describe()["running"]


async def test_the_desk_s_connection_is_shown(tab, desk, sandbox):
    await tab.open()
    await expect(tab.at("bot-state")).to_have_text("desk connected")


async def test_a_narrow_window_shows_one_part_at_a_time(browser, sandbox):
    async with tab_of(browser, sandbox, viewport={"width": 420, "height": 800}) as tab:
        await tab.open()
        await expect(tab.at("compose-slack")).to_be_visible()
        await expect(tab.at("compose-x")).to_be_hidden()
        for side, sign in (
            ("x", "compose-x"),
            ("traffic", "traffic-filter"),
            ("weather", "weather-fine"),
            ("slack", "compose-slack"),
        ):
            await tab.click(f"side-{side}")
            await expect(tab.at(sign)).to_be_visible()
        assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert tab.wrong == []


CONTRAST = """
() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { const f = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) { const c = rgba(getComputedStyle(at).backgroundColor); layers.push(c); if (c[3] === 255) break; }
    let mixed = [255, 255, 255];
    for (const [r, g, b, a] of layers.reverse()) mixed = [r, g, b].map((c, i) => c * a / 255 + mixed[i] * (1 - a / 255));
    return mixed;
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const words = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!words || !node.checkVisibility({ visibilityProperty: true }) || node.closest(":disabled, option, .skip, svg, .unseen")) continue;
    const [a, b] = [light(rgba(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${node.className} ${node.textContent.slice(0, 40)}`);
  }
  return poor;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_words_have_contrast_aa_in_both_themes(browser, sandbox, desk, scheme):
    post = sandbox.x.post("mia_travels", "@LumenShop where is it?")
    sandbox.x.reply_as_brand("We are looking.", post.id)
    await desk.post(card())
    sandbox.slack.history.post("C0CARE", sandbox.slack.interactions.author(), "`code` <!here> <@UPAT>", blocks=[])
    sandbox.slack.history.post(
        "C0CARE", sandbox.slack.interactions.author(), "x", blocks=[{"type": "hologram", "block_id": "h"}]
    )
    await desk.client.chat_postEphemeral(channel="C0CARE", user="UANA", text="Only you")
    async with tab_of(browser, sandbox, color_scheme=scheme) as tab:
        await tab.open()
        await expect(tab.at("ephemeral")).to_be_visible()
        for panel in ("x", "traffic", "weather"):
            await tab.click(f"tab-{panel}")
            assert await tab.page.evaluate(CONTRAST) == []
        await tab.click("action-open_form")
        await expect(tab.at("modal")).to_be_visible()
        await tab.click("modal-submit")
        await expect(tab.at("field-error-reply")).to_be_visible()
        assert await tab.page.evaluate(CONTRAST) == []
