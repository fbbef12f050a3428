"""An aiosqlite connection that goes to its thread once for each statement.

Left to itself it goes four times: for a cursor, to execute, to fetch, to close. The waiting between the threads
then costs several times what SQLite itself needs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

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
    """The connection; `OneHop.to(path)` is opened by awaiting it."""

    @classmethod
    def to(cls, path: str) -> OneHop:
        """A connection to the file at this path, its thread not outliving the process."""
        connection = cls(lambda: sqlite3.connect(path), iter_chunk_size=64)
        connection._thread.daemon = True
        return connection

    def cursor(self) -> Any:
        """A cursor that fetches everything at once."""
        return _Cursor(self)

    async def in_thread(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do this with the raw connection, in its thread."""
        await self._execute(lambda: work(self._conn))  # type: ignore[no-untyped-call]
