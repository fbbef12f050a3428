"""What an operator promises on the telephone is a clock: shown on the ticket, told to its owner, kept by a reply."""

from __future__ import annotations

from escalation.clocks import PROMISE, State
from escalation.promises import standing
from tests.journeys.stage import Stage, play


async def promised(stage: Stage, number: int) -> State:
    """How the promise of a ticket stands."""
    ticket = await stage.ticket(number)
    clock = ticket.clock(PROMISE)
    assert clock is not None
    async with stage.app.database.reading() as tx:
        policy = await stage.app.desk.policy(tx, ticket.policy)
    return standing(clock, ticket, policy, stage.app.clock()).state


async def test_a_call_back_promised_on_the_telephone_has_a_clock_of_its_own(sqlite_url: str) -> None:
    """At ten: "call back by 11:30". The engineer sees it, is reminded at 80 %, and replies in time."""
    async with play(sqlite_url) as stage:
        operator, engineer = stage.person("ma.li"), stage.person("song.yu")
        await operator.commands("/new @anna.weber The printer in Berlin is jammed")
        await operator.fills(affected="me", severity="blocked", service="other", promise="11:30 前回电")
        assert await promised(stage, 1) is State.RUNNING

        await engineer.commands("/claim 1")
        await engineer.commands("/show 1")
        await engineer.sees("承诺: 11:30 到期")
        await engineer.commands("/hold 1 vendor")
        await stage.pass_time(minutes=71)
        assert await engineer.count("承诺") == 1
        await stage.pass_time(minutes=1)
        await engineer.sees("T-1 的承诺时限已用 80%")
        await engineer.commands("/reply 1 I am at the printer, it works again in ten minutes")
        assert await promised(stage, 1) is State.MET


async def test_a_promise_that_is_broken_tells_its_owner_and_the_lead_once(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        operator = stage.person("ma.li")
        await operator.commands("/new @anna.weber The printer in Berlin is jammed")
        await operator.fills(affected="me", severity="blocked", service="other", promise="within 2 hours, in 2 hours")
        await stage.person("song.yu").commands("/claim 1")
        await stage.pass_time(hours=5)
        assert await promised(stage, 1) is State.OVERDUE
        assert await stage.person("he.jun").count("承诺时限已用 100%") == 1


async def test_a_promise_without_a_moment_is_only_words(sqlite_url: str) -> None:
    async with play(sqlite_url) as stage:
        operator = stage.person("ma.li")
        await operator.commands("/new @anna.weber The printer in Berlin is jammed")
        await operator.fills(affected="me", severity="blocked", service="other", promise="尽快处理")
        assert (await stage.ticket(1)).clock(PROMISE) is None
        assert (await stage.ticket(1)).details["promise"] == "尽快处理"


async def test_in_quiet_hours_nobody_hears_of_the_clocks_of_a_less_urgent_ticket(sqlite_url: str) -> None:
    """A P3 with a promise for eight in the evening: what is said about it waits for the office to open."""
    async with play(sqlite_url) as stage:
        operator, engineer = stage.person("ma.li"), stage.person("song.yu")
        await operator.commands("/new @anna.weber The printer in Berlin is jammed")
        await operator.fills(affected="me", severity="blocked", service="other", promise="20:00 前回电")
        await engineer.commands("/claim 1")
        await stage.pass_time(hours=9)
        assert await engineer.count("承诺时限已用 80%") == 0
        await stage.pass_time(hours=13)
        assert await engineer.count("承诺时限已用 80%") == 0
        await stage.pass_time(minutes=31)
        await engineer.sees("承诺时限已用 100%")
