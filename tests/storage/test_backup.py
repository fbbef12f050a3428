"""A copy holds everything that was committed before it, and either database can be filled from it."""

from dataclasses import replace
from pathlib import Path

import pytest

from storage import attachments, outbox, people, quiet, tickets
from storage.backup import BackupError, backup, restore
from storage.database import Database
from storage.tickets import Filter
from tests.storage.conftest import NOON, Opener, a_ticket


async def test_what_was_copied_comes_back_in_either_database(
    database: Database, database_url: str, opened: Opener, tmp_path: Path
) -> None:
    async with database.transaction() as tx:
        await people.sync(tx, {"lin.wei"})
        for _ in range(3):
            await tickets.insert(tx, a_ticket(due_at=NOON))
        first = await tickets.load(tx, 1)
        assert first is not None
        linked = await tickets.save(tx, replace(first, duplicate_of=3))
        await outbox.put(tx, "k", "person:lin.wei", "claimed", {"谁": "王芳"}, 2, 1, NOON)
        file = await attachments.stage(tx, "a.png", "image/png", bytes(range(256)), "lin.wei", NOON)
    copy = tmp_path / "copy.db"
    url = database._engines.url.render_as_string(hide_password=False)
    await backup(url, copy)
    async with database.transaction() as tx:
        await tickets.insert(tx, a_ticket(summary="too late"))
    elsewhere = database_url.replace("firstline.db", "elsewhere.db")
    await restore(elsewhere, copy)
    restored = await opened(elsewhere)
    async with restored.transaction() as tx:
        assert await tickets.load(tx, 1) == linked
        assert len(await tickets.find(tx, Filter())) == 3
        assert await attachments.load(tx, file.id) == (file, bytes(range(256)))
        assert await quiet.quiet(tx)
        assert [row.error for row in await outbox.dead_letters(tx)] == ["restored: it may have been sent before"]
        assert (await tickets.insert(tx, a_ticket())).id == 4
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


async def test_nothing_is_overwritten(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as tx:
        await tickets.insert(tx, a_ticket())
    url = database._engines.url.render_as_string(hide_password=False)
    copy = tmp_path / "copy.db"
    await backup(url, copy)
    with pytest.raises(BackupError, match="exists already"):
        await backup(url, copy)
    await database.close()
    with pytest.raises(BackupError, match="has tickets in it"):
        await restore(url, copy)


async def test_a_file_that_is_no_copy_is_refused(bare_sqlite_url: str, tmp_path: Path) -> None:
    strange = tmp_path / "strange.db"
    strange.write_bytes(b"not a database, " * 100)
    with pytest.raises(BackupError, match="not a database"):
        await restore(bare_sqlite_url, strange)
