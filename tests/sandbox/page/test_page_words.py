"""The page's reader of mrkdwn, emoji and Slack's dates, run in the browser where it lives."""

import pytest
import pytest_asyncio

from bot.sandbox.server import Sandbox
from tests.browsing import clean_tab_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PARSE = "async (text) => (await import('/page/mrkdwn.js')).parse(text)"


def text(words):
    return {"type": "text", "text": words}


CASES = [
    ("plain", [text("plain")]),
    ("*bold* _italic_ ~gone~ `code`", [
        {"type": "bold", "children": [text("bold")]}, text(" "),
        {"type": "italic", "children": [text("italic")]}, text(" "),
        {"type": "strike", "children": [text("gone")]}, text(" "),
        {"type": "code", "text": "code"},
    ]),
    ("*_both_*", [{"type": "bold", "children": [{"type": "italic", "children": [text("both")]}]}]),
    ("2*3*4 snake_case_name", [text("2*3*4 snake_case_name")]),
    ("* not bold *", [text("* not bold *")]),
    ("`*raw* &lt;b&gt;`", [{"type": "code", "text": "*raw* <b>"}]),
    ("```a\n*b*```", [{"type": "pre", "text": "a\n*b*"}]),
    ("unclosed ```a", [text("unclosed ```a")]),
    ("&gt; said\n&gt; more\nafter", [{"type": "quote", "children": [text("said"), {"type": "break"}, text("more")]}, text("after")]),
    ("a\nb", [text("a"), {"type": "break"}, text("b")]),
    ("<@UANA> <#C0CARE|care> <!subteam^S0PR> <!here>", [
        {"type": "user", "id": "UANA"}, text(" "), {"type": "channel", "id": "C0CARE"}, text(" "),
        {"type": "group", "id": "S0PR"}, text(" "), {"type": "broadcast", "range": "here"},
    ]),
    ("<https://a.example/?q=1&amp;r=2|A &amp; B>", [{"type": "link", "url": "https://a.example/?q=1&r=2", "text": "A & B"}]),
    ("<https://a.example>", [{"type": "link", "url": "https://a.example", "text": "https://a.example"}]),
    ("<javascript:alert(1)|x>", [text("<javascript:alert(1)|x>")]),
    ("<script>alert(1)</script>", [text("<script>alert(1)</script>")]),
    ("&lt;!channel&gt; &amp;lt;", [text("<!channel> &lt;")]),
    (":tada: :no_such_thing: 12:30:45", [{"type": "emoji", "text": "🎉", "name": "tada"}, text(" :no_such_thing: 12:30:45")]),
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser):
    """One page for all: what is read here leaves nothing behind."""
    async with Sandbox.running(limits=False) as sandbox, clean_tab_of(browser, sandbox) as tab:
        await tab.open()
        yield tab.page


async def test_mrkdwn_is_read_as_slack_reads_it(page):
    for words, tree in CASES:
        assert await page.evaluate(PARSE, words) == tree, words


async def test_a_date_has_pattern_link_and_fallback(page):
    tree = await page.evaluate(PARSE, "<!date^1795268100^{time} ({ago})^https://a.example|13:35 UTC>")
    assert tree == [
        {"type": "date", "at": 1795268100, "pattern": "{time} ({ago})", "url": "https://a.example", "text": "13:35 UTC"}
    ]


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (30, "in a moment"),
        (-30, "just now"),
        (720, "in 12 minutes"),
        (-7260, "2 hours ago"),
        (86_400, "tomorrow"),
        (-260_000, "3 days ago"),
    ],
)
async def test_ago_is_told_in_plain_words(page, offset, words):
    script = "async (offset) => { const dates = await import('/page/dates.js'); return dates.ago(dates.now() + offset + 0.5) }"
    assert await page.evaluate(script, offset) == words


async def test_an_unknown_date_token_or_a_wild_number_falls_back(page):
    script = "async ([at, pattern]) => (await import('/page/dates.js')).formatted(at, pattern, 'fallback')"
    assert await page.evaluate(script, [1795268100, "{moon}"]) == "fallback"
    assert await page.evaluate(script, [None, "{time}"]) == "fallback"
    assert await page.evaluate(script, [1e18, "{date}"]) == "fallback"


async def test_a_wild_date_in_a_message_does_not_break_the_page(tab, sandbox):
    await tab.open()
    sandbox.slack.history.post(
        "C0CARE", sandbox.slack.interactions.author(), "due <!date^99999999999999^{date}|some day> end"
    )
    await tab.page.get_by_text("due some day end").wait_for()


@pytest.mark.parametrize("words", ["*" * 3000, "_*~" * 1000, "<" * 3000, ":a" * 1500, "```" * 900, "&gt;" * 700])
async def test_long_nonsense_is_read_quickly(page, words):
    took = await page.evaluate(
        "async (text) => { const m = await import('/page/mrkdwn.js'); const t = performance.now(); m.parse(text); return performance.now() - t }",
        words,
    )
    assert took < 2_000
