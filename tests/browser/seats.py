"""People in front of a real browser: they type, press what they read, and see what is on the page."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from bot.app import App
from bot.phrases import tell
from bot.settings import Settings
from tests.journeys.stage import Clock

PATIENCE = 20_000  # milliseconds; two cores may be busy with something else


@dataclass
class Desk:
    """A running web desk and the browser in front of it."""

    app: App
    clock: Clock
    browser: Browser
    address: str

    async def photograph(self, folder: Path) -> None:
        """What everybody sees at this moment, for whoever reads a failed run."""
        for number, context in enumerate(self.browser.contexts):
            for page in context.pages:
                await page.screenshot(path=folder / f"seat-{number}.png", full_page=True)

    async def seat(self, key: str, language: str) -> Seat:
        """Sit down as this person, in a browser context of their own, speaking this language."""
        locale = "zh-CN" if language == "zh" else "en-GB"
        context = await self.browser.new_context(
            viewport={"width": 1180, "height": 900}, locale=locale, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        picker = await context.new_page()
        await picker.goto(f"{self.address}/")
        name = self.app.desk.organisation.people[key].called(language)
        async with context.expect_page() as opened:
            await picker.get_by_role("button", name=name).first.click()
        page = await opened.value
        await page.wait_for_load_state()
        await picker.close()
        return Seat(context, page, language, f"{self.address}/seat/{key}")


@dataclass
class Seat:
    """One person's tab."""

    context: BrowserContext
    page: Page
    language: str
    base: str

    def word(self, key: str, **facts: str | int) -> str:
        """A phrase as this person reads it."""
        return tell(key, self.language, **facts)

    async def says(self, text: str) -> None:
        """Type into the box and press Enter, as a person does."""
        box = self.page.locator("textarea").last
        await box.click()
        await box.press_sequentially(text, delay=5)
        await box.press("Enter")

    async def presses(self, key: str) -> None:
        """The newest button with this word."""
        await self.page.get_by_role("button", name=self.word(f"button.{key}"), exact=True).last.click()

    def button(self, key: str) -> Locator:
        """The newest button with this word."""
        return self.page.get_by_role("button", name=self.word(f"button.{key}"), exact=True).last

    async def presses_in_row(self, key: str) -> None:
        """A button in a list, whose accessible name goes on with the ticket it is about."""
        await self.page.get_by_role("button", name=self.word(f"button.{key}")).first.click()

    async def fills(self, label: str, text: str) -> None:
        """The newest field with this label."""
        await self.page.get_by_label(label).last.fill(text)

    async def chooses(self, label: str, choice: str) -> None:
        """One of a few choices, by its words."""
        await self.page.get_by_role("radiogroup", name=label).last.get_by_label(choice).check()

    async def submits(self, label: str) -> None:
        """The sending button of the form on the table."""
        await self.page.locator("form.form").last.get_by_role("button", name=label).click()

    async def attaches(self, name: str, content: bytes) -> None:
        """Choose a file and send it."""
        file = FilePayload(name=name, mimeType="image/png", buffer=content)
        await self.page.locator("input[type=file]").last.set_input_files(file)
        await self.page.locator("textarea").last.press("Enter")

    async def sees(self, words: str) -> None:
        """These words, somewhere on the page, sooner or later, without a reload."""
        await expect(self.page.get_by_text(words).last).to_be_visible(timeout=PATIENCE)

    async def goes_to(self, path: str) -> None:
        """Another page of the desk."""
        await self.page.goto(self.base + path)

    async def screenshot(self, path: Path) -> None:
        """A picture of what they see."""
        await self.page.screenshot(path=path)


@contextlib.asynccontextmanager
async def open_desk(folder: Path, browser: Browser, clock: Clock) -> AsyncIterator[Desk]:
    """The sample company on a fresh database, served on a free port, with a browser in front of it."""
    port = free_port()
    settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'firstline.db'}", port=port)
    app = await App.build(settings, clock=clock)
    ready = asyncio.Event()
    server = app.server(ready.set)
    async with app.working():
        serving = asyncio.create_task(server.serve())
        try:
            await ready.wait()
            desk = Desk(app, clock, browser, f"http://127.0.0.1:{port}")
            try:
                yield desk
            except BaseException:
                await desk.photograph(folder)
                raise
            finally:
                for context in browser.contexts:
                    await context.close()
        finally:
            server.handle_exit(signal.SIGTERM, None)
            await serving


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
