"""Very many open tickets, put straight into the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.app import App
from bot.organisation import Service
from escalation import lifecycle
from escalation.priority import Priority
from escalation.ticket import Climb, Kind, Origin, Status, Ticket
from storage import policies
from storage.tables import tickets
from storage.ticket_rows import ticket_values

BATCH = 500
DAY = timedelta(days=1)


async def fill(app: App, many: int, due: int, now: datetime) -> None:
    """So many unclaimed tickets; the ladders of the first `due` of them want their first step now."""
    policy = app.desk.organisation.policy
    async with app.database.transaction() as tx:
        await policies.keep(tx, policy.digest(), policy.to_json())
    people = tuple(app.desk.organisation.people)
    opened = [_opened(app, service, now - DAY) for service in app.desk.organisation.services.values()]
    for start in range(0, many, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, many)):
            ticket, person = opened[number % len(opened)], people[number % len(people)]
            at = now - timedelta(seconds=number % 60) if number < due else now + 30 * DAY
            asked = replace(
                ticket,
                summary=f"Something is slow in room {number}",
                requester=person,
                opened_by=person,
                climb=replace(ticket.climb, next_at=at),
                due_at=at,
            )
            rows.append(ticket_values(asked))
        async with app.database.transaction() as tx:
            await tx.change(tickets.insert(), rows)


def _opened(app: App, service: Service, at: datetime) -> Ticket:
    """What a ticket of this service looks like when it is opened."""
    policy = app.desk.organisation.policy
    ticket = Ticket(
        id=0,
        kind=Kind.INCIDENT,
        origin=Origin.SELF_SERVICE,
        status=Status.NEW,
        priority=Priority.P3,
        service=service.key,
        category=service.category,
        group=app.desk.organisation.group_for("incident", service.key).key,
        tier=1,
        summary="",
        description="It takes a minute, and then it works for a while.",
        requester="",
        opened_by="",
        opened_at=at,
        policy=policy.digest(),
        climb=Climb(),
    )
    return replace(lifecycle.opened(ticket, policy, at), version=1)
