"""Danger: people are alerted at once, once for the same danger, and whoever reports it too is kept informed."""

from __future__ import annotations

import pytest

from bot.messages import Card
from bot.phrases import tell
from storage import tickets
from tests.journeys.stage import Stage


async def how_many(stage: Stage) -> int:
    async with stage.app.database.reading() as tx:
        return await tickets.count(tx, tickets.Filter())


async def test_a_danger_goes_to_whoever_can_switch_things_off(stage: Stage) -> None:
    """Smoke concerns no service: it has a category and a group of its own, and pages tier two and the manager."""
    await stage.person("zhao.min").says("机房冒烟了")
    ticket = await stage.ticket(1)
    assert (ticket.category, ticket.group, ticket.priority, ticket.tier) == ("emergency", "servers", "P1", 2)
    await stage.person("zhang.wei").sees("机房冒烟了")


@pytest.mark.parametrize(
    ("key", "words", "reported", "taken", "over"),
    [
        ("anna.weber", "smoke in the server room", "already reported as T-1", "is on T-1", "T-1 is over: Power cut"),
        ("li.xin", "机房在冒烟！", "已经有人报告了（T-1）", "正在处理 T-1", "T-1 已处理完毕：Power cut"),
    ],
)
async def test_the_second_report_alerts_nobody_twice(
    stage: Stage, key: str, words: str, reported: str, taken: str, over: str
) -> None:
    """Their words reach those who are on it at once; *Add me* keeps them informed in their language."""
    first, second, emma = stage.person("zhao.min"), stage.person(key), stage.person("emma.fischer")
    await first.says("机房冒烟了")
    pages = await emma.count("needs somebody")
    await second.says(words)
    await second.sees(reported)
    assert await how_many(stage) == 1
    await emma.sees(words)
    assert await emma.count("needs somebody") == pages
    await second.presses("Add me")
    assert await second.offers() == []
    await emma.commands("/claim 1")
    await second.sees(taken)
    await emma.commands("/resolve 1 A burnt fan / Power cut")
    await second.sees(over)


@pytest.mark.parametrize(("key", "words"), [("anna.weber", "smoke in the server room"), ("li.xin", "机房在冒烟！")])
async def test_a_different_danger_is_one_press_away(stage: Stage, key: str, words: str) -> None:
    """*Mine is different* is a second alarm, at once."""
    await stage.person("zhao.min").says("机房冒烟了")
    second = stage.person(key)
    await second.says(words)
    await second.presses("Mine is different")
    ticket = await stage.ticket(2)
    assert (ticket.priority, ticket.requester, ticket.summary) == ("P1", key, words)


async def test_an_attack_is_not_the_smoke(stage: Stage) -> None:
    """What is plainly another danger is not asked about."""
    await stage.person("zhao.min").says("VPN 网关机柜着火了")
    await stage.person("anna.weber").says("ransomware on my screen, all files are encrypted")
    assert await how_many(stage) == 2
    assert (await stage.ticket(2)).group == "servers"


async def test_the_same_person_again_adds_to_their_own(stage: Stage) -> None:
    """Said twice in fright, it is one ticket."""
    zhao = stage.person("zhao.min")
    await zhao.says("机房冒烟了")
    await zhao.says("机房着火了！")
    assert await how_many(stage) == 1
    await zhao.sees("您的话也加进去了")


@pytest.mark.parametrize(
    ("key", "danger", "asked"),
    [
        ("anna.weber", "smoke in the server room", ("what is happening with it?", "and now?", "what's going on?")),
        ("zhao.min", "机房冒烟了", ("现在怎么样了", "现在呢", "然后呢", "情况怎么样？")),
    ],
)
async def test_whoever_asks_how_it_goes_is_shown_their_emergency(
    stage: Stage, key: str, danger: str, asked: tuple[str, ...]
) -> None:
    """Nobody in fright is handed a form, or a list to look it up in; with another ticket open it is still this one."""
    person = stage.person(key)
    await person.commands("/new mouse dead")
    await person.fills()
    await person.says(danger)
    for question in asked:
        answer = await person.says(question)
        (card,) = answer.replies
        assert isinstance(card, Card)
        assert card.title.startswith("T-2")
    assert await how_many(stage) == 2


@pytest.mark.parametrize(
    ("key", "danger", "asked", "waiting", "taken"),
    [
        ("anna.weber", "smoke in the server room", "any news?", "Nobody has taken T-1 yet", "is on T-1"),
        ("li.xin", "机房在冒烟！", "现在怎么样了", "T-1 还没有人接手", "正在处理 T-1"),
    ],
)
async def test_whoever_reported_it_second_hears_how_it_goes_too(
    stage: Stage, key: str, danger: str, asked: str, waiting: str, taken: str
) -> None:
    """It is not their ticket, but their danger: before *Add me* and after it, until it is over."""
    second = stage.person(key)
    await stage.person("zhao.min").says("机房冒烟了")
    await second.says(danger)
    await second.says(asked)
    await second.sees(waiting)
    await second.presses("Add me")
    await stage.person("emma.fischer").commands("/claim 1")
    told = await second.count(taken)
    await second.says(asked)
    assert await second.count(taken) == told + 1
    await stage.person("emma.fischer").commands("/resolve 1 A burnt fan / Power cut")
    await second.says(asked)
    await second.sees(tell("emergency.ended", second.language, ticket="T-1"))
