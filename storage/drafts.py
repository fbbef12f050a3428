"""Answers somebody at the desk has drafted, until a manager publishes or discards them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from storage.database import Transaction
from storage.tables import article_drafts

DECISIONS = ("published", "discarded")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft. `data` has title, phrasings, services and body; `decision` is empty while it waits."""

    id: int
    ticket: int | None
    language: str
    data: Mapping[str, Any]
    by: str
    at: datetime
    decision: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


async def add(
    tx: Transaction, *, ticket: int | None, language: str, data: Mapping[str, Any], by: str, at: datetime
) -> Drafted:
    """A new draft that waits for a decision."""
    row = await tx.add(
        article_drafts,
        ticket_id=ticket,
        language=language,
        data=dict(data),
        by=by,
        at=at,
        decision="",
        decided_by="",
        decided_at=None,
    )
    return _drafted(row)


async def load(tx: Transaction, number: int) -> Drafted | None:
    """The draft with this number, decided or not."""
    row = await tx.first(select(article_drafts).where(article_drafts.c.id == number))
    return None if row is None else _drafted(row)


async def waiting(tx: Transaction, limit: int = 50) -> tuple[Drafted, ...]:
    """Drafts nobody has decided about, the oldest first."""
    c = article_drafts.c
    rows = await tx.all(select(article_drafts).where(c.decision == "").order_by(c.id).limit(limit))
    return tuple(_drafted(row) for row in rows)


async def revise(tx: Transaction, number: int, language: str, data: Mapping[str, Any]) -> bool:
    """Write a waiting draft anew; False when it was decided about meanwhile."""
    return await _change(tx, number, language=language, data=dict(data))


async def decide(tx: Transaction, number: int, decision: str, by: str, at: datetime) -> bool:
    """Publish or discard a waiting draft; False when somebody was first. ValueError for another decision."""
    if decision not in DECISIONS:
        raise ValueError(f"{decision!r} is no decision: give one of {', '.join(DECISIONS)}")
    return await _change(tx, number, decision=decision, decided_by=by, decided_at=at)


async def _change(tx: Transaction, number: int, **values: Any) -> bool:
    still_waiting = (article_drafts.c.id == number, article_drafts.c.decision == "")
    return bool(await tx.change(update(article_drafts).where(*still_waiting).values(**values)))


def _drafted(row: Row[Any]) -> Drafted:
    return Drafted(
        row.id,
        row.ticket_id,
        row.language,
        row.data,
        row.by,
        row.at,
        row.decision,
        row.decided_by,
        row.decided_at,
    )
