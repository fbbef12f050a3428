"""What a desk that was killed has in its database afterwards."""

from __future__ import annotations

from collections import Counter

from escalation.ticket import Action
from storage import inbox, tickets
from storage.database import Database
from tests.journeys.stage import TUESDAY_MORNING


async def texts_of(action: Action, database_url: str) -> Counter[str]:
    """The replies or notes on T-1, and how often each was written; no event may have been put aside."""
    database = await Database.open(database_url, clock=lambda: TUESDAY_MORNING, visitor=True)
    try:
        async with database.reading() as tx:
            events = await tickets.events(tx, 1, public_only=False)
            assert await inbox.parked(tx) == ()
    finally:
        await database.close()
    return Counter(str(event.facts["text"]) for event in events if event.action is action)
