"""Tickets and their audit log. A ticket is only ever saved over the version that was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, func, or_, select, update

from escalation.errors import Stale
from escalation.priority import Priority
from escalation.ticket import OPEN, Status, Ticket, TicketEvent, altered
from storage.database import Transaction
from storage.tables import ticket_events, tickets
from storage.ticket_rows import alarm_values, event_from, ticket_from, ticket_values

Values = Mapping[str, Any]

_LOAD = select(tickets).where(tickets.c.id == bindparam("number"))
# The columns to set are those of the values it is run with.
_SAVE = update(tickets).where(tickets.c.id == bindparam("number"), tickets.c.version == bindparam("read_as"))
_SAVE_ALARM = _SAVE.execution_options(first=True)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tickets to find: every condition given must hold. Empty sets and None mean "any".

    `text` is looked for in summary and description, whatever its case. `involved` is the requester or
    whoever opened it for them; `rated_at_most` is 1 to 5 stars given, 0 any or none. Newest first, or
    `urgent_first`: by priority, then the oldest; `before_id` pages through the newest-first list.
    """

    requester: str | None = None
    opened_by: str | None = None
    involved: str | None = None
    groups: frozenset[str] = frozenset()
    assignee: str | None = None
    statuses: frozenset[Status] = frozenset()
    priorities: frozenset[Priority] = frozenset()
    service: str | None = None
    category: str | None = None
    text: str = ""
    unclaimed: bool = False
    parent: int | None = None
    rated_at_most: int = 0
    closed_after: datetime | None = None
    limit: int = 50
    before_id: int | None = None
    urgent_first: bool = False


async def insert(tx: Transaction, ticket: Ticket) -> Ticket:
    """Store a new ticket as version 1, with a number from the database. Its policy must be kept already."""
    row = await tx.add(tickets, **ticket_values(replace(ticket, version=1)))
    return ticket_from(row)


async def load(tx: Transaction, id: int) -> Ticket | None:
    """The ticket of this number, if there is one."""
    if not 0 < id < 2**63:
        return None
    row = await tx.first(_LOAD, {"number": id})
    return None if row is None else ticket_from(row)


async def save(tx: Transaction, ticket: Ticket) -> Ticket:
    """Store the ticket over the version it was read as, and give it back one version on.

    Raises `escalation.errors.Stale` when somebody else was first.
    """
    return await _saved(tx, ticket, _SAVE, ticket_values)


async def save_alarm(tx: Transaction, ticket: Ticket) -> Ticket:
    """As `save`, of a ticket in which only what `alarm.on_due` changes is new: a quarter of the work.

    Where writes are gathered it goes before every `save`: a ticket saved whole must not be saved so afterwards.
    """
    return await _saved(tx, ticket, _SAVE_ALARM, alarm_values)


async def _saved(tx: Transaction, ticket: Ticket, statement: Update, columns: Callable[[Ticket], Values]) -> Ticket:
    stored = altered(ticket, version=ticket.version + 1)
    values = {**columns(stored), "number": ticket.id, "read_as": ticket.version}
    if tx.gathers:
        tx.later(statement, values)
    elif not await tx.change(statement, values):
        raise Stale(f"{ticket.name} is not at version {ticket.version} any more")
    return stored


async def due(tx: Transaction, now: datetime, limit: int) -> tuple[int, ...]:
    """The numbers of tickets whose alarm is due, most urgent first, then the longest due."""
    rows = await tx.all(
        select(tickets.c.id)
        .where(tickets.c.due_at <= now)
        .order_by(tickets.c.priority, tickets.c.due_at, tickets.c.id)
        .limit(limit)
    )
    return tuple(row.id for row in rows)


async def load_due(tx: Transaction, numbers: Sequence[int], now: datetime) -> tuple[Ticket, ...]:
    """Those of these tickets whose alarm is due, most urgent first, without those another process is changing."""
    rows = await tx.all(
        select(tickets)
        .where(tickets.c.id.in_(numbers), tickets.c.due_at <= now)
        .order_by(tickets.c.priority, tickets.c.due_at, tickets.c.id)
        .with_for_update(skip_locked=True)
    )
    return tuple(map(ticket_from, rows))


async def next_due(tx: Transaction) -> datetime | None:
    """When the next alarm is due; None when no ticket has one."""
    at: datetime | None = await tx.value(
        select(tickets.c.due_at).where(tickets.c.due_at.is_not(None)).order_by(tickets.c.due_at).limit(1)
    )
    return at


