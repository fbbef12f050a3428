"""An aiosqlite connection that goes to its thread once for each statement.

Left to itself it goes four times: for a cursor, to execute, to fetch, to close; and once more to begin a transaction,
and to roll back one that is committed. The waiting between the threads then costs several times what SQLite itself
needs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

from aiosqlite import Connection


class _Cursor:
    """What SQLAlchemy needs of a cursor: executes, fetches everything and closes in one go."""

    def __init__(self, connection: OneHop) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> _Cursor:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> _Cursor:
        await self._connection.in_thread(lambda raw: self._finish(raw.execute(statement, parameters or ())))
        return self

    async def executemany(self, statement: str, parameters: Sequence[Any]) -> _Cursor:
        await self._connection.in_thread(lambda raw: self._finish(raw.executemany(statement, parameters)))
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _finish(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        # With RETURNING the count is known only after the last row.
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()


class OneHop(Connection):
    """The connection; `OneHop.to(path, …)` is opened by awaiting it."""

    _opening = ""  # what begins a transaction, said with its first statement
    _open = False  # whether a transaction may be open: something was asked since the last one ended

    @classmethod
    def to(cls, path: str, pragmas: Sequence[str]) -> Self:
        """A connection to the file at this path with these pragmas set, its thread not outliving the process."""

        def connect() -> sqlite3.Connection:
            # Left to itself the driver sends no BEGIN before a SELECT: two could read, then both write.
            raw = sqlite3.connect(path, isolation_level=None)
            try:
                for pragma in pragmas:
                    raw.execute(f"PRAGMA {pragma}").close()
            except BaseException:
                raw.close()
                raise
            return raw

        connection = cls(connect, iter_chunk_size=64)
        connection._thread.daemon = True
        return connection

    def cursor(self) -> Any:
        """A cursor that fetches everything at once."""
        return _Cursor(self)

    def begin(self, words: str) -> None:
        """Begin a transaction by these words, together with its first statement."""
        self._opening = words

    async def in_thread(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do this with the raw connection, in its thread."""
        self._open = True
        await self._execute(self._begun, work)  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        """Keep what was done since `begin`."""
        await self._end(sqlite3.Connection.commit)

    async def rollback(self) -> None:
        """Undo what was done since `begin`, also what is being done this moment for somebody who waits no more."""
        await self._end(sqlite3.Connection.rollback)

    def _begun(self, work: Callable[[sqlite3.Connection], None]) -> None:
        if self._opening:
            self._conn.execute(self._opening)
            self._opening = ""
        work(self._conn)

    async def _end(self, end: Callable[[sqlite3.Connection], None]) -> None:
        if self._open:
            await self._execute(lambda: end(self._conn))  # type: ignore[no-untyped-call]
        self._open, self._opening = False, ""
