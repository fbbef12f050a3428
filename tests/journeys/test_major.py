"""A major incident, from a spike or from an engineer, to its review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from bot.web.reading import DeskViews
from bot.web.views import QueueFilter
from escalation.ticket import Action, Status
from storage import majors
from storage.tables import ticket_events
from tests.journeys.stage import Somebody, Stage, play

CALLERS = ("zhao.min", "anna.weber", "li.xin", "felix.schmidt", "max.schulz")


async def report(stage: Stage, callers: Sequence[str]) -> list[Somebody]:
    """Each of them files that the VPN is gone."""
    people = []
    for key in callers:
        person = stage.person(key)
        await person.commands("/new The VPN is gone")
        await person.fills(service="vpn")
        people.append(person)
    return people


async def declared(stage: Stage) -> tuple[Somebody, Somebody]:
    """Wang Fang claims T-1 and proposes it, Zhang Wei approves."""
    engineer, manager = stage.person("wang.fang"), stage.person("zhang.wei")
    await engineer.commands("/claim 1")
    await engineer.commands("/major 1")
    await manager.presses("Approve")
    return engineer, manager


async def test_a_spike_is_seen_proposed_approved_and_its_reports_are_linked(database_url: str) -> None:
    async with play(database_url) as stage:
        manager, engineer = stage.person("zhang.wei"), stage.person("wang.fang")
        await report(stage, CALLERS[:4])
        await stage.pass_time(seconds=20)
        await manager.does_not_see("是重大故障吗")
        callers = await report(stage, CALLERS[4:])
        await stage.pass_time(seconds=20)
        proposal = await manager.sees("是重大故障吗")
        assert "T-2、T-3、T-4、T-5" in proposal
        assert "受影响人数: 5" in proposal
        await engineer.commands("/claim 1")
        await manager.presses("Approve")
        await engineer.sees("现在就该发布第一条")
        assert [(await stage.ticket(number)).parent for number in (2, 3, 4, 5)] == [1, 1, 1, 1]
        assert (await stage.ticket(1)).major
        await see_on_their_pages_that_it_is_one(stage)

        await engineer.commands("/major 1 Tunnel host is down, back by 15:00")
        await engineer.sees("已告诉 5 人")
        for caller in (*callers, *(stage.person(key) for key in CALLERS[:4])):
            await caller.sees("Tunnel host is down, back by 15:00")
            assert await caller.count("Tunnel host is down") == 1


async def see_on_their_pages_that_it_is_one(stage: Stage) -> None:
    """In the queue and on the ticket, whoever works there; whoever asked has a ticket like any other."""
    views = DeskViews(stage.app.database, stage.app.desk)
    marks = {row.name: row.incident for row in await views.queue("wang.fang", QueueFilter())}
    assert marks == {"T-1": "重大故障", **dict.fromkeys(("T-2", "T-3", "T-4", "T-5"), "归入 T-1，一并处理")}
    pages = [await views.ticket(person, 1) for person in ("wang.fang", CALLERS[0])]
    assert [page and page.incident for page in pages] == ["重大故障", ""]


async def tell(stage: Stage, told: Sequence[tuple[str, str]]) -> None:
    """Each caller files their own words, under the service they believe it is."""
    for key, (words, service) in zip(CALLERS, told, strict=True):
        person = stage.person(key)
        await person.commands(f"/new {words}")
        await person.fills(service=service)
    await stage.pass_time(seconds=20)


async def test_one_outage_in_quite_different_words_and_languages_is_seen(sqlite_url: str) -> None:
    """Five callers, two languages, two of them without a service: one fault."""
    async with play(sqlite_url) as stage:
        told = (
            ("无线网连不上", "wifi"),
            ("wifi is down on floor 3", "wifi"),
            ("WIFI连上了没网", "other"),
            ("no wireless signal on my laptop", "wifi"),
            ("cannot connect to the office wlan", "other"),
        )
        await tell(stage, told)
        assert "T-2、T-3、T-4、T-5" in await stage.person("zhang.wei").sees("是重大故障吗")


async def test_different_faults_of_one_service_are_no_spike(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        told = (
            ("打印机卡纸了", "printing"),
            ("prints stripes and pale pages", "printing"),
            ("how do I add the printer on the 4th floor", "printing"),
            ("printer is offline, jobs stay in the queue", "printing"),
            ("printer is offline", "printing"),
        )
        await tell(stage, told)
        assert await stage.count_tickets() == 5
        await stage.person("zhang.wei").does_not_see("是重大故障吗")


async def test_the_commander_is_reminded_until_an_update_is_written(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        (caller,) = await report(stage, CALLERS[:1])
        engineer, _ = await declared(stage)
        assert await engineer.count("该发布进展了") == 1
        await stage.pass_time(minutes=31)
        assert await engineer.count("该发布进展了") == 2
        await engineer.presses("Write update", on="T-1")
        await engineer.fills(update="We have found the cause")
        await engineer.sees("已发送\nWe have found the cause")  # what was sent stands where the form stood
        await caller.sees("We have found the cause")
        await stage.pass_time(minutes=29)
        assert await engineer.count("该发布进展了") == 2


async def test_when_it_is_solved_each_caller_is_asked_and_only_their_word_closes_their_ticket(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        _, anna, li = await report(stage, CALLERS[:3])
        engineer, _ = await declared(stage)
        for number in (2, 3):
            await stage.person("wang.fang").commands(f"/link {number} 1 child")
        async with stage.app.database.transaction() as tx:
            await majors.follow(tx, 1, "felix.schmidt", stage.clock())
        await engineer.commands("/resolve 1 The tunnel host had burnt out / It was replaced")
        await stage.settle()
        await anna.sees("VPN should work again")
        await stage.person("felix.schmidt").sees("VPN should work again")
        assert [(await stage.ticket(number)).open for number in (2, 3)] == [True, True]
        await anna.presses("It works", on="Does it work for you")
        await li.presses("Still broken", on="您那边也好了吗")
        await anna.sees("T-2 is closed")
        assert (await stage.ticket(2)).status is Status.CLOSED
        assert (await stage.ticket(2)).solution == "It was replaced"
        assert (await stage.ticket(3)).open


async def paged(stage: Stage) -> Counter[int]:
    """How often each ticket's ladder has paged anybody."""
    async with stage.app.database.reading() as tx:
        told = select(ticket_events.c.ticket_id).where(ticket_events.c.action == Action.PAGE.value)
        return Counter(row.ticket_id for row in await tx.all(told))


