"""From a URL to engines set up the way this house needs them."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.errors import AlreadyInUse, BadUrl
from storage.one_hop import OneHop

CONNECT_WITHIN = 3  # seconds
ANSWER_WITHIN = 5  # seconds for one statement; asyncpg itself would wait for ever
READERS = 4
POOL = 10

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


@dataclass(frozen=True, slots=True)
class Engines:
    """One database as a writer, a reader and a migration see it."""

    url: URL
    write: AsyncEngine
    read: AsyncEngine

    def for_migration(self) -> AsyncEngine:
        """An engine for one connection: no deadline, and on SQLite free to rebuild tables others point at."""
        if self.url.get_backend_name() == "sqlite":
            return _sqlite(self.url, foreign_keys=False, poolclass=NullPool)
        return create_async_engine(self.url, poolclass=NullPool, connect_args={"timeout": CONNECT_WITHIN})

    async def dispose(self) -> None:
        """Close every connection."""
        await self.write.dispose()
        if self.read is not self.write:
            await self.read.dispose()


def database_url(text: str) -> URL:
    """The URL with the driver we use; raises `BadUrl` for anything but a SQLite file or PostgreSQL."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadUrl(f"not a database URL: {_shown(text)}. Give sqlite:///path or postgresql://…") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise BadUrl(f"{url.drivername} is not a database we know. Give sqlite:///path or postgresql://…")
    url = url.set(drivername=driver)
    return _checked_file(url) if driver == "sqlite+aiosqlite" else _libpq_words(url)


def open_engines(url: URL) -> Engines:
    """Engines that connect when first used."""
    if url.get_backend_name() == "sqlite":
        write = _sqlite(url, pool_size=1, max_overflow=0)
        read = _sqlite(url, writes=False, pool_size=READERS, max_overflow=0, pool_timeout=ANSWER_WITHIN)
        return Engines(url, write, read)
    write = create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=ANSWER_WITHIN,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "timeout": CONNECT_WITHIN,
            "command_timeout": ANSWER_WITHIN,
            "server_settings": {"application_name": "firstline"},
        },
    )
    read = write.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(url, write, read)


class FileLock:
    """A lock the operating system lets go when the process ends, however it ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def release(self) -> None:
        """Let go."""
        self._file.close()


def lock_file(url: URL) -> FileLock | None:
    """The right to be the one process of a SQLite file; raises `AlreadyInUse`. PostgreSQL needs none."""
    if url.get_backend_name() != "sqlite":
        return None
    path = Path(f"{url.database}.lock")
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise AlreadyInUse(
            f"{url.database} is in use by process {holder}: SQLite serves one process. "
            "Stop that one, or use PostgreSQL for several."
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return FileLock(file)


def _sqlite(url: URL, *, writes: bool = True, foreign_keys: bool = True, **options: Any) -> AsyncEngine:
    path = str(url.database)
    pragmas = (
        "busy_timeout = 5000",
        "journal_mode = WAL",
        "synchronous = FULL",
        f"foreign_keys = {'ON' if foreign_keys else 'OFF'}",
        f"query_only = {'OFF' if writes else 'ON'}",
    )
    engine = create_async_engine(url, async_creator=lambda: OneHop.to(path, pragmas), **options)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.connection.driver_connection.begin("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _checked_file(url: URL) -> URL:
    name = url.database or ""
    if name in ("", ":memory:") or name.startswith("file:") or url.query:
        raise BadUrl("SQLite needs a plain file that outlives the process: give sqlite:///path/to/firstline.db")
    path = Path(name)
    if not path.parent.is_dir():
        raise BadUrl(f"the folder {path.parent} for the database does not exist: make it, or name another")
    if path.is_dir():
        raise BadUrl(f"{path} is a folder: name a file in it")
    return url


def _libpq_words(url: URL) -> URL:
    """The same URL in asyncpg's words: other tools say sslmode where it says ssl."""
    if "sslmode" in url.query:
        ssl = url.query["sslmode"]
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": ssl})
    if not url.database:
        raise BadUrl("the PostgreSQL URL names no database: postgresql://user@host/database")
    return url


def _shown(text: str) -> str:
    # What is not a URL may still hold a password.
    return repr(text) if "@" not in text else "(not shown: it may hold a password)"
