"""Take the pictures of docs/slack.md anew: `python -m tests.browser.slack_pictures /usr/bin/chromium`.

A fault and a page are played in the fake workspace; what Slack was sent is drawn in Slack's manner.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from tests.browser import slack_drawn
from tests.journeys.slack_stage import ROOM, Seat, SlackStage, play_in_slack
from tests.journeys.test_slack_fault import skip_to_the_answer

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def english(text: dict[str, Any]) -> None:
    """The company with its rooms in English, and a manager who reads it."""
    text["organisation"]["languages"] = ["en", "zh"]
    text["people"]["zhang.wei"]["language"] = "en"


async def play(stage: SlackStage) -> dict[str, str]:
    """The pages to be photographed, by the name of their picture."""
    lukas, anna, emma = stage.seat("lukas.becker"), stage.seat("anna.weber"), stage.seat("emma.fischer")
    pages = {}
    await anna.says("The wifi on my laptop drops every few minutes since this morning")
    await skip_to_the_answer(anna)
    pages["slack-answer"] = direct(stage, anna, last=1)
    await anna.presses("Open a ticket")
    pages["slack-form"] = slack_drawn.modal(await anna.hands.has_form())
    await anna.fills({"How bad is it": "Work has stopped", "Who is affected": "My team"})
    await lukas.presses("Claim", on="T-1")
    await lukas.answers("Please hold the laptop closer to the window for a minute", thread=card(stage))
    await anna.hands.uploads("screen.png", b"\x89PNG", text="This is what I see at the window")
    await stage.settle()
    room = stage.workspace.room(ROOM)
    pages["slack-channel"] = slack_drawn.conversation(stage.workspace, "# network", room.messages, lukas.hands.id)
    pages["slack-ticket"] = direct(stage, anna, last=6)
    await emma.runs("new Nobody in the Berlin office has any Wi-Fi")
    await emma.fills({"Who is affected": "Everyone", "How bad is it": "Work has stopped", "Service": "Wi-Fi"})
    manager = stage.seat("zhang.wei")
    pages["slack-page"] = direct(stage, manager, last=1)
    await manager.hands.opens_home()
    await stage.workspace.until(lambda: manager.hands.id in stage.workspace.homes)
    pages["slack-home"] = slack_drawn.home(stage.workspace.homes[manager.hands.id])
    return pages


def card(stage: SlackStage) -> str:
    """The timestamp of the first ticket's live card."""
    return next(message.ts for message in stage.workspace.messages(ROOM) if message.by_app)


def direct(stage: SlackStage, seat: Seat, last: int) -> str:
    """Somebody's latest direct messages."""
    messages = stage.workspace.direct_messages(seat.hands.id).messages[-last:]
    return slack_drawn.conversation(stage.workspace, "Firstline", messages, seat.hands.id)


async def take(chromium: str) -> None:
    """Everything played, drawn and photographed."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with play_in_slack(f"sqlite+aiosqlite:///{folder}/firstline.db", Path(folder), changes=english) as stage:
            pages = await play(stage)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 760, "height": 200}, device_scale_factor=1.25)
        for name, content in pages.items():
            await page.set_content(content)
            await page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1]))
