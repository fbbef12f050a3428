"""The desk looks after itself each minute: what is wrong is mended, counted and told, and silence tells the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.auditor import Auditor, Findings
from storage import outbox
from storage.tables import tickets as ticket_table
from tests.faults.crowd import fill
from tests.journeys.stage import Stage, play


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    async with play(sqlite_url) as stage:
        await fill(stage.app, 3, 0, stage.clock())
        yield stage


async def test_a_ticket_without_an_alarm_gets_one_and_the_admins_hear_of_it_once_an_hour(stage: Stage) -> None:
    async with stage.app.database.transaction() as tx:
        await tx.change(ticket_table.update().where(ticket_table.c.id == 2).values(due_at=None))
    auditor = stage.app.ticker.auditor
    assert await auditor.round() == Findings(without_alarm=1)
    assert (await stage.ticket(2)).due_at is not None
    await stage.settle()
    assert await auditor.round() == Findings()
    async with stage.app.database.transaction() as tx:
        await tx.change(ticket_table.update().where(ticket_table.c.id == 3).values(due_at=None))
    assert await auditor.round() == Findings(without_alarm=1)
    assert auditor.found["without_alarm"] == 2
    await stage.settle()
    for admin in stage.app.desk.organisation.admins:
        person = stage.person(admin)
        told = "Firstline 发现自身有异常" if person.language == "zh" else "something wrong with itself"
        assert await person.count(told) == 1


async def test_late_alarms_and_messages_stuck_on_their_way_are_found(stage: Stage) -> None:
    """A message whose sender died and whom nobody succeeded goes back into the queue, to be looked for."""
    now, before = stage.clock(), stage.clock() - timedelta(hours=1)
    async with stage.app.database.transaction() as tx:
        await tx.change(ticket_table.update().where(ticket_table.c.id == 1).values(due_at=now - timedelta(seconds=61)))
        await outbox.put(tx, "young", "person:lukas.becker", "step", {"action": "resume", "by": ""}, 1, 1, now)
        await outbox.claim(tx, "alive", now, 45, 1)
        await outbox.put(tx, "stuck", "person:anna.weber", "step", {"action": "resume", "by": ""}, 1, 1, before)
        await outbox.claim(tx, "dead", before, 45, 1)
    findings = await stage.app.ticker.auditor.round()
    assert findings == Findings(late_alarms=1, stuck_messages=1)
    async with stage.app.database.reading() as tx:
        waiting = {row.key: row.state for row in await outbox.waiting(tx)}
    assert waiting["stuck"] == "unclear"
    assert waiting["young"] == "sending"


async def test_the_dead_man_hears_from_us_only_when_all_is_well(stage: Stage) -> None:
    """Its address is a setting; nothing that anybody writes in a chat changes it."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    auditor = Auditor(stage.app.database, stage.app.desk, f"http://127.0.0.1:{port}/alive/1234")
    async with server:
        async with stage.app.database.transaction() as tx:
            await tx.change(ticket_table.update().where(ticket_table.c.id == 2).values(due_at=None))
        await auditor.round()
        assert heard == []
        await stage.settle()
        await auditor.round()
        assert heard == [b"GET /alive/1234 HTTP/1.1\r\n"]
        server.close()
    await auditor.round()  # nobody listens: that is not our trouble
