"""Told to stop, or out of disk: what is on its way arrives or goes back, nothing is acknowledged that is not kept."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot import delivery as relay
from bot.messages import Commanded, Outgoing, Sent
from storage import outbox
from storage.errors import DatabaseUnavailable
from tests.faults.radio import OnTheAir, Radio, on_the_air, radio_of
from tests.journeys.stage import Stage, play


class Slow(Radio):
    """A radio that takes its time: the first message stands, and the answer never comes."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.slow = True

    async def send(self, outgoing: Outgoing) -> Sent:
        sent = await super().send(outgoing)
        if self.slow:
            await asyncio.sleep(self.seconds)
        return sent


@pytest.mark.parametrize(("seconds", "state"), [(0.2, "sent"), (60, "unclear")])
async def test_told_to_stop_what_is_on_its_way_arrives_or_goes_back_at_once(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, seconds: float, state: str
) -> None:
    """A quick answer is waited for; a slow one is given back as unclear, and the next process finds that it stands."""
    monkeypatch.setattr(relay, "FINISH_WITHIN", 0.8)
    radio = Slow(seconds)
    async with on_the_air(sqlite_url, radio=radio) as stage:
        anna = OnTheAir(stage, "anna.weber")
        running = asyncio.create_task(stage.app.delivery.run())
        asked = Commanded("e1", anna.identity, anna.place, "list")
        await stage.app.conversation.handle(asked)
        while not radio.posts:  # noqa: ASYNC110 (the relay is another task)
            await asyncio.sleep(0.01)
        begun = time.monotonic()
        await stage.app.delivery.finish(running)
        assert time.monotonic() - begun < 30
        async with stage.app.database.reading() as tx:
            waiting = [row.state for row in await outbox.waiting(tx)]
        assert waiting == ([] if state == "sent" else [state])
    radio.slow = False
    async with on_the_air(sqlite_url, radio=radio) as stage:
        await stage.settle()
        assert radio_of(stage).posts == 1


async def test_on_a_full_disk_nothing_is_acknowledged_reading_works_and_it_goes_on_by_itself(sqlite_url: str) -> None:
    """SQLite is allowed no page more than it has; then it is, and the same event is handled once."""
    async with play(sqlite_url) as stage:
        anna = stage.person("anna.weber")
        await anna.says("hello")
        write = stage.app.database._engines.write

        async def allow(pages: int) -> int:
            async with write.connect() as connection:
                await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
                return int((await connection.exec_driver_sql("PRAGMA page_count")).scalar() or 0)

        await allow(await allow(2**30))
        refused = await until_refused(stage)
        with pytest.raises(DatabaseUnavailable, match="full"):
            await stage.app.conversation.handle(refused)
        await anna.sees("Hello")
        await stage.app.ticker.tick()
        await allow(2**30)
        assert not (await stage.app.conversation.handle(refused)).repeated
        assert (await stage.app.conversation.handle(refused)).repeated
        await stage.settle()


async def until_refused(stage: Stage) -> Commanded:
    """Everybody asks for a form with many words in it, until one of them is not taken."""
    for number in range(30):
        for key in stage.app.desk.organisation.people:
            person = stage.person(key)
            event = Commanded(f"{key}-{number}", person.identity, person.place, "new", "The wifi is slow " + "x" * 3000)
            try:
                await stage.app.conversation.handle(event)
            except DatabaseUnavailable:
                return event
    raise AssertionError("the disk is never full")
