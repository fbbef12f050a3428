"""The real process told to stop, and the real process whose database is away for a moment."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from bot import failpoints
from bot.failpoints import UnknownFailpoint
from tests.faults.browsing import Browser, Town
from tests.faults.desk_process import desk_process

OUT_WITHIN = 30  # seconds from SIGTERM to the end, on a machine that may be busy


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    """A desk on SQLite that serves."""
    with desk_process(sqlite_url, tmp_path) as desk, Town(desk, iter(())) as town:
        town.begin()
        yield town


def test_told_to_stop_it_ends_within_seconds_whatever_is_open(town: Town) -> None:
    """A page listens to its stream and a message has just been said: both end well, with exit code 0."""
    anna = town.sit("anna.weber")
    with anna.client.stream("GET", f"{anna.base}/chat/events") as stream:
        assert stream.status_code == 200
        anna.says("/new The wifi is slow")
        anna.fills(service="wifi")
        asked = time.monotonic()
        assert town.desk.stop() == 0, town.desk.log
    assert time.monotonic() - asked < OUT_WITHIN
    town.desk.start()
    anna.sees("T-1 is open")


def test_while_the_file_is_locked_nothing_is_acknowledged_and_afterwards_it_works_again(
    town: Town, tmp_path: Path
) -> None:
    """Another program holds SQLite's write lock: 503, and the same event sent again is handled once."""
    anna = town.sit("anna.weber")
    event = uuid.uuid4().hex
    with contextlib.closing(sqlite3.connect(tmp_path / "firstline.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = say(anna, event, "/new The wifi is slow")
        assert refused.status_code == 503, refused.text
        assert refused.json()["error"]
        assert town.desk.get("/healthz").status_code == 200
        other.execute("ROLLBACK")
    assert say(anna, event, "/new The wifi is slow").status_code == 200
    assert say(anna, event, "/new The wifi is slow").status_code == 200
    assert town.desk.get("/readyz").status_code == 200
    assert anna.screen().count("/new The wifi is slow") == 1


@pytest.mark.postgres
def test_while_postgresql_is_away_nothing_is_acknowledged_and_afterwards_it_works_again(
    postgres_url: str, tmp_path: Path
) -> None:
    """Every connection is cut and none is let in; then the door opens again, and the desk goes on by itself."""
    with desk_process(postgres_url, tmp_path) as desk, Town(desk, iter(())) as town:
        town.begin()
        anna = town.sit("anna.weber")
        event = uuid.uuid4().hex
        asyncio.run(let_in(postgres_url, False))
        try:
            refused = say(anna, event, "/new The wifi is slow")
            assert refused.status_code == 503, refused.text
            assert desk.get("/readyz").status_code == 503
            assert desk.get("/healthz").status_code == 200
        finally:
            asyncio.run(let_in(postgres_url, True))
        back = time.monotonic()
        town.until(lambda: say(anna, event, "/new The wifi is slow").status_code == 200, lambda: "it never comes back")
        assert time.monotonic() - back < 30
        assert anna.screen().count("/new The wifi is slow") == 1
        town.settled()
        assert desk.stop() == 0


def say(person: Browser, event: str, text: str) -> httpx.Response:
    """One post, without sending again what was refused."""
    data = {"token": person.token, "event": event, "text": text}
    return person.client.post(f"{person.base}/chat/say", data=data)


async def let_in(url: str, allowed: bool) -> None:
    """Let the database take connections, or cut them all and take none."""
    server, _, name = url.replace("+asyncpg", "").rpartition("/")
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(allowed).lower()}")
        if not allowed:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
            await connection.execute(cut, name)
    finally:
        await connection.close()


@pytest.mark.parametrize("setting", ["delivery.after_lunch:1", "delivery.after_send", "delivery.after_send:0", "x"])
def test_a_fail_point_nobody_has_is_refused(setting: str) -> None:
    with pytest.raises(UnknownFailpoint, match=r"bot/failpoints\.py"):
        failpoints.arm(setting)
    failpoints.failpoint("delivery.after_send")
