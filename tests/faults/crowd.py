"""Very many open tickets, put straight into the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.app import App
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
    services = tuple(app.desk.organisation.services.values())
    for start in range(0, many, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, many)):
            service = services[number % len(services)]
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
                summary=f"Something is slow in room {number}",
                description="It takes a minute, and then it works for a while.",
                requester=people[number % len(people)],
                opened_by=people[number % len(people)],
                opened_at=now - DAY,
                policy=policy.digest(),
                climb=Climb(),
            )
            opened = lifecycle.opened(ticket, policy, now - DAY)
            at = now - timedelta(seconds=number % 60) if number < due else now + 30 * DAY
            climb = replace(opened.climb, next_at=at)
            rows.append(ticket_values(replace(opened, version=1, climb=climb, due_at=at)))
        async with app.database.transaction() as tx:
            await tx.change(tickets.insert(), rows)
