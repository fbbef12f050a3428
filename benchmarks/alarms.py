"""How long ten thousand alarms take that are due at once, among a hundred thousand open tickets.

    .venv/bin/python benchmarks/alarms.py [--open 100000] [--due 10000] [--database URL] [--processes 1]

Without a URL it uses an SQLite file of its own. Meanwhile a P1 is opened, and the time until its page is taken for
sending is measured. Several processes need PostgreSQL: each ticks and delivers, this one counts.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import func, select

from bot.app import App, utc_now
from bot.desk.draft import Draft
from bot.settings import Settings
from escalation.priority import Priority
from escalation.ticket import Kind, Origin
from storage import outbox, tickets
from storage.database import Database
from storage.tables import outbox as outbox_table
from tests.faults.crowd import fill


async def pages_waiting(database: Database) -> int:
    """How many pages were written so far."""
    async with database.reading() as tx:
        lanes = select(func.count()).select_from(outbox_table).where(outbox_table.c.lane <= 0)
        return int(await tx.value(lanes))


async def late_alarms(database: Database) -> int:
    """How many alarms are still due."""
    async with database.reading() as tx:
        return len(await tickets.due(tx, utc_now(), 100_000))


def work(url: str, ready: object, go: object) -> None:
    """A second process that ticks until nothing is due."""

    async def run() -> None:
        app = await App.build(Settings(database_url=url))
        ready.set()  # type: ignore[attr-defined]
        await asyncio.to_thread(go.wait)  # type: ignore[attr-defined]
        await app.ticker.tick()
        await app.conversation.stop()
        await app.database.close()

    asyncio.run(run())


async def a_new_p1(app: App) -> float:
    """Seconds from the commit of a new P1 until its page is claimed for sending."""
    await asyncio.sleep(1)
    draft = Draft(
        Kind.INCIDENT, Origin.SELF_SERVICE, "anna.weber", "anna.weber", "wifi", "Nobody can work", "", Priority.P1
    )
    begun = time.perf_counter()
    async with app.database.transaction() as tx:
        ticket = await app.desk.open(tx, draft, via="web")
    while True:
        async with app.database.reading() as tx:
            mine = select(outbox_table.c.state).where(outbox_table.c.ticket_id == ticket.id, outbox_table.c.lane <= 0)
            states = {row.state for row in await tx.all(mine)}
        if states and "pending" not in states:
            return time.perf_counter() - begun
        await asyncio.sleep(0.05)


async def measure(url: str, many: int, due: int, processes: int) -> None:
    app = await App.build(Settings(database_url=url))
    begun = time.perf_counter()
    await fill(app, many, due, datetime.now(UTC) - timedelta(seconds=1))
    print(f"filled with {many} tickets in {time.perf_counter() - begun:.1f} s")
    context = get_context("spawn")
    ready, go = [context.Event() for _ in range(processes - 1)], context.Event()
    others = [context.Process(target=work, args=(url, each, go)) for each in ready]
    for process in others:
        process.start()
    for each in ready:
        await asyncio.to_thread(each.wait)
    begun, processor = time.perf_counter(), time.process_time()
    go.set()
    delivering = asyncio.create_task(app.delivery.run())
    page = asyncio.create_task(a_new_p1(app))
    handled = await app.ticker.tick()
    while await late_alarms(app.database):  # noqa: ASYNC110 (another process does the rest)
        await asyncio.sleep(0.05)
    took, used = time.perf_counter() - begun, time.process_time() - processor
    print(f"{due} alarms in {took:.1f} s ({used:.1f} s of this process's processor; it handled {handled})")
    print(f"a new P1's pages were on their way after {await page:.2f} s")
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)
    begun = time.perf_counter()
    for _ in range(100):
        await app.ticker.tick()
    print(f"a tick with nothing due takes {(time.perf_counter() - begun) * 10:.2f} ms")
    async with app.database.reading() as tx:
        print(f"outbox: {await outbox.counts(tx)}, {await pages_waiting(app.database)} pages")
    for process in others:
        process.join()
    await app.conversation.stop()
    await app.database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.database or f"sqlite+aiosqlite:///{Path(folder) / 'firstline.db'}"
        asyncio.run(measure(url, given.open, given.due, given.processes))


if __name__ == "__main__":
    main()
