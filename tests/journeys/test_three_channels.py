"""The hard days of a help desk, lived through by people who sit in Slack, in Telegram and at the web desk at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from escalation.dispatch import on_duty
from escalation.ticket import Status
from tests.journeys.everywhere import Everywhere, Person, play_everywhere

NATIONAL_DAY_AT_TWO = datetime(2026, 9, 30, 18, 0, tzinfo=UTC)  # 02:00 in Tianjin, the evening before in Berlin
MONDAY_BEFORE_NINE = datetime(2026, 11, 30, 0, 50, tzinfo=UTC)  # Wang Fang's week ends in ten minutes
P1 = {"Who is affected": "Everyone", "How bad is it": "Work has stopped", "Service": "Wi-Fi"}


async def test_a_p1_at_two_in_the_night_of_a_holiday(sqlite_url: str, tmp_path: Path) -> None:
    """The ladder that never closes climbs through all three channels; what can wait waits for the holidays' end."""
    async with play_everywhere(
        sqlite_url,
        tmp_path,
        in_slack=("anna.weber", "liu.yang", "lukas.becker", "li.qiang"),
        in_telegram=("chen.jie", "felix.schmidt", "helen.zhou"),
        now=NATIONAL_DAY_AT_TWO,
    ) as stage:
        anna, felix, li = stage.person("anna.weber"), stage.person("felix.schmidt"), stage.person("li.qiang")
        chen, lukas, liu = stage.person("chen.jie"), stage.person("lukas.becker"), stage.person("liu.yang")
        manager = stage.person("zhang.wei")
        await felix.runs("new My phone shows the wrong time")
        await felix.fills({"Service": "Telephone"})
        await anna.runs("new Nobody in the Berlin office has any Wi-Fi")
        await anna.fills(P1)
        for paged in (chen, manager):
            await paged.sees("P1 · T-2")
        assert [await each.count("P1 · T-2") for each in (lukas, liu, li)] == [0, 0, 0]

        await stage.pass_time(minutes=5)
        for paged in (lukas, liu):
            await paged.sees("P1 · T-2")
        await lukas.presses("On my way", on="P1 · T-2")
        await lukas.fills({"By when": "21:00"})
        await lukas.sees("21:00")
        for told in (chen, manager):
            await told.sees("卢卡斯·贝克尔正在赶来")
        await stage.pass_time(minutes=50)
        assert await stage.person("helen.zhou").count("T-2") == 0
        await stage.pass_time(minutes=5)
        await lukas.sees("Are you still on T-2?")
        await lukas.presses("Yes, still on it")
        await lukas.sees("T-2 stays with you")
        assert await lukas.count("Are you still on T-2?") == 0
        await lukas.presses("Claim", on="P1 · T-2")
        await anna.sees("Lukas Becker has taken T-2")
        await lukas.runs("resolve 2 A switch had no power / It has")
        await anna.presses("It works", on="It has")
        assert (await stage.ticket(2)).status is Status.CLOSED

        await stage.pass_time(days=7, hours=4)  # Thursday, 8 October, 7:00: the first working day begins
        assert await li.count("T-1 需要有人处理") == 0
        await stage.pass_time(hours=2)
        assert await li.count("T-1 需要有人处理") == 1


