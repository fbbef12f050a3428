"""One connection with a transaction begun: whatever keeps us from it is told as `DatabaseUnavailable`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.faults import unavailable


@asynccontextmanager
async def begun(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection in a transaction, which the block commits, or which ends with it as if it had never been."""
    connection = await _connected(engine)
    try:
        await _begin(connection)
        yield connection
    finally:
        # Ends whatever was not committed. It must happen also when this task is being cancelled.
        await _close(connection)


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except Exception as error:
        failed = unavailable(error)
        if failed is None:
            raise
        raise failed from error


async def _begin(connection: AsyncConnection) -> None:
    try:
        await connection.begin()
    except Exception as error:
        failed = unavailable(error)
        if failed is None:
            raise
        raise failed from error


async def _close(connection: AsyncConnection) -> None:
    closing = asyncio.ensure_future(connection.close())
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await asyncio.wait([closing])
        raise
    except Exception as error:
        # The connection is gone, and with it the transaction: what went wrong before matters more.
        if unavailable(error) is None:
            raise
