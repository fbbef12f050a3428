"""Somebody sends a thousand messages in a minute: a few are heard, one notice is given, and nobody else waits."""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.dialogue.flood import Flow, Limits, flow
from bot.messages import Answer, Card, Commanded, Event, Form, Pressed, Said, Submitted
from storage import tickets
from tests.journeys.stage import Somebody, Stage, play

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LIMITS = Limits(events=3, told_again_after=timedelta(minutes=10))


def test_too_much_is_told_once_in_ten_minutes() -> None:
    assert [flow(n, None, NOON, LIMITS) for n in (1, 3, 4)] == [Flow.HANDLE, Flow.HANDLE, Flow.TELL]
    assert flow(9, NOON - timedelta(minutes=9), NOON, LIMITS) is Flow.IGNORE
    assert flow(9, NOON - timedelta(minutes=10), NOON, LIMITS) is Flow.TELL


async def seconds(stage: Stage, event: Event) -> float:
    begun = time.perf_counter()
    await stage.app.conversation.handle(event)
    return time.perf_counter() - begun


def said(stage: Stage, person: Somebody, text: str) -> Said:
    return Said(stage.next_id(), person.identity, person.place, text)


def pressable(answer: Answer) -> list[str]:
    """What opens a ticket beside one like it."""
    buttons = [button.action for reply in answer.replies if isinstance(reply, Card) for button in reply.buttons]
    return [action for action in buttons if action.endswith(":anyway")]


@pytest.mark.parametrize("times", [80, pytest.param(500, marks=pytest.mark.slow)])
async def test_one_who_floods_gets_five_tickets_and_one_notice_and_others_do_not_notice(
    sqlite_url: str, times: int
) -> None:
    """A script opens tickets as fast as it can, up to a thousand events within a minute of the clock."""
    async with play(sqlite_url) as stage:
        flooding, other = stage.person("lukas.becker"), stage.person("anna.weber")

        async def twenty_thanks() -> list[float]:
            return [await seconds(stage, said(stage, other, "thank you")) for _ in range(20)]

        alone = await twenty_thanks()

        async def flood() -> None:
            for number in range(times):
                asked = Commanded(stage.next_id(), flooding.identity, flooding.place, "new", f"The wifi {number}")
                answer = await stage.app.conversation.handle(asked)
                for button in pressable(answer):  # "you have one about this": a new one all the same
                    press = Pressed(stage.next_id(), flooding.identity, flooding.place, button)
                    answer = await stage.app.conversation.handle(press)
                forms = [reply for reply in answer.replies if isinstance(reply, Form)]
                values = {field.name: field.value for field in forms[0].fields} if forms else {}
                key = forms[0].key if forms else "intake"
                submitted = Submitted(stage.next_id(), flooding.identity, flooding.place, key, values)
                await stage.app.conversation.handle(submitted)
                stage.clock.advance(seconds=0.1)

        _, beside = await asyncio.gather(flood(), twenty_thanks())
        await stage.settle()
        afterwards = await twenty_thanks()  # the machine may have grown slower meanwhile
        async with stage.app.database.reading() as tx:
            opened = await tickets.find(tx, tickets.Filter(opened_by="lukas.becker"))
        assert len(opened) == 5
        assert await flooding.count("faster than I can read") == 1
        assert statistics.median(beside) <= 4 * max(map(statistics.median, (alone, afterwards))) + 0.05
        stage.clock.advance(minutes=2)
        await flooding.commands("/list")
        await flooding.sees("My tickets")