@pytest.mark.parametrize(("leaves", "comes"), [("slack", "telegram"), ("telegram", "slack")])
async def test_a_shift_ends_with_an_acknowledged_page(sqlite_url: str, tmp_path: Path, leaves: str, comes: str) -> None:
    """Whoever comes next sees what is unfinished in their own channel, and has it all, as it stands, with one press."""
    seats = {leaves: ("wang.fang", "zhao.min"), comes: ("li.qiang", "pan.li")}
    async with play_everywhere(
        sqlite_url, tmp_path, in_slack=seats["slack"], in_telegram=seats["telegram"], now=MONDAY_BEFORE_NINE
    ) as stage:
        wang, li = stage.person("wang.fang"), stage.person("li.qiang")
        callers = [stage.person(key) for key in ("zhao.min", "pan.li", "anna.weber")]
        for caller, words in zip(callers, ("VPN is slow", "VPN asks twice", "VPN drops"), strict=True):
            await caller.runs(f"new {words}")
            await caller.fills({"Service": "VPN"})
        await wang.presses("Claim", on="T-1")
        await wang.presses("Claim", on="T-2")
        await wang.runs("hold 2 vendor")
        await wang.presses("Acknowledge", on="T-3")
        held = (await stage.ticket(2)).hold

        await stage.pass_time(minutes=11)
        await wang.sees("3 张没处理完的工单已请李强接手")
        offered = await li.sees("王芳下班时还有 3 张工单没处理完")
        assert all(f"T-{number}" in offered for number in (1, 2, 3))
        assert (await stage.ticket(1)).assignee == "wang.fang"
        await li.presses("Accept", on="没处理完")
        await li.sees("T-1、T-2、T-3 现在由您处理")
        await wang.sees("李强已从您手上接过 T-1")
        tickets = [await stage.ticket(number) for number in (1, 2, 3)]
        assert [ticket.assignee for ticket in tickets] == ["li.qiang"] * 3
        assert [ticket.status for ticket in tickets] == [Status.CLAIMED, Status.ON_HOLD, Status.CLAIMED]
        assert tickets[1].hold == held
        await callers[2].sees("Li Qiang has taken T-3")
        pages = await li.count("需要有人处理"), await wang.count("需要有人处理")
        await stage.pass_time(hours=3)
        assert (await li.count("需要有人处理"), await wang.count("需要有人处理")) == pages


CALLERS = {
    "slack": ("felix.schmidt", "laura.meyer", "zhao.min", "qian.hong"),
    "telegram": ("max.schulz", "sophie.richter", "pan.li", "lu.jia"),
    "web": ("anna.weber", "oliver.klein", "yuan.bo", "jiang.nan"),
}
IN_CHINESE = frozenset({"zhao.min", "qian.hong", "pan.li", "lu.jia", "yuan.bo", "jiang.nan"})


async def hears_once(stage: Everywhere, keys: tuple[str, ...], words: str) -> None:
    """Each of them was told these words once, framed in their language."""
    for key in keys:
        person = stage.person(key)
        frame = "VPN 的最新情况" if key in IN_CHINESE else "News on VPN"
        assert frame in await person.sees(words), key
        assert await person.count(words) == 1, key


async def test_a_spike_in_three_channels_becomes_a_major_incident(sqlite_url: str, tmp_path: Path) -> None:
    """Twelve callers; proposed by the bot, approved in Slack, commanded from Telegram; each hears all of it once."""
    async with play_everywhere(
        sqlite_url,
        tmp_path,
        in_slack=(*CALLERS["slack"], "zhang.wei"),
        in_telegram=(*CALLERS["telegram"], "wang.fang", "hannah.wolf"),
    ) as stage:
        callers = tuple(key for keys in CALLERS.values() for key in keys)
        for key in callers:
            await stage.person(key).runs("new The VPN is gone")
            await stage.person(key).fills({"Service": "VPN"})
        manager, commander, head = (stage.person(key) for key in ("zhang.wei", "wang.fang", "helen.zhou"))
        await stage.pass_time(seconds=20)
        assert "T-2、T-3、T-4" in await manager.sees("是重大故障吗")
        await commander.presses("Claim", on="T-1 ")
        await manager.presses("Approve", on="是重大故障吗")
        assert {(await stage.ticket(number)).parent for number in range(2, 13)} == {1}
        assert ["归入 T-1" in stage.telegram.cards(number)[0].text for number in (1, 2, 12)] == [False, True, True]

        await commander.sees("现在就该发布第一条")
        await commander.presses("Write update", on="该发布进展了")
        await commander.fills({"What is known, what is being done, when the next news comes": "A tunnel host is down"})
        await commander.sees("已告诉 12 人")
        await hears_once(stage, callers, "A tunnel host is down")

        thirteenth = stage.person("hannah.wolf")
        await thirteenth.says("my VPN keeps dropping")
        assert "A tunnel host is down" in await thirteenth.sees("We know about it")
        await thirteenth.presses("Add me", on="We know about it")
        await thirteenth.sees("You hear of every update")

        await stage.pass_time(minutes=31)
        await commander.sees("该发布进展了")
        await commander.runs("major 1 Back by 15:00")
        await commander.sees("已告诉 13 人")
        await hears_once(stage, (*callers, "hannah.wolf"), "Back by 15:00")

        await commander.presses("Report upward", on="重大故障：")
        await commander.fills({"What is to be told": "Nobody can work from home"})
        assert await head.count("Nobody can work from home") == 0
        await manager.presses("Send the report", on="Nobody can work from home")
        assert await head.count("Nobody can work from home") == 1

        await it_is_over(stage, callers, commander)


