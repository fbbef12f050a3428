"""An open database with its tables, and stories to put into it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, text

from escalation.priority import Priority
from escalation.ticket import Kind, Origin, Status, Ticket
from storage import policies
from storage.database import Database, Transaction
from storage.tables import metadata
from tests.fixtures.postgres import PostgresServer

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY = "a" * 64

Opener = Callable[[str], Awaitable[Database]]


@pytest.fixture
async def opened() -> AsyncIterator[Opener]:
    """Opens databases, with tables, that are closed after the test."""
    async with AsyncExitStack() as stack:

        async def open_one(url: str) -> Database:
            database = await Database.open(url, clock=lambda: NOON)
            stack.push_async_callback(database.close)
            await database.migrate()
            return database

        yield open_one


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """One PostgreSQL database for all tests of this folder: emptying it is quicker than making it."""
    with postgres_server.fresh_database(copied_from=postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, opened: Opener) -> Database:
    """An open database with nothing but a policy in it; each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        database = await opened(request.getfixturevalue("sqlite_url"))
    else:
        database = await opened(request.getfixturevalue("shared_postgres_url"))
        async with database.transaction() as tx:
            await tx.change(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
    async with database.transaction() as tx:
        await policies.keep(tx, POLICY, {"closes_after": 3})
    return database


def a_ticket(**changes: object) -> Ticket:
    """A plain new ticket with some things different."""
    values: dict[str, object] = {
        "id": 0,
        "kind": Kind.INCIDENT,
        "origin": Origin.SELF_SERVICE,
        "status": Status.NEW,
        "priority": Priority.P3,
        "service": "vpn",
        "category": "network",
        "group": "network",
        "tier": 1,
        "summary": "VPN 断线",
        "description": "每十分钟断一次 100%",
        "requester": "lin.wei",
        "opened_by": "lin.wei",
        "opened_at": NOON,
        "policy": POLICY,
    }
    return Ticket(**(values | changes))  # type: ignore[arg-type]


@asynccontextmanager
async def plans(database: Database, tx: Transaction) -> AsyncIterator[list[str]]:
    """Collects the database's plan for every statement run inside the block, in order."""
    seen: list[tuple[str, Any]] = []
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        seen.append((statement, parameters))

    engine = database._engines.write.sync_engine
    if tx.dialect == "postgresql":
        await tx.change(text("SET LOCAL enable_seqscan = off"))  # else a table this small is simply read
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if tx.dialect == "sqlite" else "EXPLAIN "
    for statement, parameters in seen:
        rows = await tx._connection.exec_driver_sql(explain + statement, parameters)
        found.append(" ".join(str(row) for row in rows))
