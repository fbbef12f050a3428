"""Bringing a database to this program's schema."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engines import Engines
from storage.errors import SchemaTooNew, StorageError
from storage.faults import unavailable
from storage.migrations import HEAD

_LOCK = 0x46495253544C  # "FIRSTL"; any constant would do, as long as all our processes take the same


async def migrate(engines: Engines) -> None:
    """Run the migrations that are missing, in one transaction; raises `SchemaTooNew`.

    Several processes may start at once: one migrates, the others wait for it and find the work done.
    """
    try:
        async with engines.read.connect() as connection:
            if await _revision(connection) == HEAD:
                return
        await _upgrade(engines)
    except StorageError:
        raise
    except Exception as error:
        failed = unavailable(error)
        if failed is None:
            raise
        raise failed from error


async def _upgrade(engines: Engines) -> None:
    engine = engines.for_migration()
    try:
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if await _revision(connection) == HEAD:
                return
            await connection.run_sync(run, "head")
    finally:
        await engine.dispose()


async def _revision(connection: AsyncConnection) -> str:
    there = "SELECT name FROM sqlite_master WHERE name = 'alembic_version'"
    if connection.dialect.name == "postgresql":
        there = "SELECT to_regclass('alembic_version')"
    if (await connection.execute(text(there))).scalar() is None:
        return ""
    return str((await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar() or "")


def run(connection: Connection, target: str) -> None:
    """Migrate up to "head" or a revision, or down to "base" or "-1", within the connection's transaction."""
    from alembic import command
    from alembic.script import ScriptDirectory

    config = configuration(connection)
    current = _current(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not current <= known:
        raise SchemaTooNew(
            f"the database has schema {', '.join(sorted(current))}, this program knows {HEAD} at most: "
            "run the newer version, or restore a backup made before it"
        )
    if target == "base" or target.startswith("-"):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
    _check_references(connection)


def configuration(connection: Connection) -> Any:
    """Alembic's configuration for running on this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection) -> frozenset[str]:
    from alembic.runtime.migration import MigrationContext

    return frozenset(MigrationContext.configure(connection).get_current_heads())


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise StorageError(f"a migration would leave {len(broken)} rows pointing nowhere; nothing was changed")
