"""A P1 that nobody claims: the ladder climbs until a person acknowledges, and falls silent once somebody has it."""

from __future__ import annotations

from bot.messages import Card
from bot.web.reading import DeskViews
from bot.web.views import QueueFilter
from tests.journeys.stage import Stage, play


async def open_p1(stage: Stage) -> None:
    """Anna reports that nobody has Wi-Fi: everyone, blocked, hence P1."""
    anna = stage.person("anna.weber")
    await anna.commands("/new Nobody in the Berlin office has any Wi-Fi")
    await anna.fills(affected="everyone", severity="blocked", service="wifi")


async def pages_so_far(stage: Stage) -> dict[str, int]:
    """How many pages each person has in their chat."""
    found = {}
    for key in stage.app.desk.organisation.people:
        pages = [r for r in await stage.chat_of(key) if isinstance(r, Card) and r.key.startswith("page:")]
        if pages:
            found[key] = len(pages)
    return found


async def test_who_stands_on_the_last_rung_finds_the_p1_in_their_queue_before_it_comes_to_them(
    database_url: str,
) -> None:
    """The head of IT works in no group: they see every open P1 and change nothing until they are paged for it."""
    async with play(database_url) as stage:
        await open_p1(stage)
        views = DeskViews(stage.app.database, stage.app.desk)
        (row,) = await views.queue("helen.zhou", QueueFilter())
        page = await views.ticket("helen.zhou", 1)
        assert (row.name, row.buttons) == ("T-1", ())
        assert page is not None
        assert not page.buttons
        assert not page.ladder, "what is internal comes with the page"
        assert not await views.queue("helen.zhou", QueueFilter(group="service-quality"))
        helen = stage.person("helen.zhou")
        await helen.commands("/queue")
        await helen.sees("T-1")
        assert not await views.queue("shen.jing", QueueFilter()), "nobody else of the groups that manage no P1"

        await stage.person("chen.jie").commands("/claim 1")
        assert [row.name for row in await views.queue("helen.zhou", QueueFilter())] == ["T-1"]


async def test_a_page_can_be_answered_on_the_web_as_in_the_chat(database_url: str) -> None:
    async with play(database_url) as stage:
        await open_p1(stage)
        views = DeskViews(stage.app.database, stage.app.desk)
        (row,), page = await views.pages("chen.jie"), await views.ticket("chen.jie", 1)
        wanted = ["t:ack:1", "t:onmyway:1", "t:decline:1", "t:claim:1"]
        assert [button.action for button in row.buttons][:4] == wanted
        assert page is not None
        assert [button.action for button in page.buttons][:4] == wanted


async def test_a_p1_nobody_claims_climbs_until_somebody_has_it(database_url: str) -> None:
    """Tier two and the manager at once, then rung by rung; who has acknowledged is asked; a claim is silence."""
    async with play(database_url) as stage:
        await open_p1(stage)
        assert await pages_so_far(stage) == {"zhang.wei": 1, "chen.jie": 1}
        await stage.person("zhang.wei").sees("P1 · T-1")

        await stage.pass_time(minutes=4)
        assert await pages_so_far(stage) == {"zhang.wei": 1, "chen.jie": 1}
        await stage.pass_time(minutes=1)
        second = {"zhang.wei": 1, "chen.jie": 2, "lukas.becker": 1, "liu.yang": 1}
        assert await pages_so_far(stage) == second

        await stage.pass_time(minutes=5)
        assert await pages_so_far(stage) == second | {"sun.hao": 1}
        await stage.person("sun.hao").presses("Can't take it")
        assert await pages_so_far(stage) == second | {"sun.hao": 1, "helen.zhou": 1}

        helen = stage.person("helen.zhou")
        await helen.presses("Acknowledge")
        await helen.sees("已确认收到 T-1")
        await stage.person("zhang.wei").sees("周海伦")
        await stage.pass_time(minutes=14)
        assert await pages_so_far(stage) == second | {"sun.hao": 1, "helen.zhou": 1}
        await stage.pass_time(minutes=1)
        await helen.sees("您还在处理 T-1 吗？")
        await helen.presses("Yes, still on it")
        await helen.sees("谢谢，T-1 仍由您处理")
        await stage.pass_time(minutes=19)
        assert await pages_so_far(stage) == second | {"sun.hao": 1, "helen.zhou": 1}
        assert await helen.count("您还在处理 T-1 吗？") == 1
        await stage.pass_time(minutes=1)
        assert await pages_so_far(stage) == second | {"sun.hao": 1, "helen.zhou": 2}
        await helen.sees("一直没有人认领")

        await stage.person("chen.jie").presses("Claim", on="T-1")
        before = await pages_so_far(stage)
        await stage.pass_time(hours=2)
        assert await pages_so_far(stage) == before
        await stage.person("anna.weber").sees("Chen Jie has taken T-1")
        for key in before:
            chat = [r for r in await stage.chat_of(key) if isinstance(r, Card) and r.key.startswith("page:")]
            assert not any(page.buttons for page in chat), f"{key} still has a page to answer"


