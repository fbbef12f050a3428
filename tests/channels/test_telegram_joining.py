"""Telegram joined to the house: the menus it offers, who may ask for updates, and what may be remembered."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from bot.dialogue import commands
from bot.joining.telegram import POLLED_BY_ONE, PRIVATE_WORDS, STAFF_WORDS, one_at_a_time
from bot.phrases import LANGUAGES, tell
from storage.database import Database
from storage.tables import period_claims
from tests.journeys.stage import Clock

# `product.md` §6
PROMISED_IN_PRIVATE = "start new my status faq cancel help settings connect"
PROMISED_TO_ENGINEERS = """
    queue mine claim release assign transfer escalate priority hold resume note reply resolve
    link major oncall ack report
"""


def test_the_menus_offer_what_was_promised_and_what_is_understood() -> None:
    """In both languages, in words Telegram takes."""
    assert set(PROMISED_IN_PRIVATE.split()) <= set(PRIVATE_WORDS)
    assert set(PROMISED_TO_ENGINEERS.split()) <= set(STAFF_WORDS)
    for word in (*PRIVATE_WORDS, *STAFF_WORDS):
        assert commands.parse(word, "") is not None
        assert re.fullmatch(r"[a-z0-9_]{1,32}", word)
        told = {tell(f"telegram.menu.{word}", language) for language in LANGUAGES}
        assert len(told) == len(LANGUAGES)
        assert all(1 <= len(each) <= 256 for each in told)


@pytest.mark.postgres
async def test_of_several_processes_one_asks_for_updates_and_another_follows_when_it_dies(postgres_url: str) -> None:
    clock = Clock()
    database = await Database.open(postgres_url, clock=clock)
    try:
        await database.migrate()
        first, second = one_at_a_time(database, clock, "first"), one_at_a_time(database, clock, "second")
        for _ in range(10):
            assert await first()
            assert not await second()
            clock.advance(seconds=20)
        waited = 0
        while not await second():
            clock.advance(seconds=5)
            waited += 5
        assert waited <= 2 * POLLED_BY_ONE
        clock.advance(hours=1)
        assert await second()
        async with database.reading() as tx:
            assert await tx.value(select(func.count()).select_from(period_claims)) == 2
        assert not await first()
    finally:
        await database.close()


async def test_a_single_process_asks_nobody_whether_it_may(sqlite_url: str) -> None:
    clock = Clock()
    database = await Database.open(sqlite_url, clock=clock)
    try:
        assert await one_at_a_time(database, clock, "only")()
    finally:
        await database.close()
