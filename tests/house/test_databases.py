"""The fixtures that give a test its database."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.fixtures.postgres import running_postgres

HOUSE = Path(__file__).parents[2]


async def test_a_test_gets_an_empty_database_of_its_own(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE note (words TEXT)"))
        await connection.execute(text("INSERT INTO note VALUES ('电脑打不开')"))
        assert await connection.scalar(text("SELECT words FROM note")) == "电脑打不开"
    await engine.dispose()


# Twice the same: the second would find the first one's table if they shared a database.
test_the_next_test_starts_empty_again = test_a_test_gets_an_empty_database_of_its_own


@pytest.mark.postgres
async def test_a_database_can_be_dropped_while_somebody_is_still_connected(postgres_url: str) -> None:
    engine = create_async_engine(postgres_url)
    connection = await engine.connect()
    await connection.execute(text("SELECT 1"))
    await connection.invalidate()
    await engine.dispose()


@pytest.mark.postgres
def test_the_server_stops_when_the_tests_are_killed(tmp_path: Path) -> None:
    """A run that ends with SIGKILL leaves no server behind."""
    story = (
        "import time\n"
        "from tests.fixtures.postgres import running_postgres\n"
        "with running_postgres() as server, server.fresh_database() as url:\n"
        "    print(url, flush=True)\n"
        "    time.sleep(600)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", story], cwd=HOUSE, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    url = run.stdout.readline().strip()
    port = int(url.rpartition(":")[2].partition("/")[0])
    assert _answers(port)
    run.kill()
    run.wait()
    run.stdout.close()
    deadline = time.monotonic() + 30
    while _answers(port):
        assert time.monotonic() < deadline, f"PostgreSQL still answers on port {port}"
        time.sleep(0.1)


@pytest.mark.postgres
def test_two_servers_run_side_by_side_and_leave_nothing_behind() -> None:
    with (
        running_postgres() as one,
        running_postgres() as other,
        one.fresh_database() as first,
        other.fresh_database() as second,
    ):
        assert first != second
    assert not _answers(int(first.rpartition(":")[2].partition("/")[0]))


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
