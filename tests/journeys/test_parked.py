"""An event that cannot be handled is put aside: its sender is told, and the next one goes through."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.dialogue import step
from bot.dialogue.turns import Turn
from storage import inbox
from tests.journeys.stage import play


async def test_a_poisonous_event_is_parked_and_the_next_one_is_handled(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bad message costs an apology, not the conversation; said again, it gets the same answer."""
    said = step.said

    def poisoned(*given: object) -> Turn:
        if "poison" in str(given[1]):
            raise ZeroDivisionError("poison")
        return said(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(step, "said", poisoned)
    async with play(sqlite_url) as stage:
        anna = stage.person("anna.weber")
        with capture_logs():
            await anna.says("poison")
        await anna.sees("Something went wrong on our side")
        await anna.says("the printer is jammed")
        await anna.sees("The printer does not print")
        async with stage.app.database.reading() as tx:
            (parked,) = await inbox.parked(tx)
        assert parked.error == "ZeroDivisionError: poison"
        assert parked.payload["text"] == "poison"


async def test_what_was_put_aside_is_handled_again_when_somebody_asks(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the mistake is mended: the words are heard as if they were said now, once."""
    said = step.said

    def broken(*given: object) -> Turn:
        raise ZeroDivisionError("not mended yet")

    async with play(sqlite_url) as stage:
        anna = stage.person("anna.weber")
        monkeypatch.setattr(step, "said", broken)
        with capture_logs():
            await anna.says("the printer is jammed")
        async with stage.app.database.transaction() as tx:
            (parked,) = await inbox.parked(tx)
            assert not await inbox.try_again(tx, "somebody else's")
            assert await inbox.try_again(tx, parked.event_id)
        monkeypatch.setattr(step, "said", said)
        await stage.settle()
        await anna.sees("The printer does not print")
        async with stage.app.database.reading() as tx:
            assert await inbox.parked(tx) == ()
