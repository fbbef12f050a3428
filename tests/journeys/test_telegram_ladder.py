"""A P1 in Telegram: pages in private chats, climbing until somebody acknowledges, silent once somebody has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.telegram import Message
from tests.journeys.telegram_stage import TelegramStage, play_in_telegram

REPORTS = {"anna.weber": "Nobody in the office has any Wi-Fi", "zhao.min": "三楼所有人都连不上无线网"}
WIFI = {"anna.weber": "Wi-Fi", "zhao.min": "无线网络"}
HEARS = {"anna.weber": "Chen Jie has taken T-1", "zhao.min": "陈杰已认领 T-1"}


async def open_p1(stage: TelegramStage, reporter: str = "anna.weber") -> None:
    """Somebody reports that nobody has Wi-Fi: everyone, blocked, hence P1."""
    person = stage.seat(reporter)
    await person.says(f"/new {REPORTS.get(reporter, REPORTS['anna.weber'])}")
    service = WIFI.get(reporter, "Wi-Fi")
    await person.fills({"Who is affected": "Everyone", "How bad is it": "We cannot work", "Service": service})


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


@pytest.mark.parametrize("reporter", REPORTS)
@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_a_p1_nobody_claims_climbs_until_somebody_has_it(
    sqlite_url: str, tmp_path: Path, way: str, reporter: str
) -> None:
    """Tier two and the manager at once, then rung by rung; a page that lapses comes again; a claim is silence."""
    async with play_in_telegram(sqlite_url, tmp_path, way=way) as stage:
        await open_p1(stage, reporter)
        assert pages_so_far(stage) == {"zhang.wei": 1, "chen.jie": 1}
        await stage.seat("zhang.wei").sees("P1 · T-1")

        await stage.pass_time(minutes=5)
        second = {"zhang.wei": 1, "chen.jie": 2, "lukas.becker": 1, "liu.yang": 1}
        assert pages_so_far(stage) == second

        await stage.pass_time(minutes=5)
        assert pages_so_far(stage) == second | {"sun.hao": 1}
        await stage.seat("sun.hao").presses("Can't take it")
        assert pages_so_far(stage) == second | {"sun.hao": 1, "helen.zhou": 1}

        helen = stage.seat("helen.zhou")
        await helen.presses("Acknowledge")
        await helen.sees("已确认收到 T-1")
        await stage.seat("zhang.wei").sees("周海伦")

        await stage.pass_time(minutes=16)
        await helen.sees("您还在处理 T-1 吗")
        await stage.pass_time(minutes=6)  # no answer is an answer
        assert pages_so_far(stage)["helen.zhou"] == 3  # the page, the question, and the page again

        await stage.seat("chen.jie").presses("Claim", on="T-1")
        before = pages_so_far(stage)
        await stage.pass_time(hours=2)
        assert pages_so_far(stage) == before
        await stage.seat(reporter).sees(HEARS[reporter])
        assert {key: open_pages(stage, key) for key in before if open_pages(stage, key)} == {}


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
