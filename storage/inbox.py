"""Which events were handled, and what was answered: one delivered again gets the same answer, no effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from storage.database import Transaction
from storage.tables import inbox, parked_events


@dataclass(frozen=True, slots=True)
class Parked:
    """An event that failed too often: put aside so that the next one gets through."""

    event_id: str
    payload: Any
    error: str
    at: datetime


async def record(tx: Transaction, event_id: str, at: datetime, person: str) -> bool:
    """Note that this event is being handled; False when it was before.

    On PostgreSQL a second delivery waits here until the first one's transaction has ended.
    """
    return await tx.add_new(inbox, event_id=event_id, at=at, person=person, replies=None) is not None


async def answered(tx: Transaction, event_id: str, replies: list[dict[str, Any]]) -> None:
    """Keep what was answered to a recorded event."""
    await tx.change(update(inbox).where(inbox.c.event_id == event_id).values(replies=replies))


async def answer_of(tx: Transaction, event_id: str) -> list[dict[str, Any]] | None:
    """What was answered to this event; None when it is unknown or had no answer kept."""
    answer: list[dict[str, Any]] | None = await tx.value(select(inbox.c.replies).where(inbox.c.event_id == event_id))
    return answer


async def count_since(tx: Transaction, person: str, since: datetime, most: int) -> int:
    """How many events this person has sent since then, counted up to `most`."""
    recent = select(inbox.c.at).where(inbox.c.person == person, inbox.c.at > since).limit(most).subquery()
    return int(await tx.value(select(func.count()).select_from(recent)))


async def purge(tx: Transaction, before: datetime) -> int:
    """Forget events older than any platform would deliver again; how many there were."""
    return await tx.change(delete(inbox).where(inbox.c.at < before))


async def park(tx: Transaction, event_id: str, payload: Any, error: str, at: datetime) -> None:
    """Put an event aside, with its error; a later error replaces an earlier one, and the wish for a second try."""
    values = {"event_id": event_id, "payload": payload, "error": error, "at": at, "again": False}
    await tx.put(parked_events, [parked_events.c.event_id], values)


async def parked(tx: Transaction) -> tuple[Parked, ...]:
    """Everything put aside, oldest first."""
    rows = await tx.all(select(parked_events).order_by(parked_events.c.at, parked_events.c.event_id))
    return tuple(Parked(row.event_id, row.payload, row.error, row.at) for row in rows)


async def wanted_again(tx: Transaction) -> tuple[Parked, ...]:
    """What somebody asked to be tried again, oldest first."""
    rows = await tx.all(select(parked_events).where(parked_events.c.again).order_by(parked_events.c.at))
    return tuple(Parked(row.event_id, row.payload, row.error, row.at) for row in rows)


async def try_again(tx: Transaction, event_id: str) -> bool:
    """Ask for a second try of an event put aside; False when it was not there."""
    return bool(await tx.change(update(parked_events).where(parked_events.c.event_id == event_id).values(again=True)))


async def unpark(tx: Transaction, event_id: str) -> bool:
    """Take an event back out, to try it again or to drop it; False when it was not there."""
    return bool(await tx.change(delete(parked_events).where(parked_events.c.event_id == event_id)))