async def test_nobody_is_paged_for_each_report_of_one_outage_while_it_is_worked_on(sqlite_url: str) -> None:
    """Their clocks go on. Once it is over, whoever says that it is still broken is heard at once, the others soon."""
    async with play(sqlite_url) as stage:
        await report(stage, CALLERS)
        engineer, _ = await declared(stage)
        for number in (2, 3, 4, 5):
            await engineer.commands(f"/link {number} 1 child")
        before = await paged(stage)
        await stage.pass_time(hours=5)
        assert await paged(stage) == before
        for number in (2, 3, 4, 5):
            ticket = await stage.ticket(number)
            resolution = ticket.clock("resolution")
            assert ticket.due_at
            assert resolution
            assert resolution.running

        await engineer.commands("/resolve 1 The tunnel host had burnt out / It was replaced")
        await stage.pass_time(seconds=15)
        await stage.person("anna.weber").presses("It works", on="Does it work for you")
        await stage.person("li.xin").presses("Still broken", on="您那边也好了吗")
        assert await paged(stage) == before + Counter({3: 1})
        await stage.pass_time(minutes=31)
        after = await paged(stage)
        assert {number for number in after if after[number] > before[number]} == {3, 4, 5}
        assert (await stage.ticket(2)).status is Status.CLOSED


async def test_it_closes_with_its_review_and_not_before(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        (caller,) = await report(stage, CALLERS[:1])
        engineer, _ = await declared(stage)
        await engineer.commands("/resolve 1 Host burnt out / Replaced")
        await caller.presses("It works")
        await caller.sees("复盘后关闭")
        assert (await stage.ticket(1)).status is Status.RESOLVED
        await stage.pass_time(days=20)
        assert (await stage.ticket(1)).status is Status.RESOLVED
        await engineer.presses("Write review", on="待复盘")
        await engineer.fills(review="We buy a second host")
        await engineer.sees("已复盘并关闭")
        assert (await stage.ticket(1)).status is Status.CLOSED


async def test_nothing_is_reported_upward_without_the_incident_manager(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        await report(stage, CALLERS[:1])
        engineer, manager = await declared(stage)
        head = stage.person("helen.zhou")
        await engineer.presses("Report upward", on="重大故障")
        await engineer.fills(report="Nobody can work from home")
        await head.does_not_see("Nobody can work from home")
        await manager.presses("Send the report", on="Nobody can work from home")
        await head.sees("Nobody can work from home")


async def test_who_proposes_does_not_decide_and_a_decision_stands(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        (caller,) = await report(stage, CALLERS[:1])
        engineer, manager = stage.person("wang.fang"), stage.person("zhang.wei")
        await caller.commands("/major 1")
        await engineer.commands("/major 1")
        await engineer.sees("由张伟决定")
        await manager.presses("Reject")
        assert not (await stage.ticket(1)).major
        await engineer.commands("/major 1")
        await engineer.sees("张伟已经认定 T-1 不算重大故障")


async def test_whoever_writes_next_is_told_and_added_or_has_something_else(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        await report(stage, CALLERS[:1])
        engineer, _ = await declared(stage)
        await engineer.commands("/major 1 Back by 15:00")
        anna, li = stage.person("anna.weber"), stage.person("li.xin")
        await anna.says("my VPN keeps dropping")
        assert "Back by 15:00" in await anna.sees("We know about it")
        await anna.presses("Add me")
        await anna.sees("You hear of every update")
        await engineer.commands("/major 1 Five more minutes")
        await anna.sees("Five more minutes")
        await li.says("VPN 一直掉线")
        await li.sees("我们已经知道了")
        await li.presses("Mine is different")
        await li.does_not_see("之后每条进展")
        await li.sees("VPN")
        await anna.says("VPN is still dropping")
        await anna.presses("Add me")
        await anna.sees("on the list already")


async def test_what_is_over_before_anybody_decided_no_longer_asks_for_a_decision(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        (zhao,) = await report(stage, CALLERS[:1])
        engineer, manager = stage.person("wang.fang"), stage.person("zhang.wei")
        await engineer.commands("/claim 1")
        await engineer.commands("/major 1")
        await stage.pass_time(seconds=20)
        await manager.sees("是重大故障吗")
        await engineer.commands("/resolve 1 It was one laptop / It was restarted")
        await zhao.presses("It works")
        await stage.pass_time(seconds=20)
        await manager.sees("不算重大故障：T-1")
        await manager.does_not_see("是重大故障吗")
