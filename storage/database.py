"""One database, SQLite or PostgreSQL, and the transaction as the unit of work.

SQLite: one process, one writing connection, waiting writers served in order; readers have connections of
their own and never wait. PostgreSQL: any number of processes, a small pool each.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Column, CursorResult, Executable, Row, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from escalation.errors import Stale
from storage.connections import begun
from storage.engines import Engines, FileLock, database_url, lock_file, open_engines
from storage.errors import CommitUnclear, DatabaseUnavailable
from storage.faults import unavailable
from storage.inserts import insert, inserting, inserting_many, inserting_new
from storage.migration import migrate
from storage.tables import heartbeat

READY_WITHIN = 5.0  # seconds


Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Transaction:
    """What the modules here speak to. It ends with its `async with` block: committed, or nothing kept."""

    def __init__(self, connection: AsyncConnection, *, database_time: bool = False) -> None:
        self._connection = connection
        self._database_time = database_time
        self._afterwards: list[Callable[[], object]] = []
        self._failed: DatabaseUnavailable | None = None
        self._gathered: dict[Executable, list[Mapping[str, Any]]] | None = None

    @property
    def dialect(self) -> str:
        """Either "sqlite" or "postgresql"."""
        return self._connection.dialect.name

    async def lease_time(self, now: datetime) -> datetime:
        """What leases are measured by: the database's clock where several processes share it, else the caller's."""
        return await self.value(select(func.clock_timestamp())) if self._database_time else now

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Call this once the transaction is kept. It must not fail; a crash may come before it."""
        self._afterwards.append(callback)

    def gather(self) -> None:
        """From here on, what is given to `later` is kept until something is read or the end, and written together."""
        self._gathered = {} if self._gathered is None else self._gathered

    @property
    def gathers(self) -> bool:
        """Whether `gather` was asked for."""
        return self._gathered is not None

    def later(self, statement: Executable, values: Mapping[str, Any]) -> None:
        """Run this once nobody can wait for it any more. An UPDATE must touch a row each time, else it is `Stale`.

        What is the same statement runs together, an UPDATE with the execution option "first" before others.
        """
        assert self._gathered is not None
        self._gathered.setdefault(statement, []).append(values)

    def add_later(self, table: Table, **values: Any) -> None:
        """Insert a row, as `later` as all the others, unless one with the same unique key stands already."""
        self.later(inserting_many(table, self.dialect), values)

    async def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """Every row."""
        return (await self._run(statement)).all()

    async def first(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """The first row, if there is one. `values` are for what the statement leaves open."""
        return (await self._run(statement, values)).first()

    async def value(self, statement: Executable) -> Any:
        """The first column of the first row; None without a row."""
        return (await self._run(statement)).scalar()

    async def change(self, statement: Executable, values: Values | None = None) -> int:
        """How many rows an UPDATE or DELETE touched. `values` are for what it leaves open: several run it so often."""
        return int((await self._run(statement, values)).rowcount)

    async def add(self, table: Table, **values: Any) -> Row[Any]:
        """Insert a row and give it back as stored."""
        return (await self._run(inserting(table), values)).one()

    async def add_new(self, table: Table, **values: Any) -> Row[Any] | None:
        """Insert a row unless one with the same unique key stands already; None then, and nothing changes."""
        return (await self._run(inserting_new(table, self.dialect), values)).first()

    async def add_all(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert these rows, except those whose unique key stands already."""
        if rows:
            await self._run(inserting_many(table, self.dialect), rows)

    async def put(self, table: Table, key: Sequence[Column[Any]], values: Mapping[str, Any], **changes: Any) -> None:
        """Insert a row, or apply `changes` (default: all values) to the one with the same key."""
        inserted = insert(table, self.dialect).values(**values)
        changed = changes or {name: value for name, value in values.items() if table.c[name] not in set(key)}
        await self._run(inserted.on_conflict_do_update(index_elements=list(key), set_=changed))

    async def _run(self, statement: Executable, values: Values | None = None) -> CursorResult[Any]:
        if self._failed is not None:
            raise self._failed
        if self._gathered:
            await self._write_gathered()
        try:
            return cast("CursorResult[Any]", await self._connection.execute(statement, values))
        except Exception as error:
            self._failed = unavailable(error)
            if self._failed is None:
                raise
            raise self._failed from error

    async def _write_gathered(self) -> None:
        gathered, self._gathered = self._gathered or {}, {}
        for statement, values in sorted(gathered.items(), key=_order):
            done = await self.change(statement, values)
            # PostgreSQL does not count here, and need not: what is changed in many was locked when it was read.
            if statement.is_update and 0 <= done < len(values):
                raise Stale(f"{len(values) - done} of {len(values)} rows are not as they were read")

    async def _commit(self) -> None:
        if self._gathered:
            await self._write_gathered()
        # On a full disk SQLite rolls back by itself: a caller who caught that must not commit the rest.
        if self._failed is not None:
            raise self._failed
        try:
            await self._connection.commit()
        except Exception as error:
            failed = unavailable(error)
            if failed is None:
                raise
            raise CommitUnclear(str(failed)) from error
        for callback in self._afterwards:
            callback()


class Database:
    """An open database. Build it with `await Database.open(url, clock=…)` and `close` it in the end."""

    def __init__(
        self, engines: Engines, lock: FileLock | None, clock: Callable[[], datetime], *, database_time: bool
    ) -> None:
        self._engines = engines
        self._database_time = database_time and self.dialect == "postgresql"
        self._lock = lock
        self._clock = clock
        self._turn = asyncio.Lock()
        self._writer: asyncio.Task[Any] | None = None

    @classmethod
    async def open(
        cls, url: str, *, clock: Callable[[], datetime], visitor: bool = False, database_time: bool = False
    ) -> Database:
        """Open the database at this URL; raises `BadUrl`, `AlreadyInUse` or `DatabaseUnavailable`.

        A `visitor` is a short-lived command beside the running desk: on SQLite it may write a little without
        being the file's one process. With `database_time` leases run on PostgreSQL's clock, whatever `clock` says: a
        process whose clock is wrong takes nobody's lease away.
        """
        parsed = database_url(url)
        lock = lock_file(parsed) if not visitor else None
        database = cls(open_engines(parsed), lock, clock, database_time=database_time)
        try:
            async with database.reading():
                pass
        except BaseException:
            await database.close()
            raise
        return database

    @property
    def dialect(self) -> str:
        """Either "sqlite" or "postgresql"."""
        return self._engines.write.dialect.name

    async def migrate(self) -> None:
        """Bring the tables to this program's schema, quickly if they are; raises `SchemaTooNew`."""
        await migrate(self._engines)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction that writes: committed at the end of the block, rolled back when the block raises.

        Raises `DatabaseUnavailable`, and `CommitUnclear` when only the commit failed.
        """
        async with AsyncExitStack() as stack:
            if self.dialect == "sqlite":
                await stack.enter_async_context(self._one_at_a_time())
            connection = await stack.enter_async_context(begun(self._engines.write))
            tx = Transaction(connection, database_time=self._database_time)
            yield tx
            await tx._commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """A view of the database as it was at the first look; it waits for no writer and cannot write."""
        async with begun(self._engines.read) as connection:
            yield Transaction(connection, database_time=self._database_time)

    async def ready(self) -> None:
        """Really write something; raises `DatabaseUnavailable` when that does not work within 5 s."""
        now = self._clock()
        try:
            async with asyncio.timeout(READY_WITHIN), self.transaction() as tx:
                await tx.put(heartbeat, [heartbeat.c.id], {"id": 1, "at": now})
        except TimeoutError as error:
            raise DatabaseUnavailable(f"no write within {READY_WITHIN:g} s") from error

    async def close(self) -> None:
        """Close every connection and let another process have the file."""
        await self._engines.dispose()
        if self._lock is not None:
            self._lock.release()

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncIterator[None]:
        if self._writer is asyncio.current_task():
            raise RuntimeError("this task has a transaction open: pass it on instead of opening another")
        async with self._turn:
            self._writer = asyncio.current_task()
            try:
                yield
            finally:
                self._writer = None


def _order(gathered: tuple[Executable, object]) -> tuple[bool, bool]:
    # Changes come first: who was first is decided there.
    statement, _ = gathered
    return not statement.is_update, "first" not in statement.get_execution_options()
