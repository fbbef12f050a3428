"""A swap of hours waits for one answer, and counts until it is over."""

from datetime import timedelta

import pytest

from escalation.swaps import Hours, Swap
from storage import swaps
from storage.database import Database
from tests.storage.conftest import NOON

HOUR = timedelta(hours=1)
NIGHT = Hours(NOON + 8 * HOUR, NOON + 20 * HOUR)
BACK = Hours(NOON + 100 * HOUR, NOON + 110 * HOUR)


async def test_a_swap_is_agreed_on_once_and_counts_until_both_sides_are_over(database: Database) -> None:
    async with database.transaction() as tx:
        wanted = Swap("network", 1, "wang.fang", "li.qiang", NIGHT, BACK)
        asked = await swaps.ask(tx, wanted, NOON)
        assert (asked.swap, asked.decision) == (wanted, "")
        assert await swaps.accepted(tx, NOON) == ()
        assert await swaps.version(tx) == 0
        assert await swaps.decide(tx, asked.id, "accepted", NOON + HOUR)
        assert not await swaps.decide(tx, asked.id, "declined", NOON + HOUR)
        assert await swaps.version(tx) == 1
        assert await swaps.accepted(tx, NIGHT.end) == (wanted,)
        assert await swaps.accepted(tx, BACK.end) == ()


async def test_what_was_declined_never_counts(database: Database) -> None:
    async with database.transaction() as tx:
        asked = await swaps.ask(tx, Swap("network", 1, "wang.fang", "li.qiang", NIGHT), NOON)
        assert await swaps.decide(tx, asked.id, "declined", NOON)
        assert await swaps.accepted(tx, NOON) == ()
        loaded = await swaps.load(tx, asked.id)
        assert loaded is not None
        assert loaded.decision == "declined"
        assert await swaps.load(tx, 99) is None
        with pytest.raises(ValueError, match="forgotten"):
            await swaps.decide(tx, asked.id, "forgotten", NOON)
