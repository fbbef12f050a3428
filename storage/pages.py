"""Who was paged for a ticket, and what they said. A page belongs to one generation of the ticket's ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update

from escalation.ticket import OPEN
from storage.database import Transaction
from storage.tables import pages, tickets

# Written out so that SQLite can tell the partial index applies.
_UNANSWERED = text("answered = ''")


@dataclass(frozen=True, slots=True)
class Paged:
    """One person paged at one rung. `answered` is "" (not yet), "acknowledged" or "declined"."""

    ticket: int
    generation: int
    rung: int
    round: int
    person: str
    at: datetime
    answered: str = ""
    answered_at: datetime | None = None


async def add(tx: Transaction, page: Paged) -> bool:
    """Note a page; False when this person was paged at this rung and round already, as far as one can say now."""
    values = {
        "ticket_id": page.ticket,
        "generation": page.generation,
        "rung": page.rung,
        "round": page.round,
        "person": page.person,
        "at": page.at,
        "answered": page.answered,
        "answered_at": page.answered_at,
    }
    if tx.gathers:
        tx.add_later(pages, **values)
        return True
    return await tx.add_new(pages, **values) is not None


async def paged(tx: Transaction, ticket_id: int, generation: int) -> frozenset[str]:
    """Everybody paged in this generation."""
    rows = await tx.all(select(pages.c.person).where(*_of(ticket_id, generation)).distinct())
    return frozenset(row.person for row in rows)


async def of_ticket(tx: Transaction, ticket_id: int) -> tuple[Paged, ...]:
    """Every page there ever was for a ticket, oldest first."""
    rows = await tx.all(select(pages).where(pages.c.ticket_id == ticket_id).order_by(pages.c.id))
    return tuple(map(_paged, rows))


async def answer(tx: Transaction, ticket_id: int, generation: int, person: str, answered: str, at: datetime) -> int:
    """Note what a person says to all their unanswered pages of this generation; how many there were."""
    waiting = (*_of(ticket_id, generation), pages.c.person == person, _UNANSWERED)
    return await tx.change(update(pages).where(*waiting).values(answered=answered, answered_at=at))


async def open_for(tx: Transaction, person: str) -> tuple[Paged, ...]:
    """The pages that still wait for this person's answer, newest first.

    Pages of tickets that are over, or of a ladder that has started anew since, wait no more.
    """
    rows = await tx.all(
        select(pages, tickets.c.climb)
        .join(tickets, tickets.c.id == pages.c.ticket_id)
        .where(pages.c.person == person, _UNANSWERED, tickets.c.status.in_(OPEN))
        .order_by(pages.c.id.desc())
    )
    return tuple(_paged(row) for row in rows if row.climb["generation"] == row.generation)


def _of(ticket_id: int, generation: int) -> tuple[Any, Any]:
    return pages.c.ticket_id == ticket_id, pages.c.generation == generation


def _paged(row: Any) -> Paged:
    return Paged(
        row.ticket_id,
        row.generation,
        row.rung,
        row.round,
        row.person,
        row.at,
        row.answered,
        row.answered_at,
    )
