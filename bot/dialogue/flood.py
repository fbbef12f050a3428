"""How much one person may send in a minute before we stop listening for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.desk.draft import Draft
from bot.desk.tickets import Desk
from bot.dialogue.world import reader_for
from bot.messages import Text
from escalation.errors import TooLate
from storage import inbox, people, tickets
from storage.database import Transaction

WINDOW = timedelta(seconds=60)


class Flow(Enum):
    """What is done with an event."""

    HANDLE = auto()
    TELL = auto()  # it is too much: say so, once
    IGNORE = auto()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may do within a minute; far more than anybody types, far less than a script sends."""

    events: int = 120
    tickets: int = 5
    told_again_after: timedelta = timedelta(minutes=10)


def flow(events: int, told_at: datetime | None, now: datetime, limits: Limits) -> Flow:
    """What to do with one more event of somebody who sent so many within the window, this one among them."""
    if events <= limits.events:
        return Flow.HANDLE
    silent = told_at is not None and now - told_at < limits.told_again_after
    return Flow.IGNORE if silent else Flow.TELL


async def ignored(tx: Transaction, person: str, desk: Desk) -> tuple[Text, ...] | None:
    """What somebody who sends too much is told, if anything, instead of being heard; None for everybody else."""
    now, limits = desk.clock(), Limits()
    events = await inbox.count_since(tx, person, now - WINDOW, limits.events + 1)
    if events <= limits.events:
        return None
    chosen = await people.settings(tx, person)
    told_at = datetime.fromisoformat(chosen["flood_told"]) if chosen.get("flood_told") else None
    if flow(events, told_at, now, limits) is Flow.IGNORE:
        return ()
    await people.save_settings(tx, person, {**chosen, "flood_told": now.isoformat()})
    return (Text(reader_for(desk.organisation, person, chosen, now).tell("flood.told")),)


async def not_too_many_tickets(tx: Transaction, draft: Draft, now: datetime) -> None:
    """Raises `TooLate` for whoever has just opened as many as one may in a minute; filing for others is work."""
    most, person = Limits().tickets, draft.opened_by
    if draft.requester == person and await tickets.opened_lately(tx, person, now - WINDOW, most) >= most:
        raise TooLate("refused.too_many_tickets", count=most)
