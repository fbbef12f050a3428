"""Major incidents, each beside its ticket, and whoever follows a ticket that is not their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from escalation.errors import Stale
from escalation.major import Major, Stage
from escalation.ticket import Kind, Origin, Status
from storage.database import Transaction
from storage.tables import followers, major_incidents, tickets

GOING_ON = (Stage.PROPOSED.value, Stage.ACTIVE.value)


@dataclass(frozen=True, slots=True)
class Stored:
    """A major incident and the version it was read as; 0 was never saved."""

    major: Major
    version: int = 0


@dataclass(frozen=True, slots=True)
class Outage:
    """What everybody may know of an active major incident: its ticket and service, and the latest update."""

    ticket: int
    service: str
    update: str


async def load(tx: Transaction, ticket: int) -> Stored | None:
    """The major incident of this ticket, if it is or was one."""
    row = await tx.first(select(major_incidents).where(major_incidents.c.ticket_id == ticket))
    return None if row is None else Stored(Major.from_json(row.data), row.version)


async def save(tx: Transaction, stored: Stored, major: Major) -> Stored:
    """Keep what became of it. Raises `Stale` when somebody else was first."""
    values = {
        "stage": major.stage.value,
        "data": major.to_json(),
        "due_at": major.update_due,
        "version": stored.version + 1,
    }
    if stored.version == 0:
        saved = await tx.add_new(major_incidents, ticket_id=major.ticket, **values) is not None
    else:
        same = (major_incidents.c.ticket_id == major.ticket, major_incidents.c.version == stored.version)
        saved = bool(await tx.change(update(major_incidents).where(*same).values(**values)))
    if not saved:
        raise Stale(f"the major incident of ticket {major.ticket} is not at version {stored.version} any more")
    return Stored(major, stored.version + 1)


async def due(tx: Transaction, now: datetime) -> tuple[int, ...]:
    """The tickets whose major incident owes an update by now."""
    c = major_incidents.c
    rows = await tx.all(select(c.ticket_id).where(c.due_at <= now).order_by(c.due_at))
    return tuple(row.ticket_id for row in rows)


async def with_status(tx: Transaction) -> tuple[tuple[int, Stage, Status], ...]:
    """Every major incident that is not done with, as (ticket, its stage, the ticket's status)."""
    c = major_incidents.c
    lasting = (Stage.PROPOSED.value, Stage.ACTIVE.value, Stage.OVER.value)
    found = select(c.ticket_id, c.stage, tickets.c.status).join(tickets, tickets.c.id == c.ticket_id)
    rows = await tx.all(found.where(c.stage.in_(lasting)).order_by(c.ticket_id))
    return tuple((row.ticket_id, Stage(row.stage), Status(row.status)) for row in rows)


async def outages(tx: Transaction) -> tuple[Outage, ...]:
    """What is known to be down, for whoever writes next; nothing of what is confidential."""
    found = (
        select(major_incidents.c.data, tickets.c.service)
        .join(tickets, tickets.c.id == major_incidents.c.ticket_id)
        .where(major_incidents.c.stage == Stage.ACTIVE.value, tickets.c.confidential.is_(False))
        .order_by(tickets.c.id)
    )
    active = [(Major.from_json(row.data), row.service) for row in await tx.all(found)]
    return tuple(Outage(m.ticket, service, m.updates[-1].text if m.updates else "") for m, service in active)


async def services_in_trouble(tx: Transaction) -> frozenset[str]:
    """The services with a major incident that is proposed or active."""
    found = (
        select(tickets.c.service)
        .join(major_incidents, major_incidents.c.ticket_id == tickets.c.id)
        .where(major_incidents.c.stage.in_(GOING_ON))
    )
    return frozenset(row.service for row in await tx.all(found))


async def reports_since(tx: Transaction, since: datetime) -> tuple[tuple[int, str, str], ...]:
    """Incidents people reported since then, as (ticket, service, requester); what belongs to another is left out."""
    c = tickets.c
    mine = (
        c.kind == Kind.INCIDENT.value,
        c.origin != Origin.MONITORING.value,
        c.parent.is_(None),
        c.opened_at >= since,
    )
    rows = await tx.all(select(c.id, c.service, c.requester).where(*mine, c.duplicate_of.is_(None)).order_by(c.id))
    return tuple((row.id, row.service, row.requester) for row in rows)


async def follow(tx: Transaction, ticket: int, person: str, at: datetime) -> bool:
    """Let somebody hear of a ticket that is not theirs; False when they do already."""
    return await tx.add_new(followers, ticket_id=ticket, person=person, at=at) is not None


async def followers_of(tx: Transaction, ticket: int) -> tuple[str, ...]:
    """Whoever follows this ticket, in the order they came."""
    c = followers.c
    rows = await tx.all(select(c.person).where(c.ticket_id == ticket).order_by(c.at, c.person))
    return tuple(row.person for row in rows)
