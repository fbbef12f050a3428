"""A P1 nobody claims, as those who are paged see it in a real browser; the clock is turned, not waited for."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.seats import PATIENCE, Desk, Seat, open_desk
from tests.journeys.stage import Clock

pytestmark = pytest.mark.browser


async def test_a_p1_climbs_until_somebody_acknowledges_and_is_silent_once_claimed(
    tmp_path: Path, chromium: str
) -> None:
    """Tier two and the manager at once, the next rung, *Can't take it*, *Acknowledge*, decay, again, claimed."""
    async with open_desk(tmp_path, chromium, Clock()) as desk:
        # A message is written in the language its reader has when it is sent, so everybody sits down first.
        employee = await desk.seat("anna.weber", "en")
        manager, head = await desk.seat("zhang.wei", "en"), await desk.seat("helen.zhou", "en")
        tier_two, tier_three = await desk.seat("chen.jie", "en"), await desk.seat("sun.hao", "en")

        await report_p1(employee)
        for seat in (manager, tier_two):
            await seat.sees("P1 · T-1 needs somebody")

        desk.clock.advance(minutes=5)
        await tier_two.sees("this is step 2 of its ladder")
        desk.clock.advance(minutes=5)
        await tier_three.sees("this is step 3 of its ladder")

        await tier_three.presses("decline")
        await head.sees("this is step 4 of its ladder")
        await head.presses("ack")
        await manager.sees("acknowledged by Helen Zhou")
        assert await pages_of(head) == 1

        desk.clock.advance(minutes=16)
        await head.sees("nobody has claimed it since")
        assert await pages_of(head) == 2

        await tier_two.presses("claim")
        await employee.sees("Chen Jie has taken T-1")
        await silence(desk, head, manager, tier_three)


async def report_p1(employee: Seat) -> None:
    """Everyone is affected and nobody can work."""
    await employee.says("/new Nobody in the Berlin office has any Wi-Fi")
    form = employee.page.locator("form.form").last
    await form.get_by_label(employee.word("severity.blocked")).check()
    await form.get_by_label(employee.word("affected.everyone")).check()
    await employee.submits(employee.word("button.submit"))
    await employee.sees("P1 · critical")


async def pages_of(seat: Seat) -> int:
    """How many pages stand in this person's chat."""
    return await seat.page.get_by_role("heading", name="T-1 needs somebody").count()


async def silence(desk: Desk, *seats: Seat) -> None:
    """An hour later nobody has a new page, and the old ones ask for nothing."""
    before = [await pages_of(seat) for seat in seats]
    for seat in seats:
        await expect(seat.button("ack")).to_have_count(0, timeout=PATIENCE)
    desk.clock.advance(hours=1)
    while await desk.app.ticker.tick() + await desk.app.delivery.drain():
        pass
    assert [await pages_of(seat) for seat in seats] == before
