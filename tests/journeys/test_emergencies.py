"""Danger: people are alerted at once, once for the same danger, and whoever reports it too is kept informed."""

from __future__ import annotations

import pytest

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
