"""A copy is made while the desk works; the desk restored from it is quiet until an admin confirms."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.checking import let_ring
from bot.settings import Settings
from storage import outbox, tickets
from storage.backup import backup, restore
from tests.journeys.stage import Clock, Stage, play


async def open_ticket(stage: Stage, number: int, **fields: str) -> None:
    anna = stage.person("anna.weber")
    await anna.commands(f"/new The wifi in room {number} is slow")
    if anna.form is None:
        await anna.presses("Open a new ticket")
    await anna.fills(service="wifi", **fields)


async def test_a_copy_under_load_is_whole_and_the_restored_desk_waits_for_an_admin(tmp_path: Path) -> None:
    """Everything committed before the copy began is in it; people can use the desk at once; alarms ring later, once."""
    old, new = (f"sqlite+aiosqlite:///{tmp_path / name}" for name in ("old.db", "new.db"))
    file, clock = tmp_path / "copy.db", Clock()
    async with play(old, clock) as stage:
        await open_ticket(stage, 1, affected="everyone", severity="blocked")
        await asyncio.gather(backup(old, file), open_ticket(stage, 2))
    await restore(new, file)
    clock.advance(hours=8)
    async with play(new, clock) as stage:
        async with stage.app.database.reading() as tx:
            found = await tickets.find(tx, tickets.Filter())
            log = {ticket.id: await tickets.events(tx, ticket.id, public_only=False) for ticket in found}
            assert 1 in log
            assert all(events for events in log.values()), "no half of anything"
        chats = {key: len(await stage.chat_of(key)) for key in stage.app.desk.organisation.people}
        await stage.settle()
        assert chats == {key: len(await stage.chat_of(key)) for key in chats}, "it rang"
        assert stage.app.ticker.quiet
        await stage.person("anna.weber").commands("/list")
        await stage.person("anna.weber").sees("T-1")

        assert await let_ring(Settings(database_url=new))
        assert not await let_ring(Settings(database_url=new))
        await stage.settle()
        rang = {key: len(await stage.chat_of(key)) - many for key, many in chats.items()}
        pages = [key for key in rang if await stage.person(key).count("T-1") and rang[key]]
        assert pages
        async with stage.app.database.reading() as tx:
            waiting = await outbox.oldest_pending(tx, clock.now)
        assert waiting is None, "only what quiet hours hold back may still wait"
