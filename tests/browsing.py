"""A real Chromium for tests, and a tab in which everything that went wrong or outside is collected.

With REPLYDESK_SCREENSHOTS=FOLDER, tests leave pictures of their steps there.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
WIDE = {"width": 1440, "height": 900}

expect.set_options(timeout=20_000)


def chromium():
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        reason = f"No Chromium on the PATH (looked for {', '.join(NAMES)}); on Debian: apt-get install chromium."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@asynccontextmanager
async def a_browser() -> AsyncIterator:
    path = chromium()
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield running
        finally:
            await running.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser():
    """One Chromium per worker; each test has a context of its own in it."""
    async with a_browser() as running:
        yield running


class Tab:
    """One browser tab in a seat; everything that went wrong or went outside is collected."""

    def __init__(self, page, sandbox, theme):
        self.page = page
        self.sandbox = sandbox
        self.theme = theme
        self.wrong = []
        self.outside = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.wrong.append(message.text)
                if message.type == "error" and "status of 400" not in message.text
                else None
            ),
        )
        page.on("request", lambda request: self.outside.append(request.url) if not self.ours(request.url) else None)

    def ours(self, url):
        return url.split("//")[1].split("/")[0] == f"127.0.0.1:{self.sandbox.port}"

    async def open(self, seat="UANA", where=""):
        await self.page.goto(f"{self.sandbox.page_url}#seat={seat}{where}")
        await expect(self.at(f"seat-radio-{seat}")).to_be_checked()

    def at(self, testid, inside=None):
        return (inside or self.page).get_by_test_id(testid)

    async def click(self, testid):
        await self.at(testid).last.click()

    async def type(self, testid, words):
        await self.at(testid).fill(words)

    async def picture(self, name):
        """Leave a picture of what is seen now, where pictures are wanted."""
        if folder := os.environ.get("REPLYDESK_SCREENSHOTS"):
            await self.page.screenshot(path=Path(folder) / f"{name}-{self.theme}.png")


@asynccontextmanager
async def tab_of(browser, sandbox, *, color_scheme="light", viewport=WIDE):
    context = await browser.new_context(color_scheme=color_scheme, viewport=viewport)
    try:
        yield Tab(await context.new_page(), sandbox, color_scheme)
    finally:
        await context.close()


@asynccontextmanager
async def clean_tab_of(browser, sandbox, **options):
    """A tab in which nothing may go wrong, and from which nothing may go outside."""
    async with tab_of(browser, sandbox, **options) as tab:
        yield tab
        assert tab.wrong == []
        assert tab.outside == [], "a request left this machine"
