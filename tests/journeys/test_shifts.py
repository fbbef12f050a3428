"""Swaps between colleagues, and what a shift's end hands over. Wang Fang is on call until Monday, 9:00."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.messages import Pressed
from bot.organisation_file import sample_path
from escalation.dispatch import on_duty
from escalation.ticket import Status
from tests.journeys.stage import Somebody, Stage, play


def on_call(stage: Stage, **later: float) -> tuple[str, ...]:
    return on_duty(stage.app.desk.organisation.groups["network"], 1, stage.clock() + timedelta(**later))


async def asks_to_swap(asker: Somebody, colleague: str, *, in_return: str = "") -> None:
    await asker.commands("/oncall network")
    await asker.presses("Swap a shift")
    assert asker.form is not None
    shift, _, back = asker.form.fields
    chosen = next((choice.value for choice in back.choices if in_return and in_return in choice.label), "")
    await asker.fills(shift=shift.choices[0].value, colleague=colleague, in_return=chosen)


async def test_a_swap_is_asked_accepted_and_pages_go_to_the_other_at_once(database_url: str) -> None:
    async with play(database_url) as stage:
        wang, li, lead = stage.person("wang.fang"), stage.person("li.qiang"), stage.person("liu.yang")
        await asks_to_swap(wang, "li.qiang", in_return="12月7日")
        assert on_call(stage) == ("wang.fang",)
        await li.sees("王芳想和您换班")
        await li.presses("Accept")
        await wang.sees("李强接下了您的班次")
        await lead.sees("李强接下了王芳的班次")
        assert on_call(stage) == ("li.qiang",)
        zhao = stage.person("zhao.min")
        await zhao.commands("/new VPN is down")
        await zhao.fills(service="vpn")
        await li.sees("T-1 需要有人处理")
        await wang.does_not_see("T-1 需要有人处理")


async def test_a_swap_that_is_declined_changes_nothing_and_can_be_answered_once(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        wang, li = stage.person("wang.fang"), stage.person("li.qiang")
        await asks_to_swap(wang, "li.qiang")
        accept = await li.button("Accept")
        await li.presses("Decline")
        await wang.sees("要不要问问别人")
        await stage.app.conversation.handle(Pressed(stage.next_id(), li.identity, li.place, accept.action))
        await stage.settle()
        await li.sees("您已经答复过了")
        assert on_call(stage) == ("wang.fang",)


async def test_only_who_was_asked_may_answer_and_only_who_takes_turns_may_ask(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        wang, chen, zhao = stage.person("wang.fang"), stage.person("chen.jie"), stage.person("zhao.min")
        await asks_to_swap(wang, "li.qiang")
        await stage.app.conversation.handle(Pressed(stage.next_id(), chen.identity, chen.place, "w:accept:1"))
        await stage.settle()
        await chen.sees("这不是问您的")
        await zhao.commands("/swap")
        await zhao.sees("没有可以换的班次")
        assert on_call(stage) == ("wang.fang",)


async def test_an_agreement_outlives_a_reload_and_a_restart(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        await asks_to_swap(stage.person("wang.fang"), "li.qiang")
        await stage.person("li.qiang").presses("Accept")
        assert await stage.app.reload()
        await stage.settle()
        assert on_call(stage) == ("li.qiang",)
    async with play(sqlite_url) as again:
        await again.settle()
        assert on_call(again) == ("li.qiang",)


async def test_what_is_unfinished_at_a_shifts_end_is_offered_to_whoever_comes_next(database_url: str) -> None:
    """One ticket in hand, one on hold, one page acknowledged: all three go over with one press, as they stand."""
    async with play(database_url) as stage:
        employee, wang, li = stage.person("zhao.min"), stage.person("wang.fang"), stage.person("li.qiang")
        await stage.pass_time(days=5, hours=22, minutes=50)  # Monday 8:50
        for words in ("VPN is slow", "Wi-Fi in room 3 is gone", "The proxy blocks our supplier"):
            await employee.commands(f"/new {words}")
            await employee.fills(service="vpn")
            if "new_ticket" in str(employee.answer):
                await employee.presses("New ticket")
        await wang.commands("/claim 1")
        await wang.commands("/claim 2")
        await wang.commands("/hold 2 vendor")
        await wang.commands("/ack 3")
        held = (await stage.ticket(2)).hold
        await stage.pass_time(minutes=11)
        assert await li.count("王芳下班时还有 3 张工单没处理完") == 1
        await wang.sees("3 张没处理完的工单已请李强接手")
        await stage.pass_time(minutes=1)
        await li.presses("Accept")
        await li.sees("T-1、T-2、T-3 现在由您处理")
        tickets = [await stage.ticket(number) for number in (1, 2, 3)]
        assert [ticket.assignee for ticket in tickets] == ["li.qiang"] * 3
        assert [ticket.status for ticket in tickets] == [Status.CLAIMED, Status.ON_HOLD, Status.CLAIMED]
        assert tickets[1].hold == held
        await li.commands("/show 1")
        await li.sees("从王芳手上接了过来")


async def test_a_hand_over_is_nobody_elses_and_silent_when_all_is_done(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        await stage.pass_time(days=6)
        li, chen = stage.person("li.qiang"), stage.person("chen.jie")
        await li.does_not_see("没处理完")
        moment = int((stage.clock() - timedelta(hours=1)).timestamp())
        press = Pressed(stage.next_id(), chen.identity, chen.place, f"h:network:1:{moment}")
        await stage.app.conversation.handle(press)
        await stage.settle()
        await chen.sees("这次交接是给当时接班的人的")


async def test_a_hole_is_found_before_it_hurts_and_told_to_whoever_can_mend_it(sqlite_url: str, tmp_path: Path) -> None:
    """Both engineers of the first line are away on Thursday: on Tuesday morning their lead and the admin know."""
    with_holiday = tmp_path / "desk.yaml"
    sample = sample_path().read_text(encoding="utf-8")
    turns = '            - starts: 2026-01-05\n              every_days: 7\n              handover: "09:00"\n'
    assert turns in sample
    away = "".join(
        f"            - {{person: {person}, start: 2026-11-26 09:00, end: 2026-11-26 18:00}}\n"
        for person in ("wang.fang", "li.qiang")
    )
    with_holiday.write_text(sample.replace(turns, f"{turns}          absences:\n{away}"), encoding="utf-8")
    async with play(sqlite_url, config=with_holiday) as stage:
        lead, other_lead = stage.person("liu.yang"), stage.person("ding.kai")
        await stage.pass_time(minutes=1)
        assert "11月26日 周四 09:00" in await lead.sees("未来一周有 1 处值班空档")
        await other_lead.does_not_see("值班空档")
        await stage.pass_time(hours=12)
        assert await lead.count("值班空档") == 1
