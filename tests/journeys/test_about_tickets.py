"""What people ask about tickets themselves is answered, and is no trouble and no ticket of its own."""

from __future__ import annotations

import pytest

from bot.phrases import tell
from tests.journeys.stage import Stage

ANNA, ZHAO, MA = "anna.weber", "zhao.min", "ma.li"


@pytest.mark.parametrize(
    ("key", "asks", "way"),
    [
        (ANNA, "how do I file a ticket for somebody else?", "for_others"),
        (ANNA, "can I open a ticket for my colleague", "for_others"),
        (ANNA, "how do I cancel my ticket?", "withdraw"),
        (ANNA, "how do I close a ticket", "close"),
        (ANNA, "How can I add a photo to my ticket?", "add"),
        (ANNA, "how to create a ticket", "new"),
        (ZHAO, "怎么替别人提交工单", "for_others"),
        (ZHAO, "能不能替同事报修", "for_others"),
        (ZHAO, "怎么取消工单", "withdraw"),
        (ZHAO, "工單怎麼關閉", "close"),
        (ZHAO, "怎么催单", "hurry"),
        (ZHAO, "怎么报修", "new"),
        (MA, "怎么帮同事提工单", "for_others_staff"),
    ],
)
async def test_how_it_is_done_here_is_told(stage: Stage, key: str, asks: str, way: str) -> None:
    """In the middle of a trouble, too, whose question stays open."""
    person = stage.person(key)
    await person.says("打印机卡纸了" if person.language == "zh" else "the printer jams")
    asked = await person.offers()
    await person.says(asks)
    await person.sees(tell(f"way.{way.removesuffix('_staff')}.title", person.language))
    await person.sees(tell(f"way.{way}", person.language, root="/", **_labels(person.language)))
    await person.presses(asked[0])
    assert await stage.count_tickets() == 0


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (ANNA, "how do I request a laptop for my colleague"),
        (ANNA, "why did you close my ticket"),
        (ANNA, "how do I file a case in SAP"),
        (ZHAO, "怎么取消会议室申请"),
        (ZHAO, "怎么还没处理我的工单"),
    ],
)
async def test_what_only_sounds_like_it_is_taken_for_what_it_is(stage: Stage, key: str, says: str) -> None:
    person = stage.person(key)
    await person.says(says)
    shown = await person.screen()
    assert not [way for way in ("for_others", "withdraw", "close", "new") if _title(way, person.language) in shown]


def _title(way: str, language: str) -> str:
    return tell(f"way.{way}.title", language)


def _labels(language: str) -> dict[str, str]:
    names = ("my_tickets", "withdraw", "confirm", "reopen", "comment", "chase")
    return {name: tell(f"button.{name}", language) for name in names}