async def find(tx: Transaction, wanted: Filter) -> tuple[Ticket, ...]:
    """The tickets that meet the filter, in its order."""
    order = (tickets.c.priority, tickets.c.id) if wanted.urgent_first else (tickets.c.id.desc(),)
    rows = await tx.all(select(tickets).where(*_conditions(wanted)).order_by(*order).limit(wanted.limit))
    return tuple(ticket_from(row) for row in rows)


async def count(tx: Transaction, wanted: Filter) -> int:
    """How many tickets meet the filter, whatever its limit."""
    return int(await tx.value(select(func.count()).select_from(tickets).where(*_conditions(wanted))))


async def count_open(tx: Transaction) -> Mapping[tuple[str, Priority, Status], int]:
    """How many tickets are open, by group, priority and status."""
    by = (tickets.c.group_key, tickets.c.priority, tickets.c.status)
    rows = await tx.all(select(*by, func.count().label("many")).where(tickets.c.status.in_(OPEN)).group_by(*by))
    return {(row.group_key, Priority(row.priority), Status(row.status)): row.many for row in rows}


async def count_due(tx: Transaction, before: datetime) -> int:
    """How many alarms have been due since before then."""
    return int(await tx.value(select(func.count()).select_from(tickets).where(tickets.c.due_at <= before)))


async def opened_lately(tx: Transaction, person: str, since: datetime, most: int) -> int:
    """How many of this person's latest tickets, at most so many, were opened after then."""
    latest = select(tickets.c.opened_at).where(tickets.c.opened_by == person).order_by(tickets.c.id.desc()).limit(most)
    return sum(row.opened_at > since for row in await tx.all(latest))


async def without_alarm(tx: Transaction, limit: int = 100) -> tuple[int, ...]:
    """Open tickets that nothing would ever wake: there should be none."""
    lost = tickets.c.status.in_(OPEN) & tickets.c.due_at.is_(None)
    rows = await tx.all(select(tickets.c.id).where(lost).order_by(tickets.c.id).limit(limit))
    return tuple(row.id for row in rows)


async def add_event(tx: Transaction, event: TicketEvent) -> TicketEvent:
    """Write a line of the audit log, and give it back with its number, unless it is gathered with others."""
    values = {
        "ticket_id": event.ticket,
        "at": event.at,
        "by": event.by,
        "action": event.action,
        "via": event.via,
        "facts": dict(event.facts),
        "public": event.public,
    }
    if tx.gathers:
        tx.add_later(ticket_events, **values)
        return event
    return event_from(await tx.add(ticket_events, **values))


async def latest_event(tx: Transaction) -> int:
    """The number of the newest line of the audit log: it changes whenever a ticket does."""
    return int(await tx.value(select(func.max(ticket_events.c.id))) or 0)


async def events(tx: Transaction, ticket_id: int, *, public_only: bool) -> tuple[TicketEvent, ...]:
    """The ticket's audit log, oldest first; `public_only` leaves out what its requester may not see."""
    statement = select(ticket_events).where(ticket_events.c.ticket_id == ticket_id).order_by(ticket_events.c.id)
    if public_only:
        statement = statement.where(ticket_events.c.public)
    return tuple(event_from(row) for row in await tx.all(statement))


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    t = tickets.c
    exact: dict[Any, Any] = {
        t.requester: wanted.requester,
        t.opened_by: wanted.opened_by,
        t.assignee: wanted.assignee,
        t.service: wanted.service,
        t.category: wanted.category,
        t.parent: wanted.parent,
    }
    sets: dict[Any, frozenset[str]] = {
        t.group_key: wanted.groups,
        t.status: frozenset(wanted.statuses),
        t.priority: frozenset(wanted.priorities),
    }
    conditions = [column == value for column, value in exact.items() if value is not None]
    conditions += [column.in_(sorted(values)) for column, values in sets.items() if values]
    if wanted.involved is not None:
        conditions.append(or_(t.requester == wanted.involved, t.opened_by == wanted.involved))
    if wanted.text:
        found = (column.icontains(wanted.text, autoescape=True) for column in (t.summary, t.description))
        conditions.append(or_(*found))
    if wanted.rated_at_most:
        conditions.append(t.rating.between(1, wanted.rated_at_most))
    if wanted.closed_after is not None:
        conditions.append(t.closed_at > wanted.closed_after)
    if wanted.unclaimed:
        conditions += [t.assignee == "", t.status.in_(OPEN)]
    if wanted.before_id is not None:
        conditions.append(t.id < wanted.before_id)
    return conditions
