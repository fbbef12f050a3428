"""How long ten thousand alarms take that are due at once, among a hundred thousand open tickets, and a tick at rest.

    .venv/bin/python -m benchmarks.alarms [--open 100000] [--due 10000] [--postgres] [--processes 2]

On an SQLite file of its own, or with --postgres on a PostgreSQL of the development packages; --database names another.
Several processes need PostgreSQL: each ticks, this one also delivers and counts. Meanwhile a P1 is opened, and the time
until its page is taken for sending is measured. It ends with 1 when an alarm was handled twice, or not at all.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.app import App
from bot.desk.draft import Draft
from bot.settings import Settings
from escalation.priority import Priority
from escalation.ticket import Kind, Origin
from storage import outbox, tickets
from storage.tables import outbox as outbox_table
from storage.tables import ticket_events
from tests.faults.crowd import fill
from tests.fixtures.postgres import running_postgres

AT_REST = 100  # ticks
LATER = timedelta(hours=1)  # until the alarms are due


class Clock:
    """The wall's, ahead by as many seconds as somebody turned it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Watch:
    """Seconds on the wall and of this process's processor since it was made."""

    def __init__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    @property
    def wall(self) -> float:
        return time.perf_counter() - self._begun[0]

    @property
    def processor(self) -> float:
        return time.process_time() - self._begun[1]


async def ring_all(app: App) -> int:
    """Tick until nothing is due in any process; how many alarms this one handled."""
    handled = await app.ticker.tick()
    while await late(app):
        handled += await app.ticker.tick()
    return handled


async def late(app: App) -> bool:
    async with app.database.reading() as tx:
        return bool(await tickets.count_due(tx, app.clock()))


async def end(app: App) -> None:
    await app.conversation.stop()
    await app.database.close()


def beside(url: str, pipe: Connection) -> None:
    """A second process: it says that it is ready, hears how late it is, and tells what it did."""

    async def run() -> None:
        clock = Clock()
        app = await App.build(Settings(database_url=url), clock=clock)
        pipe.send("ready")
        clock.ahead = await asyncio.to_thread(pipe.recv)
        watch = Watch()
        pipe.send((await ring_all(app), watch.processor))
        await end(app)

    asyncio.run(run())


async def a_new_p1(app: App) -> tuple[int, float]:
    """Its number, and the seconds from its commit until its page is claimed for sending."""
    await asyncio.sleep(1)
    draft = Draft(
        Kind.INCIDENT, Origin.SELF_SERVICE, "anna.weber", "anna.weber", "wifi", "Nobody can work", "", Priority.P1
    )
    watch = Watch()
    async with app.database.transaction() as tx:
        ticket = await app.desk.open(tx, draft, via="web")
    mine = select(outbox_table.c.state).where(outbox_table.c.ticket_id == ticket.id, outbox_table.c.lane <= 0)
    while True:
        async with app.database.reading() as tx:
            states = {row.state for row in await tx.all(mine)}
        if states and "pending" not in states:
            return ticket.id, watch.wall
        await asyncio.sleep(0.05)


async def at_rest(app: App, clock: Clock) -> str:
    """How long a tick and a look into the outbox take when nothing is due, a second apart as far as they know."""
    await app.ticker.tick()
    ticking = Watch()
    for _ in range(AT_REST):
        clock.ahead += timedelta(seconds=1)
        await app.ticker.tick()
    tick = f"{1000 * ticking.wall / AT_REST:.2f} ms ({1000 * ticking.processor / AT_REST:.2f} of processor)"
    looking = Watch()
    for _ in range(AT_REST):
        await app.delivery.drain()
    return f"a tick with nothing due: {tick}; a look into the outbox: {1000 * looking.wall / AT_REST:.2f} ms"


async def measure(url: str, many: int, due: int, processes: int) -> bool:
    """Print what was seen; whether each alarm was handled once."""
    clock = Clock()
    app = await App.build(Settings(database_url=url), clock=clock)
    watch = Watch()
    await fill(app, many, due, clock() + LATER)
    if app.database.dialect == "postgresql":  # which does so by itself a minute later
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.execute(text("ANALYZE"))
        await engine.dispose()
    print(f"filled with {many} open tickets in {watch.wall:.1f} s")
    print(await at_rest(app, clock))
    pipes = [start(url) for _ in range(processes - 1)]
    clock.ahead = LATER + timedelta(minutes=10)
    watch, delivering = Watch(), asyncio.create_task(app.delivery.run())
    for pipe in pipes:
        pipe.send(clock.ahead)
    new_p1 = asyncio.create_task(a_new_p1(app))
    handled = [(await ring_all(app), watch.processor)]
    took = watch.wall
    handled += [await asyncio.to_thread(pipe.recv) for pipe in pipes]
    number, waited = await new_p1
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)
    print(f"{due} alarms in {took:.1f} s; each process handled, with seconds of processor:", *handled)
    print(f"a new P1's pages were on their way after {waited:.2f} s")
    once = await handled_once(app, due, but=number)
    async with app.database.reading() as tx:
        print(f"each handled once: {once}; outbox: {await outbox.counts(tx)}; load: {os.getloadavg()}")
    await end(app)
    return once


def start(url: str) -> Connection:
    """A second process that is ready."""
    context = get_context("spawn")
    mine, theirs = context.Pipe()
    context.Process(target=beside, args=(url, theirs), daemon=True).start()
    mine.recv()
    return mine


async def handled_once(app: App, due: int, but: int) -> bool:
    """Whether the log knows one page of each ticket that was due, and of no other."""
    paged = select(ticket_events.c.ticket_id).where(ticket_events.c.action == "page", ticket_events.c.ticket_id != but)
    async with app.database.reading() as tx:
        pages = Counter(row.ticket_id for row in await tx.all(paged))
    return len(pages) == due and set(pages.values()) == {1}


@contextmanager
def a_database(given: argparse.Namespace) -> Iterator[str]:
    """The URL of an empty one."""
    if given.database:
        yield given.database
    elif given.postgres:
        with running_postgres() as server, server.fresh_database() as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite+aiosqlite:///{Path(folder) / 'firstline.db'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    with a_database(given) as url:
        if not asyncio.run(measure(url, given.open, given.due, given.processes)):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
