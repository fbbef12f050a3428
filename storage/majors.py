"""Major incidents, each beside its ticket, and whoever follows a ticket that is not their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select, update

from escalation.errors import Stale
from escalation.major import Major, Stage
from escalation.ticket import OPEN, Kind, Origin
from storage.columns import Moment
from storage.database import Transaction
from storage.tables import followers, major_incidents, tickets

GOING_ON = (Stage.PROPOSED.value, Stage.ACTIVE.value)

_NOW = bindparam("now", type_=Moment())
_UNFOLLOWED = or_(
    and_(major_incidents.c.stage.in_(GOING_ON), tickets.c.status.not_in(OPEN)),
    and_(major_incidents.c.stage == Stage.OVER.value, tickets.c.status.in_(OPEN)),
)
# What wants to be looked at: an update is owed, or the ticket went on without it.
DUE = (
    select(major_incidents.c.ticket_id)
    .join(tickets, tickets.c.id == major_incidents.c.ticket_id)
    .where(or_(major_incidents.c.due_at <= _NOW, _UNFOLLOWED))
    .order_by(major_incidents.c.due_at, major_incidents.c.ticket_id)
)


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
    """The tickets whose major incident owes an update by now, or has not followed its ticket's end or reopening."""
    return tuple(row.ticket_id for row in await tx.all(DUE.params(now=now)))


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
        func.coalesce(c.parent, 0) == 0,  # said in this way, no index of parents is mistaken for the one of moments
        c.opened_at >= since,
    )
    reports = select(c.id, c.service, c.requester).where(*mine, c.duplicate_of.is_(None))
    rows = await tx.all(reports.order_by(c.opened_at, c.id))
    return tuple((row.id, row.service, row.requester) for row in rows)


async def words_of(tx: Transaction, numbers: Sequence[int]) -> dict[int, str]:
    """What these tickets say, by number; nothing of what is confidential."""
    c = tickets.c
    found = select(c.id, c.summary, c.description).where(c.id.in_(numbers), c.confidential.is_(False))
    return {row.id: f"{row.summary}\n{row.description}".strip() for row in await tx.all(found)}


async def follow(tx: Transaction, ticket: int, person: str, at: datetime) -> bool:
    """Let somebody hear of a ticket that is not theirs; False when they do already."""
    return await tx.add_new(followers, ticket_id=ticket, person=person, at=at) is not None


async def followers_of(tx: Transaction, ticket: int) -> tuple[str, ...]:
    """Whoever follows this ticket, in the order they came."""
    c = followers.c
    rows = await tx.all(select(c.person).where(c.ticket_id == ticket).order_by(c.at, c.person))
    return tuple(row.person for row in rows)
