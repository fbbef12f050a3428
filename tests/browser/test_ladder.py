"""A P1 nobody claims, as those who are paged see it in a real browser; the clock is turned, not waited for."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.seats import PATIENCE, Desk, Seat, open_desk
from tests.journeys.stage import Clock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


FAULT = {"en": "Nobody in the Berlin office has any Wi-Fi", "zh": "柏林办公室所有人都连不上 Wi-Fi"}


# In Chinese it is climbed in every run without a browser, and the other journey shows Chinese pages in one.
@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.slow)])
async def test_a_p1_climbs_until_somebody_acknowledges_and_is_silent_once_claimed(
    language: str, tmp_path: Path, browser: Browser
) -> None:
    """Tier two and the manager at once, the next rung, *Can't take it*, *Acknowledge*, decay, again, claimed."""
    async with open_desk(tmp_path, browser, Clock()) as desk:
        # A message is written in the language its reader has when it is sent, so everybody sits down first.
        employee = await desk.seat("anna.weber", language)
        manager, head = await desk.seat("zhang.wei", language), await desk.seat("helen.zhou", language)
        tier_two, tier_three = await desk.seat("chen.jie", language), await desk.seat("sun.hao", language)

        await report_p1(employee)
        for seat in (manager, tier_two):
            await seat.sees(seat.word("page.title", priority="P1", ticket="T-1"))

        desk.clock.advance(minutes=5)
        await tier_two.sees(tier_two.word("page.next", ticket="T-1", rung=2))
        desk.clock.advance(minutes=5)
        await tier_three.sees(tier_three.word("page.next", ticket="T-1", rung=3))

        await tier_three.presses("decline")
        await head.sees(head.word("page.next", ticket="T-1", rung=4))
        await head.presses("ack")
        await manager.sees(manager.word("page.held", who=name("helen.zhou", desk, language)))
        assert await pages_of(head) == 1

        desk.clock.advance(minutes=16)
        await head.sees(head.word("told.still_on_it", ticket="T-1"))
        desk.clock.advance(minutes=10)  # no answer is an answer
        await head.sees(head.word("page.lapsed", who=head.word("name.you"), ticket="T-1"))
        assert await pages_of(head) == 2

        await tier_two.presses("claim")
        await employee.sees(employee.word("step.claim", who=name("chen.jie", desk, language), ticket="T-1"))
        await silence(desk, head, manager, tier_three)


def name(person: str, desk: Desk, language: str) -> str:
    """A person's name in this language."""
    return desk.app.desk.organisation.people[person].called(language)


async def report_p1(employee: Seat) -> None:
    """Everyone is affected and nobody can work."""
    await employee.says(f"/new {FAULT[employee.language]}")
    form = employee.page.locator("form.form").last
    await form.get_by_label(employee.word("severity.blocked")).check()
    await form.get_by_label(employee.word("affected.everyone")).check()
    await employee.submits(employee.word("button.submit"))
    await employee.sees(f"P1 · {employee.word('priority.P1')}")


async def pages_of(seat: Seat) -> int:
    """How many pages stand in this person's chat."""
    title = seat.word("page.title", priority="P1", ticket="T-1")
    return await seat.page.get_by_role("heading", name=title).count()


async def silence(desk: Desk, *seats: Seat) -> None:
    """An hour later nobody has a new page, and the old ones ask for nothing."""
    for seat in seats:
        await expect(seat.button("ack")).to_have_count(0, timeout=PATIENCE)
    before = [await pages_of(seat) for seat in seats]
    desk.clock.advance(hours=1)
    while await desk.app.ticker.tick() + await desk.app.delivery.drain():
        pass
    assert [await pages_of(seat) for seat in seats] == before
