"""A copy of everything in one file, from either database and into either.

The file is itself an SQLite database with the tables of this version, taken at one moment while the desk runs.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import quiet
from storage.database import Database, Transaction
from storage.errors import StorageError
from storage.tables import metadata, tickets

AT_ONCE = 200  # rows: an attachment may have 10 MiB, but few rows are attachments
_LINKS = ("duplicate_of", "parent")  # a ticket may point at one that comes later


class BackupError(StorageError):
    """The copy was not made, or not read back."""


async def backup(url: str, file: Path) -> None:
    """Copy everything committed so far to a new file; raises `BackupError`, leaving no half of it behind."""
    if file.exists():  # noqa: ASYNC240 (one look, by a command that does nothing else)
        raise BackupError(f"{file} exists already: name a file that does not")
    half = file.with_name(f"{file.name}.part")
    half.unlink(missing_ok=True)
    try:
        async with _opened(url, visitor=True) as source, _opened(f"sqlite:///{half}") as target:
            await target.migrate()
            async with source.reading() as tx:
                await _copy(tx, target)
        os.replace(half, file)
    finally:
        for leftover in (half, *(half.with_name(half.name + end) for end in ("-wal", "-shm", ".lock"))):
            leftover.unlink(missing_ok=True)


async def restore(url: str, file: Path) -> None:
    """Fill an empty database from a copy; raises `BackupError` when it has tickets, or the file is no copy.

    The desk on it is quiet until somebody confirms.
    """
    async with _opened(url) as target:
        await target.migrate()
        async with target.reading() as tx:
            if await tx.value(select(func.count()).select_from(tickets)):
                raise BackupError("this database has tickets in it: restore into an empty one")
        async with _opened(f"sqlite:///{file}", visitor=True) as source:
            await source.migrate()  # a copy made by an older version catches up first
            async with source.reading() as tx:
                await _copy(tx, target)
        async with target.transaction() as tx:
            await quiet.begin(tx, datetime.now(UTC))


@asynccontextmanager
async def _opened(url: str, *, visitor: bool = False) -> AsyncIterator[Database]:
    try:
        database = await Database.open(url, clock=lambda: datetime.now(UTC), visitor=visitor)
    except StorageError as error:
        raise BackupError(str(error)) from error
    try:
        yield database
    except BackupError:
        raise
    except StorageError as error:
        raise BackupError(str(error)) from error
    finally:
        await database.close()


async def _copy(source: Transaction, target: Database) -> None:
    """Every row of every table, in one transaction on either side."""
    engine = target._engines.for_migration()
    try:
        async with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(table.delete())
            for table in metadata.sorted_tables:
                async for rows in _batches(source, table):
                    await connection.execute(table.insert(), rows)
            await _relink(source, connection)
            if connection.dialect.name == "postgresql":
                await _go_on_counting(connection)
    finally:
        await engine.dispose()


async def _batches(source: Transaction, table: Any) -> AsyncIterator[list[dict[str, Any]]]:
    order = list(table.primary_key.columns)
    size = 1 if table.name == "attachments" else AT_ONCE
    start = 0
    while rows := await source.all(select(table).order_by(*order).offset(start).limit(size)):
        cleared = dict.fromkeys(_LINKS) if table is tickets else {}
        yield [{**row._mapping, **cleared} for row in rows]
        start += size


async def _relink(source: Transaction, connection: AsyncConnection) -> None:
    linked = tickets.c.duplicate_of.is_not(None) | tickets.c.parent.is_not(None)
    for row in await source.all(select(tickets.c.id, tickets.c.duplicate_of, tickets.c.parent).where(linked)):
        links = {"duplicate_of": row.duplicate_of, "parent": row.parent}
        await connection.execute(update(tickets).where(tickets.c.id == row.id).values(links))


async def _go_on_counting(connection: AsyncConnection) -> None:
    """PostgreSQL hands out numbers after the highest copied one; SQLite does so by itself."""
    for table in metadata.sorted_tables:
        if "id" not in table.c or table.c.id.autoincrement is False:
            continue
        highest = (await connection.execute(select(func.max(table.c.id)))).scalar()
        if highest:
            sequence = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :highest)")
            await connection.execute(sequence, {"table": table.name, "highest": highest})