async def it_is_over(stage: Everywhere, callers: tuple[str, ...], commander: Person) -> None:
    """Each is asked; one in every channel says that it is still broken, the others' word closes their ticket."""
    await commander.runs("resolve 1 The tunnel host had burnt out / It was replaced")
    await stage.person("hannah.wolf").sees("VPN should work again")
    still_broken = {keys[-1] for keys in CALLERS.values()}
    for number, key in enumerate(callers, 1):
        person = stage.person(key)
        await person.sees("It was replaced")
        await person.presses("Still broken" if key in still_broken else "It works", on="It was replaced")
        if number > 1:
            ticket = await stage.ticket(number)
            assert ticket.status is (Status.NEW if key in still_broken else Status.CLOSED), key
    assert (await stage.ticket(1)).status is Status.RESOLVED
    await commander.presses("Write review", on="待复盘")
    await commander.fills({"Review": "We buy a second host"})
    await commander.sees("已复盘并关闭")
    await stage.person("felix.schmidt").runs("show 1")
    await stage.person("felix.schmidt").sees("Closed with its review")
    assert "closed with its review" in await stage.person("felix.schmidt").sees("T-1 is resolved")
    assert (await stage.ticket(1)).status is Status.CLOSED


@pytest.mark.parametrize(("asks", "answers"), [("slack", "telegram"), ("telegram", "slack")])
async def test_a_swap_is_asked_in_one_channel_and_accepted_in_another(
    sqlite_url: str, tmp_path: Path, asks: str, answers: str
) -> None:
    """The next page goes to the new person, and their lead at the web desk knows."""
    seats = {asks: ("wang.fang",), answers: ("li.qiang", "zhao.min")}
    async with play_everywhere(sqlite_url, tmp_path, in_slack=seats["slack"], in_telegram=seats["telegram"]) as stage:
        wang, li, zhao = (stage.person(key) for key in ("wang.fang", "li.qiang", "zhao.min"))
        await wang.runs("oncall network")
        await wang.presses("Swap a shift")
        shift = (await wang.offered("Your shift"))[0]
        assert "昨天 09:00" in shift
        back = "李强：11月30日 周一 09:00 – 12月7日 周一 09:00"
        await wang.fills({"Your shift": shift, "Who takes it": "李强", "What you take in return": back})
        await li.sees("王芳想和您换班")
        assert _on_call(stage) == ("wang.fang",)
        await li.presses("Accept", on="王芳想和您换班")
        await wang.sees("李强接下了您的班次")
        await stage.person("liu.yang").sees("李强接下了王芳的班次")
        assert _on_call(stage) == ("li.qiang",)
        await zhao.runs("new VPN is down")
        await zhao.fills({"Service": "VPN"})
        await li.sees("T-1 需要有人处理")
        assert await wang.count("T-1 需要有人处理") == 0
        assert _on_call(stage, days=7) == ("wang.fang",)


def _on_call(stage: Everywhere, **later: float) -> tuple[str, ...]:
    return on_duty(stage.app.desk.organisation.groups["network"], 1, stage.clock() + timedelta(**later))


def both_away_on_thursday(file: dict[str, Any]) -> None:
    """Both engineers of the network group's first line are on holiday on Thursday."""
    file["groups"]["network"]["tiers"][0]["rota"]["absences"] = [
        {"person": person, "start": "2026-11-26 09:00", "end": "2026-11-26 18:00"}
        for person in ("wang.fang", "li.qiang")
    ]


async def test_a_hole_is_told_before_it_hurts(sqlite_url: str, tmp_path: Path) -> None:
    """On Tuesday already, once, to the lead in Telegram and the admins in Slack and at the web desk."""
    async with play_everywhere(
        sqlite_url,
        tmp_path,
        in_slack=("emma.fischer", "ding.kai"),
        in_telegram=("liu.yang",),
        changes=both_away_on_thursday,
    ) as stage:
        await stage.pass_time(minutes=1)
        assert "11月26日 周四 09:00" in await stage.person("liu.yang").sees("未来一周有 1 处值班空档")
        assert "Thu 26 Nov" in await stage.person("emma.fischer").sees("Network")
        assert "11月26日 周四 09:00" in await stage.person("he.jun").sees("网络组")
        assert await stage.person("ding.kai").count("空档") == 0
        await stage.pass_time(hours=12)
        assert await stage.person("liu.yang").count("空档") == 1


