"""Many alarms at once, and alarms that cannot be handled: each is handled once, and nobody waits for another's."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.app import App
from bot.desk.draft import Draft
from bot.messages import Lane
from bot.settings import Settings
from bot.ticker import PARKED_AFTER
from escalation.errors import Stale
from escalation.priority import Priority
from escalation.ticket import Kind, Origin, Ticket
from storage import outbox, tickets
from storage.tables import ticket_events
from storage.tables import tickets as ticket_table
from tests.faults.crowd import fill
from tests.journeys.stage import Clock, Stage, play

OPEN, DUE = 1000, 300


async def events_by_ticket(app: App) -> Counter[int]:
    """How many pages each ticket's log knows."""
    async with app.database.reading() as tx:
        paged = select(ticket_events.c.ticket_id).where(ticket_events.c.action == "page")
        return Counter(row.ticket_id for row in await tx.all(paged))


async def test_what_is_due_rings_once_and_quickly_and_what_is_not_costs_nothing(sqlite_url: str) -> None:
    """Three hundred alarms of a thousand; the bound is processor time, ten times what it takes here."""
    async with play(sqlite_url) as stage:
        await fill(stage.app, OPEN, DUE, stage.clock() - timedelta(seconds=1))
        used = time.process_time()
        assert await stage.app.ticker.tick() == DUE
        assert time.process_time() - used < DUE * 0.012
        rung = await events_by_ticket(stage.app)
        assert rung == Counter(dict.fromkeys(range(1, DUE + 1), 1))
        used = time.process_time()
        for _ in range(20):
            assert await stage.app.ticker.tick() == 0
        assert time.process_time() - used < 20 * 0.025


@pytest.mark.postgres
async def test_two_processes_share_what_is_due(postgres_url: str) -> None:
    """Rows somebody is working on are passed over; each alarm rings once."""
    clock = Clock()
    apps = [await App.build(Settings(database_url=postgres_url), clock=clock) for _ in range(2)]
    try:
        await fill(apps[0], OPEN, DUE, clock() - timedelta(seconds=1))
        handled = 0
        while round_ := await asyncio.gather(*(app.ticker.tick() for app in apps)):
            handled += sum(round_)
            if not any(round_):
                break
        assert handled == DUE
        assert await events_by_ticket(apps[1]) == Counter(dict.fromkeys(range(1, DUE + 1), 1))
    finally:
        for app in apps:
            await app.conversation.stop()
            await app.database.close()


async def test_a_new_p1_is_paged_before_all_that_waits(sqlite_url: str) -> None:
    """However many pages of lesser tickets are in the queue: the next message that leaves is the P1's."""
    async with play(sqlite_url) as stage:
        await fill(stage.app, 100, 100, stage.clock() - timedelta(seconds=1))
        await stage.app.ticker.tick()
        number = (await open_p1(stage)).id
        async with stage.app.database.transaction() as tx:
            first = await outbox.claim(tx, "somebody", stage.clock(), 45, 2)
        assert {(row.ticket, row.lane) for row in first} == {(number, Lane.URGENT)}


async def open_p1(stage: Stage) -> Ticket:
    draft = Draft(
        Kind.INCIDENT, Origin.SELF_SERVICE, "anna.weber", "anna.weber", "wifi", "Nobody can work", "", Priority.P1
    )
    async with stage.app.database.transaction() as tx:
        return await stage.app.desk.open(tx, draft, via="web")


async def test_a_ticket_whose_alarm_cannot_be_handled_holds_nobody_up(sqlite_url: str) -> None:
    """The others of its transaction ring at once; it is tried five times, then seldom, and somebody can see it."""
    async with play(sqlite_url) as stage:
        await fill(stage.app, 20, 20, stage.clock() - timedelta(seconds=1))
        async with stage.app.database.transaction() as tx:
            climb = await tx.value(select(ticket_table.c.climb).where(ticket_table.c.id == 7))
            await tx.change(ticket_table.update().where(ticket_table.c.id == 7).values(climb={"rung": "none"}))
        with capture_logs() as logs:
            assert await stage.app.ticker.tick() == 19
            for _ in range(10):
                stage.clock.advance(seconds=2)
                await stage.app.ticker.tick()
        assert [line["tries"] for line in logs if line["event"] == "ticker.ticket_failed"] == [1, 2, 3, 4, 5]
        assert stage.app.ticker.parked == (7,)
        assert PARKED_AFTER == 5
        assert set(await events_by_ticket(stage.app)) == set(range(1, 21)) - {7}

        async with stage.app.database.transaction() as tx:
            await tx.change(ticket_table.update().where(ticket_table.c.id == 7).values(climb=climb))
        stage.clock.advance(minutes=11)
        await stage.app.ticker.tick()
        assert not stage.app.ticker.parked
        assert (await events_by_ticket(stage.app))[7] >= 1


async def test_a_change_between_two_looks_is_not_overwritten(sqlite_url: str) -> None:
    """What is gathered into one statement is still saved only over what was read."""
    async with play(sqlite_url) as stage:
        await fill(stage.app, 3, 0, stage.clock())
        async with stage.app.database.reading() as tx:
            stale = await tickets.load(tx, 2)
        assert stale is not None
        async with stage.app.database.transaction() as tx:
            await tickets.save(tx, stale)
        with pytest.raises(Stale, match="not as they were read"):
            await save_gathered(stage, stale)


async def save_gathered(stage: Stage, ticket: Ticket) -> None:
    async with stage.app.database.transaction() as tx:
        tx.gather()
        await tickets.save(tx, ticket)


async def test_after_eight_hours_down_each_ticket_pages_once_and_says_what_was_missed(sqlite_url: str) -> None:
    """The highest step that is due, not each of them; an urgent ticket's page is the first to leave."""
    async with play(sqlite_url) as stage:
        urgent = (await open_p1(stage)).id
        await stage.settle()
        await fill(stage.app, 60, 60, stage.clock())
        before = await events_by_ticket(stage.app)
        stage.clock.advance(hours=8)
        await stage.app.ticker.tick()
        rung = await events_by_ticket(stage.app) - before
        assert set(rung) >= {urgent}
        assert max(rung.values()) == 1
        async with stage.app.database.transaction() as tx:
            waiting = [row for row in await outbox.waiting(tx) if row.lane <= Lane.PAGE]
            (first,) = await outbox.claim(tx, "somebody", stage.clock(), 45, 1)
        told = Counter((row.ticket, row.target) for row in waiting)
        assert max(told.values()) == 1
        assert first.ticket == urgent
        assert any(row.facts.get("skipped") for row in waiting if row.ticket == urgent)


async def test_two_people_of_one_rung_whom_nobody_reaches_move_the_ladder_on_once(sqlite_url: str) -> None:
    """The next rung is paged at once, and the one above it keeps its time."""
    async with play(sqlite_url) as stage:
        ticket = await open_p1(stage)
        rung = ticket.climb
        assert rung.rung == 1
        for person in ("chen.jie", "zhang.wei"):
            async with stage.app.database.transaction() as tx:
                await stage.app.desk.alarms.unreachable(tx, ticket.id, rung.generation, rung.rung, person)
        climb = (await stage.ticket(ticket.id)).climb
        assert (climb.generation, climb.rung, climb.alarms) == (rung.generation, 2, 0)
        assert climb.next_at == stage.clock() + timedelta(minutes=5)
        await stage.pass_time(minutes=5)
        assert (await stage.ticket(ticket.id)).climb.rung == 3
