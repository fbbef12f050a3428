"""What Slack shows engineers and managers besides the tickets: their Home, what needs them, and drafting an answer."""

from __future__ import annotations

from pathlib import Path

from bot.messages import Card, Commanded, Identity, Place
from bot.phrases import catalogue
from tests.fakes.slack import CannotDo
from tests.journeys.slack_stage import GENERAL, ROOM, Seat, SlackStage, play_in_slack
from tests.journeys.stage import reply_text


async def open_ticket(anna: Seat, **more: str) -> None:
    await anna.runs("new The Wi-Fi in Berlin drops")
    await anna.fills({"Service": "Wi-Fi", **more})


async def home(stage: SlackStage, key: str) -> str:
    """What stands on somebody's Home tab, as text."""
    seat = stage.seat(key)
    stage.workspace.homes.pop(seat.hands.id, None)
    await seat.hands.opens_home()
    assert await stage.workspace.until(lambda: seat.hands.id in stage.workspace.homes)
    return seat.hands.screen().partition("── Home")[2]


async def test_everybodys_home_shows_what_is_theirs(sqlite_url: str, tmp_path: Path) -> None:
    """My tickets; my queue and who is on call for engineers; what needs me, first, for managers."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, zhang = stage.seat("anna.weber"), stage.seat("zhang.wei")
        assert "目前没有需要您处理的事" in await home(stage, "zhang.wei")
        await open_ticket(anna, **{"Who is affected": "Everyone", "How bad is it": "Work has stopped"})
        employee, engineer, manager = [await home(stage, key) for key in ("anna.weber", "wang.fang", "zhang.wei")]
        assert "My tickets" in employee
        assert "T-1" in employee
        assert "Queue" not in employee
        for key in ("list.mine", "list.assigned", "list.queue", "oncall.title"):
            assert str(catalogue("zh")[key]) in engineer, key
        assert "等我处理" not in engineer
        assert "1 个呼叫还没有人应答" in manager.partition("我的工单")[0]

        await zhang.presses("T-1", on="个呼叫还没有人应答")
        await zhang.sees("The Wi-Fi in Berlin drops")


async def test_what_needs_a_manager_is_the_same_by_word_and_on_the_web(sqlite_url: str, tmp_path: Path) -> None:
    """Pages nobody answered, tickets past their promise, and low ratings, until they are seen to."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, wang, zhang = stage.seat("anna.weber"), stage.seat("wang.fang"), stage.seat("zhang.wei")
        await open_ticket(anna)
        await wang.presses("Claim", on="T-1")
        await stage.pass_time(days=20)
        await zhang.runs("needs")
        await zhang.sees("1 张工单已超过承诺时间")
        await wang.runs("resolve 1 Old client / Updated the client")
        await anna.presses("It works", on="T-1 is resolved")
        await anna.presses("★ 1")
        await zhang.runs("needs")
        await zhang.sees("近 7 天有 1 个低分评价")
        await zhang.sees("★☆☆☆☆")

        web = Identity("web", "", "zhang.wei")
        (card,) = (await stage.app.conversation.handle(Commanded("w1", web, Place.direct(web), "needs"))).replies
        assert isinstance(card, Card)
        assert "近 7 天有 1 个低分评价" in reply_text(card)
        await stage.pass_time(days=8)
        await zhang.runs("needs")
        await zhang.sees("目前没有需要您处理的事")
        await anna.runs("needs")
        await anna.sees("This is for people who answer for a group")


async def test_help_names_the_command_as_slack_has_it(sqlite_url: str, tmp_path: Path) -> None:
    """`/it claim 12`, where the web desk says `/claim 12`."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        wang = stage.seat("wang.fang")
        await wang.runs("help")
        await wang.sees("/it claim")
        await wang.runs("clam 12")
        await wang.sees("/it claim")


async def test_an_engineer_saves_a_message_as_an_answer(sqlite_url: str, tmp_path: Path) -> None:
    """By the shortcut: under a ticket's card half filled in from the ticket, elsewhere with the message's words."""
    async with play_in_slack(sqlite_url, tmp_path) as stage:
        anna, lukas = stage.seat("anna.weber"), stage.seat("lukas.becker")
        said = await anna.hands.says(GENERAL, "12 of us reset the dock by pulling its plug for a minute")
        await lukas.hands.message_shortcut("Save as answer", on=said)
        await stage.settle()
        assert "12 of us reset the dock" in str((await lukas.hands.has_form()).content)
        await lukas.hands.closes()

        await open_ticket(anna)
        await lukas.presses("Claim", on="T-1")
        await lukas.runs("resolve 1 Old client / Updated the client")
        card = next(m for m in stage.workspace.messages(ROOM) if m.by_app)
        await lukas.hands.message_shortcut("Save as answer", on=card)
        await stage.settle()
        form = str((await lukas.hands.has_form()).content)
        assert "Updated the client" in form
        assert "T-1" in form
        await lukas.fills({"How people ask for it, one a line": "Why does the Wi-Fi drop?"})
        await stage.seat("zhang.wei").sees("The Wi-Fi in Berlin drops")
        await lukas.sees("is with a manager now")

        await anna.hands.message_shortcut("Save as answer", on=said)
        await stage.settle()
        try:
            await anna.hands.has_form(within=0.2)  # all has settled: it is there by now, or never
        except (CannotDo, AssertionError):
            return
        raise AssertionError("whoever may not draft an answer is not shown its form")