@pytest.mark.parametrize(("writes", "decides"), [("slack", "telegram"), ("telegram", "slack")])
async def test_what_was_learned_becomes_an_answer(sqlite_url: str, tmp_path: Path, writes: str, decides: str) -> None:
    """By the shortcut in Slack or the word in Telegram; published in the other, given at the web desk."""
    seats = {writes: ("lukas.becker",), decides: ("zhang.wei",)}
    async with play_everywhere(sqlite_url, tmp_path, in_slack=seats["slack"], in_telegram=seats["telegram"]) as stage:
        anna, lukas, manager = (stage.person(key) for key in ("anna.weber", "lukas.becker", "zhang.wei"))
        await anna.runs("new The Spree projector shows a pink picture")
        await anna.fills({"Service": "Wi-Fi"})
        await lukas.runs("claim 1")
        await lukas.runs("resolve 1 The dongle was loose / Push the pink dongle in until it clicks")
        if writes == "slack":
            said = stage.slack.seat("lukas.becker").hands.message("Push the pink dongle")
            await stage.slack.seat("lukas.becker").hands.message_shortcut("Save as answer", on=said)
            await stage.settle()
        else:
            await lukas.runs("answer 1")
        await lukas.fills({"How people ask for it, one a line": "Why is the projector pink?"})
        await manager.sees("Push the pink dongle in until it clicks")
        await manager.runs("answer")
        await manager.presses("The Spree projector shows a pink picture", on="待审答案")
        await manager.presses("Change…", on="Push the pink dongle")
        await manager.fills({"Title": "A pink picture from a projector"})
        await manager.presses("Publish", on="A pink picture")
        await lukas.sees("published your answer")
        await stage.pass_time(seconds=2)
        await stage.person("oliver.klein").says("Why is the projector pink?")
        await stage.person("oliver.klein").sees("Push the pink dongle in until it clicks")


@pytest.mark.parametrize(("works", "decides"), [("slack", "telegram"), ("telegram", "slack")])
async def test_a_major_incident_changes_hands(sqlite_url: str, tmp_path: Path, works: str, decides: str) -> None:
    """Proposed with the button, approved and taken command of from another channel, reported to nobody, reviewed."""
    seats = {works: ("wang.fang",), decides: ("zhang.wei", "liu.yang")}
    async with play_everywhere(sqlite_url, tmp_path, in_slack=seats["slack"], in_telegram=seats["telegram"]) as stage:
        anna, wang, liu, manager = (stage.person(key) for key in ("anna.weber", "wang.fang", "liu.yang", "zhang.wei"))
        await anna.runs("new The VPN is gone")
        await anna.fills({"Service": "VPN"})
        await wang.presses("Claim", on="T-1")
        await wang.runs("show 1")
        await wang.presses("More", on="T-1")
        await wang.presses("Major incident", on="T-1")
        await wang.presses("Yes, propose it")
        await wang.sees("由张伟决定")
        await manager.presses("Approve", on="是重大故障吗")
        await wang.sees("现在就该发布第一条")

        await liu.runs("major 1")
        await liu.presses("Take command", on="重大故障：")
        await stage.pass_time(minutes=31)
        await liu.presses("Write update", on="该发布进展了")
        await liu.fills({"What is known, what is being done, when the next news comes": "A tunnel host is down"})
        assert await anna.count("A tunnel host is down") == 1
        await liu.presses("Report upward", on="重大故障：")
        await liu.fills({"What is to be told": "Nobody can work from home"})
        await manager.presses("Do not send", on="Nobody can work from home")
        assert await stage.person("helen.zhou").count("Nobody can work from home") == 0

        await wang.runs("resolve 1 Burnt out / Replaced")
        await liu.presses("Write review", on="待复盘")
        await liu.fills({"Review": "We buy a second host"})
        assert (await stage.ticket(1)).status is Status.CLOSED
