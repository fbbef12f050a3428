"""Each way to SQLite's thread costs more than what SQLite does there: none is gone for nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage.one_hop import OneHop


class Counted(OneHop):
    """Counts the ways."""

    ways = 0

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self.ways += 1
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Counted]:
    connection = Counted.to(str(tmp_path / "ways.db"), ["journal_mode = WAL"])
    await connection
    await connection.cursor().execute("CREATE TABLE words (word)")
    await connection.commit()
    yield connection
    await connection.close()


async def words(connection: Counted) -> list[str]:
    cursor = connection.cursor()
    await cursor.execute("SELECT word FROM words ORDER BY word")
    return [word for (word,) in await cursor.fetchall()]


async def test_a_transaction_begins_with_its_first_statement_and_is_ended_once(connection: Counted) -> None:
    connection.ways = 0
    connection.begin("BEGIN IMMEDIATE")
    assert not connection.in_transaction
    await connection.cursor().execute("INSERT INTO words VALUES ('kept')")
    assert connection.in_transaction
    await connection.commit()
    await connection.rollback()  # as a pool does with whatever comes back
    assert connection.ways == 2
    assert await words(connection) == ["kept"]


async def test_a_transaction_in_which_nothing_is_said_never_began(connection: Counted) -> None:
    connection.ways = 0
    for end in (connection.commit, connection.rollback):
        connection.begin("BEGIN IMMEDIATE")
        await end()
    assert connection.ways == 0
    await connection.cursor().execute("INSERT INTO words VALUES ('by itself')")
    assert not connection.in_transaction


async def test_what_somebody_no_longer_waits_for_is_undone(connection: Counted) -> None:
    """It was on its way to the thread already."""
    connection.begin("BEGIN IMMEDIATE")
    asking = asyncio.create_task(connection.cursor().execute("INSERT INTO words VALUES ('given up')"))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await connection.rollback()
    assert not connection.in_transaction
    assert await words(connection) == []


async def test_a_transaction_that_could_not_begin_does_not_go_on_without(connection: Counted, tmp_path: Path) -> None:
    """The file is locked by somebody else, and then it is not: what comes next is in a transaction all the same."""
    other = sqlite3.connect(tmp_path / "ways.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await connection.cursor().execute("PRAGMA busy_timeout = 0")
    connection.begin("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await connection.cursor().execute("INSERT INTO words VALUES ('one')")
    other.close()
    await connection.cursor().execute("INSERT INTO words VALUES ('two')")
    await connection.rollback()
    assert await words(connection) == []