async def test_somebody_on_the_way_is_waited_for_and_arrives_at_an_agreed_visit(sqlite_url: str) -> None:
    """Chen Jie is on the way for an hour; agrees a visit; both are told; an operator's promise has its own clock."""
    async with play(sqlite_url) as stage:
        await open_p1(stage)
        jie, anna = stage.person("chen.jie"), stage.person("anna.weber")
        await jie.presses("On my way", on="P1 · T-1")
        await jie.fills(until="11:00")
        await jie.sees("11:00")
        await stage.person("zhang.wei").sees("陈杰正在赶来")
        before = await pages_so_far(stage)
        await stage.pass_time(minutes=59)
        assert await pages_so_far(stage) == before
        await stage.pass_time(minutes=1)
        await jie.sees("您还在处理 T-1 吗？")
        await jie.presses("No, page the next")
        assert (await pages_so_far(stage)).keys() > before.keys()

        await jie.presses("Claim", on="P1 · T-1")
        await jie.commands("/visit 1 11:45")
        await anna.sees("Somebody will be with you for T-1 by")
        ticket = await stage.ticket(1)
        assert [clock.target for clock in ticket.clocks if clock.name == "on_site"] == [45 * 60]
        await jie.commands("/promise 1 12:30")
        await anna.sees("A promise for T-1: by")
        await jie.commands("/arrive 1")
        await anna.sees("Chen Jie is on site for T-1")
        ticket = await stage.ticket(1)
        assert {clock.name for clock in ticket.clocks if clock.stopped} == {"response", "on_site", "promise"}


async def test_after_a_night_down_one_page_says_what_was_missed(sqlite_url: str) -> None:
    """Downtime jumps to the highest rung that came due, in one message that lists the steps nobody saw."""
    async with play(sqlite_url) as stage:
        await open_p1(stage)
        await stage.sleep_through(minutes=12)
        assert await pages_so_far(stage) == {"zhang.wei": 1, "chen.jie": 1, "sun.hao": 1}
        await stage.person("sun.hao").sees("2")
        await stage.sleep_through(hours=8)
        paged = await pages_so_far(stage)
        assert paged["helen.zhou"] == 1
        assert await stage.person("he.jun").count("T-1") == 1


async def test_the_end_of_a_ladder_alarms_the_admins_a_bounded_number_of_times(sqlite_url: str) -> None:
    """Three alarms a quarter of an hour apart, then one a day: never silent, never a storm."""
    async with play(sqlite_url) as stage:
        await open_p1(stage)
        await stage.pass_time(minutes=20 + 15 * 3 + 60)
        assert await stage.person("emma.fischer").count("ladder of T-1 ended") == 3
        await stage.sleep_through(days=1)
        assert await stage.person("emma.fischer").count("ladder of T-1 ended") == 4
