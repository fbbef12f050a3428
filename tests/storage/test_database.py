"""One database, two engines, the same promises."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.exc import DBAPIError

from storage import inbox
from storage.columns import Moment
from storage.database import Database
from storage.errors import AlreadyInUse, BadUrl, CommitUnclear, DatabaseUnavailable
from tests.storage.conftest import NOON, Opener

HOUSE = Path(__file__).parents[2]


async def seen(database: Database) -> int:
    async with database.reading() as tx:
        return int(await tx.value(text("SELECT count(*) FROM inbox")))


async def test_what_is_committed_is_there_and_what_raised_is_not(database: Database) -> None:
    poked: list[str] = []
    async with database.transaction() as tx:
        tx.after_commit(lambda: poked.append("kept"))
        await inbox.record(tx, "one", NOON, "lin.wei")
        assert poked == []
    with pytest.raises(ZeroDivisionError):
        await _record_and_fail(database, poked)
    assert (await seen(database), poked) == (1, ["kept"])


async def _record_and_fail(database: Database, poked: list[str]) -> None:
    async with database.transaction() as tx:
        tx.after_commit(lambda: poked.append("lost"))
        await inbox.record(tx, "two", NOON, "lin.wei")
        raise ZeroDivisionError


async def test_an_event_is_recorded_once_whoever_delivers_it(database: Database) -> None:
    async def deliver() -> bool:
        async with database.transaction() as tx:
            return await inbox.record(tx, "evt", NOON, "lin.wei")

    assert sorted(await asyncio.gather(*(deliver() for _ in range(10)))) == [False] * 9 + [True]


async def test_a_reader_never_waits_for_a_writer_and_sees_one_moment(database: Database) -> None:
    async with database.transaction() as writer:
        await inbox.record(writer, "one", NOON, "lin.wei")
        async with asyncio.timeout(20), database.reading() as before:
            assert await inbox.answer_of(before, "one") is None
            assert await before.value(text("SELECT count(*) FROM inbox")) == 0
            await writer._commit()
            assert await before.value(text("SELECT count(*) FROM inbox")) == 0
    assert await seen(database) == 1


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((DatabaseUnavailable, DBAPIError), match=r"(?i)read.?only"):
        async with database.reading() as tx:
            await inbox.record(tx, "one", NOON, "lin.wei")


async def test_a_cancelled_transaction_keeps_nothing_and_blocks_nobody(database: Database) -> None:
    inside = asyncio.Event()

    async def slow() -> None:
        async with database.transaction() as tx:
            await inbox.record(tx, "one", NOON, "lin.wei")
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(20), database.transaction() as tx:
        assert await inbox.record(tx, "one", NOON, "lin.wei")


async def test_transactions_cancelled_at_any_moment_leave_the_database_usable(database: Database) -> None:
    async def write(key: str) -> None:
        async with database.transaction() as tx:
            await inbox.record(tx, key, NOON, "lin.wei")
            await inbox.answered(tx, key, [{"text": "好"}])

    for step in range(30):
        task = asyncio.create_task(write(f"cancelled-{step}"))
        for _ in range(step):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(20):
        await write("in the end")
    async with database.reading() as tx:
        halves = await tx.all(text("SELECT event_id FROM inbox WHERE replies IS NULL"))
    assert halves == []


async def test_moments_come_back_in_utc_and_compare_as_moments(database: Database) -> None:
    shanghai = datetime(2026, 3, 2, 20, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    async with database.transaction() as tx:
        await inbox.park(tx, "later", {}, "", shanghai)
        await inbox.park(tx, "earlier", {}, "", NOON)
        rows = await inbox.parked(tx)
    assert [(row.event_id, row.at) for row in rows] == [
        ("earlier", NOON),
        ("later", NOON.replace(microsecond=123456)),
    ]
    assert all(row.at.tzinfo is UTC for row in rows)


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001
    with pytest.raises(Exception, match="has no time zone"):
        async with database.reading() as tx:
            await tx.value(select(literal(naive, Moment)))


async def test_ready_means_a_real_write(database: Database) -> None:
    await database.ready()
    async with database.reading() as tx:
        assert await tx.value(text("SELECT count(*) FROM heartbeat")) == 1


async def test_a_transaction_inside_a_transaction_is_told_off(sqlite_url: str, opened: Opener) -> None:
    database = await opened(sqlite_url)
    async with database.transaction():
        with pytest.raises(RuntimeError, match="pass it on"):
            async with database.transaction():
                pass


async def test_waiting_writers_are_served_in_order(sqlite_url: str, opened: Opener) -> None:
    database = await opened(sqlite_url)
    order: list[int] = []

    async def write(n: int) -> None:
        async with database.transaction() as tx:
            await inbox.record(tx, str(n), NOON, "lin.wei")
            order.append(n)

    await asyncio.gather(*map(write, range(30)))
    assert order == list(range(30))


async def test_a_full_disk_is_unavailable_keeps_nothing_and_ends(sqlite_url: str, opened: Opener) -> None:
    database = await opened(sqlite_url)
    async with database.transaction() as tx:
        pages = await tx.value(text("PRAGMA page_count"))
        await tx.value(text(f"PRAGMA max_page_count = {pages + 2}"))
    with pytest.raises(DatabaseUnavailable, match="database or disk is full"):
        await _fill(database)
    assert await seen(database) == 0
    async with database.transaction() as tx:
        await tx.value(text("PRAGMA max_page_count = 100000"))
    await database.ready()


async def _fill(database: Database) -> None:
    async with database.transaction() as tx:
        await inbox.record(tx, "small", NOON, "lin.wei")
        with suppress(DatabaseUnavailable):  # the commit must say so all the same
            await inbox.park(tx, "big", "x" * 100_000, "", NOON)


async def test_a_second_process_on_the_same_file_is_refused(sqlite_url: str, opened: Opener) -> None:
    first = await opened(sqlite_url)
    story = (
        "import asyncio, sys, datetime\n"
        "from storage.database import Database\n"
        "async def main():\n"
        "    await Database.open(sys.argv[1], clock=lambda: datetime.datetime.now(datetime.UTC))\n"
        "asyncio.run(main())\n"
    )
    run = subprocess.run(  # noqa: ASYNC221
        [sys.executable, "-c", story, sqlite_url], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "AlreadyInUse" in run.stderr
    assert "is in use by process" in run.stderr
    with pytest.raises(AlreadyInUse):
        await Database.open(sqlite_url, clock=lambda: NOON)
    visitor = await Database.open(sqlite_url, clock=lambda: NOON, visitor=True)
    await visitor.ready()
    await visitor.close()
    await first.close()
    await (await opened(sqlite_url)).ready()


async def test_a_writer_killed_in_mid_transaction_leaves_nothing_behind(tmp_path: Path, opened: Opener) -> None:
    url = f"sqlite:///{tmp_path / 'killed.db'}"
    story = (
        "import asyncio, sys, datetime\n"
        "from storage import inbox\n"
        "from storage.database import Database\n"
        "noon = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)\n"
        "async def main():\n"
        "    database = await Database.open(sys.argv[1], clock=lambda: noon)\n"
        "    await database.migrate()\n"
        "    async with database.transaction() as tx:\n"
        "        await inbox.record(tx, 'kept', noon, '')\n"
        "    async with database.transaction() as tx:\n"
        "        await inbox.record(tx, 'lost', noon, '')\n"
        "        print('now', flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    run = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", story, url], cwd=HOUSE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "now\n"
    run.kill()
    run.wait()
    run.stdout.close()
    database = await opened(url)
    async with database.transaction() as tx:
        assert not await inbox.record(tx, "kept", NOON, "")
        assert await inbox.record(tx, "lost", NOON, "")
        assert await tx.value(text("PRAGMA integrity_check")) == "ok"


@pytest.mark.postgres
async def test_a_connection_lost_in_mid_transaction_is_unavailable(postgres_url: str, opened: Opener) -> None:
    database = await opened(postgres_url)
    with pytest.raises(DatabaseUnavailable):
        await _write_and_lose_the_connection(database, go_on=True)
    await database.ready()
    assert await seen(database) == 0


@pytest.mark.postgres
async def test_a_connection_lost_before_the_commit_is_unclear(postgres_url: str, opened: Opener) -> None:
    database = await opened(postgres_url)
    with pytest.raises(CommitUnclear):
        await _write_and_lose_the_connection(database, go_on=False)
    await database.ready()


async def _write_and_lose_the_connection(database: Database, *, go_on: bool) -> None:
    everyone_else = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with database.transaction() as tx:
        await inbox.record(tx, "lost", NOON, "")
        async with database.transaction() as other:
            await other.first(text(everyone_else))
        if go_on:
            await inbox.answered(tx, "lost", [])


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(DatabaseUnavailable):
        await Database.open("postgresql://nobody@127.0.0.1:1/desk", clock=lambda: NOON)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("firstline.db", "not a database URL"),
        ("", "not a database URL"),
        ("mysql://host/desk", "mysql is not a database we know"),
        ("sqlite://", "plain file"),
        ("sqlite:///:memory:", "plain file"),
        ("sqlite:///file:desk?mode=memory&uri=true", "plain file"),
        ("sqlite:////no/such/folder/desk.db", "does not exist"),
        ("sqlite:////tmp", "is a folder"),
        ("postgresql://host", "names no database"),
        ("post gres://me:secret@host/desk", "may hold a password"),
    ],
)
async def test_a_bad_url_is_explained(url: str, complaint: str) -> None:
    with pytest.raises(BadUrl, match=complaint) as caught:
        await Database.open(url, clock=lambda: NOON)
    assert "secret" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.postgres
async def test_a_server_that_hangs_is_unavailable_within_seconds(
    postgres_url: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engines.ANSWER_WITHIN", 2)
    database = await opened(postgres_url)
    async with asyncio.timeout(40):
        with pytest.raises(DatabaseUnavailable):
            async with database.transaction() as tx:
                await tx.value(text("SELECT pg_sleep(60)"))
    await database.ready()


@pytest.mark.slow
async def test_a_file_somebody_else_keeps_locked_is_unavailable_until_they_let_go(
    sqlite_url: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.READY_WITHIN", 2.0)
    database = await opened(sqlite_url)
    other = sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match=r"locked|no write within"):
        await database.ready()
    assert await seen(database) == 0
    other.execute("ROLLBACK")
    other.close()
    await database.ready()
