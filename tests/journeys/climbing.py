"""The story of a P1 that climbs its ladder, told once for every chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.journeys.slack_stage import SlackStage
from tests.journeys.telegram_stage import TelegramStage

REPORTS = {"anna.weber": "Nobody in the office has any Wi-Fi", "zhao.min": "三楼所有人都连不上无线网"}
WIFI = {"anna.weber": "Wi-Fi", "zhao.min": "无线网络"}
HEARS = {"anna.weber": "Chen Jie has taken T-1", "zhao.min": "陈杰已认领 T-1"}


async def climbs_until_somebody_has_it(
    stage: SlackStage | TelegramStage, reporter: str, pages: Callable[[], Mapping[str, int]], *, again: int
) -> None:
    """Tier two and the manager at once, then rung by rung; a page that lapses comes again; a claim is silence.

    The reporter's P1 has just been opened. `pages` counts each person's pages so far; `again` is the count of
    somebody whose acknowledgement has lapsed.
    """
    assert pages() == {"zhang.wei": 1, "chen.jie": 1}
    await stage.seat("zhang.wei").sees("P1 · T-1")

    await stage.pass_time(minutes=5)
    second = {"zhang.wei": 1, "chen.jie": 2, "lukas.becker": 1, "liu.yang": 1}
    assert pages() == second

    await stage.pass_time(minutes=5)
    assert pages() == second | {"sun.hao": 1}
    await stage.seat("sun.hao").presses("Can't take it")
    assert pages() == second | {"sun.hao": 1, "helen.zhou": 1}

    helen = stage.seat("helen.zhou")
    await helen.presses("Acknowledge")
    await helen.sees("已确认收到 T-1")
    await stage.seat("zhang.wei").sees("周海伦")

    await stage.pass_time(minutes=16)
    await helen.sees("您还在处理 T-1 吗")
    await stage.pass_time(minutes=6)  # no answer is an answer
    assert pages()["helen.zhou"] == again

    await stage.seat("chen.jie").presses("Claim", on="T-1")
    before = dict(pages())
    await stage.pass_time(hours=2)
    assert pages() == before
    await stage.seat(reporter).sees(HEARS[reporter])
