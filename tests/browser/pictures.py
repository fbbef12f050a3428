"""Take the pictures of the README anew: `python -m tests.browser.pictures /usr/bin/chromium`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.browser.seats import Desk, Seat, open_desk
from tests.browser.test_journey import ANSWERS, fill_the_form
from tests.fixtures.browser import running_chromium
from tests.journeys.stage import Clock

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


async def take(chromium: str) -> None:
    """A chat in English and in Chinese, the engineers' queue, a ticket, and the chat on a phone in the dark."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with running_chromium(chromium) as browser, open_desk(Path(folder), browser, Clock()) as desk:
            employee = await desk.seat("anna.weber", "en")
            await until_the_answer(employee, "My VPN drops every few minutes since this morning")
            await employee.screenshot(PICTURES / "chat.png")
            await employee.presses("open_ticket")
            await fill_the_form(employee)
            await others(desk)
            engineer = await desk.seat("wang.fang", "en")
            await engineer.goes_to("/queue")
            await engineer.sees("T-2")
            await engineer.screenshot(PICTURES / "queue.png")
            await engineer.goes_to("/t/1")
            await engineer.sees("T-1")
            await engineer.screenshot(PICTURES / "ticket.png")


async def until_the_answer(employee: Seat, fault: str) -> None:
    """Checks and guided steps, up to the article."""
    await employee.says(fault)
    await employee.sees(employee.word("probes.done", service="VPN"))
    for step, answer in enumerate(ANSWERS[employee.language], 1):
        await employee.sees(employee.word("flow.progress", number=step, total=4))
        if step == 2:
            await employee.screenshot(PICTURES / "steps.png")
        await employee.page.get_by_role("button", name=answer, exact=True).last.click()
    await employee.sees(employee.word("answer.state"))


async def others(desk: Desk) -> None:
    """A colleague in Tianjin has a trouble too, on a phone, in the dark."""
    colleague = await desk.seat("zhao.min", "zh")
    await colleague.page.set_viewport_size({"width": 390, "height": 780})
    await colleague.page.emulate_media(color_scheme="dark")
    await colleague.says("三楼会议室的无线网连不上")
    await colleague.sees(colleague.word("flow.progress", number=1, total=4))
    await colleague.screenshot(PICTURES / "phone.png")
    await colleague.presses("human")
    form = colleague.page.locator("form.form").last
    await form.get_by_label(colleague.word("severity.slowed")).check()
    await form.get_by_label(colleague.word("affected.team")).check()
    await colleague.submits(colleague.word("button.submit"))
    await colleague.sees("T-2")


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1]))
