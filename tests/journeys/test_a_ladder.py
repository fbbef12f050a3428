"""A P1 that nobody claims: the ladder climbs until a person acknowledges, and falls silent once somebody has it."""

from __future__ import annotations

from bot.messages import Card
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


async def test_a_p1_nobody_claims_climbs_until_somebody_has_it(database_url: str) -> None:
    """Tier two and the manager at once, then rung by rung; a page that lapses comes again; a claim is silence."""
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
