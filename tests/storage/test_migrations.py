"""The schema's history leads to the tables the code knows, there and back, and never ahead of itself."""

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage import policies, tickets
from storage.database import Database
from storage.errors import SchemaTooNew
from storage.migration import configuration, run
from storage.migrations import HEAD
from storage.tables import metadata
from tests.storage.conftest import NOON, POLICY, Opener, a_ticket


async def _sync(database: Database, work: Any, *arguments: Any) -> Any:
    engine = database._engines.for_migration()
    async with engine.begin() as connection:
        result = await connection.run_sync(work, *arguments)
    await engine.dispose()
    return result


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def _schema(connection: Connection) -> list[str]:
    statement = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    if connection.dialect.name == "postgresql":
        statement = (
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable "
            "FROM information_schema.columns WHERE table_schema = 'public' UNION ALL "
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        )
    return [row[0] for row in connection.execute(text(statement))]


async def test_the_migrations_build_exactly_the_tables_the_code_knows(bare_database_url: str, opened: Opener) -> None:
    database = await opened(bare_database_url)
    assert await _sync(database, _differences) == []


async def test_down_and_up_again_gives_the_same_schema_and_works(bare_database_url: str, opened: Opener) -> None:
    database = await opened(bare_database_url)
    async with database.transaction() as tx:
        await policies.keep(tx, POLICY, {})
        await tickets.insert(tx, a_ticket())
    before = await _sync(database, _schema)
    await _sync(database, run, "base")
    assert len(await _sync(database, _schema)) < 5
    await _sync(database, run, "head")
    assert await _sync(database, _schema) == before
    async with database.transaction() as tx:
        await policies.keep(tx, POLICY, {})
        assert (await tickets.insert(tx, a_ticket())).id == 1


async def test_migrating_again_keeps_every_row(database: Database) -> None:
    async with database.transaction() as tx:
        stored = await tickets.insert(tx, a_ticket())
    await database.migrate()
    await _sync(database, run, "head")
    async with database.reading() as tx:
        assert await tickets.load(tx, stored.id) == stored


async def test_a_newer_schema_is_refused_and_left_alone(bare_sqlite_url: str, opened: Opener) -> None:
    database = await opened(bare_sqlite_url)
    async with database.transaction() as tx:
        await tx.change(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match="schema 9999"):
        await database.migrate()


async def test_a_migration_that_fails_half_way_leaves_nothing(bare_database_url: str, opened: Opener) -> None:
    database = await Database.open(bare_database_url, clock=lambda: NOON)
    async with database.transaction() as tx:
        await tx.change(text("CREATE TABLE tickets (id INTEGER)"))  # in the way of the first migration
    with pytest.raises(Exception, match="already exists"):
        await database.migrate()
    left = [line for line in await _sync(database, _schema) if "tickets" not in line]
    assert left == []
    async with database.transaction() as tx:
        await tx.change(text("DROP TABLE tickets"))
    await database.migrate()
    assert await _sync(database, _differences) == []
    await database.close()


@pytest.mark.postgres
async def test_of_several_processes_one_migrates_and_the_others_wait(bare_postgres_url: str) -> None:
    databases = [await Database.open(bare_postgres_url, clock=lambda: NOON) for _ in range(4)]
    await asyncio.gather(*(database.migrate() for database in databases))
    for database in databases:
        await database.ready()
        await database.close()


async def test_the_head_we_name_is_the_head_there_is(bare_sqlite_url: str, opened: Opener) -> None:
    database = await opened(bare_sqlite_url)

    def heads(connection: Connection) -> list[str]:
        return list(ScriptDirectory.from_config(configuration(connection)).get_heads())

    assert await _sync(database, heads) == [HEAD]
