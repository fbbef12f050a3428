"""A P1 in Telegram: pages in private chats, climbing until somebody acknowledges, silent once somebody has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.telegram import Message
from tests.journeys.climbing import REPORTS, WIFI, climbs_until_somebody_has_it
from tests.journeys.telegram_stage import TelegramStage, play_in_telegram


async def open_p1(stage: TelegramStage, reporter: str = "anna.weber") -> None:
    """Somebody reports that nobody has Wi-Fi: everyone, blocked, hence P1."""
    person = stage.seat(reporter)
    await person.says(f"/new {REPORTS.get(reporter, REPORTS['anna.weber'])}")
    service = WIFI.get(reporter, "Wi-Fi")
    await person.fills({"Who is affected": "Everyone", "How bad is it": "Work has stopped", "Service": service})


def pages_so_far(stage: TelegramStage) -> dict[str, int]:
    """How many messages with *Acknowledge* each person was sent in private."""
    found = {}
    for key in stage.app.desk.organisation.people:
        sent = [call for call in stage.telegram.calls_to("sendMessage", stage.person(key).id) if call.ok]
        pages = [call for call in sent if "t:ack:" in str(call["reply_markup"])]
        if pages:
            found[key] = len(pages)
    return found


def open_pages(stage: TelegramStage, key: str) -> list[Message]:
    """The messages somebody can still acknowledge."""
    mine = stage.telegram.messages(stage.person(key))
    return [m for m in mine if any("t:ack:" in button.get("callback_data", "") for button in m.buttons)]


@pytest.mark.parametrize(("way", "reporter"), [("polling", "anna.weber"), ("webhook", "zhao.min")])
async def test_a_p1_nobody_claims_climbs_until_somebody_has_it(
    sqlite_url: str, tmp_path: Path, way: str, reporter: str
) -> None:
    """Tier two and the manager at once, then rung by rung; a page that lapses comes again; a claim is silence."""
    async with play_in_telegram(sqlite_url, tmp_path, way=way) as stage:
        await open_p1(stage, reporter)
        again = 3  # the page, the question, and the page again
        await climbs_until_somebody_has_it(stage, reporter, lambda: pages_so_far(stage), again=again)
        assert {key: open_pages(stage, key) for key in pages_so_far(stage) if open_pages(stage, key)} == {}


async def test_a_page_to_somebody_who_blocked_the_bot_goes_to_the_next(sqlite_url: str, tmp_path: Path) -> None:
    """At once, not after the minutes they would have had; and `Start` makes them reachable again."""
    async with play_in_telegram(sqlite_url, tmp_path) as stage:
        chen, zhang = stage.seat("chen.jie"), stage.seat("zhang.wei")
        await chen.hands.blocks_bot()
        await zhang.hands.blocks_bot()
        await open_p1(stage)
        assert set(pages_so_far(stage)) >= {"lukas.becker", "liu.yang"}
        assert not {"chen.jie", "zhang.wei"} & set(pages_so_far(stage))
        await chen.hands.starts()
        await open_p1(stage, "mia.hoffmann")
        assert "chen.jie" in pages_so_far(stage)
