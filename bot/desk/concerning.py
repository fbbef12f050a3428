"""What there is to do or look over for one person: the tickets of their groups, and those whose ladder names them."""

from __future__ import annotations

from dataclasses import replace

from bot.desk.tickets import Desk
from escalation.alarm import PERSON, named_by
from escalation.policy import Policy
from escalation.ticket import OPEN, Ticket
from storage import tickets
from storage.database import Transaction
from storage.tickets import Filter

LOOKED_AT = 200  # open tickets of all groups, the most urgent first, whose ladders are read


async def concerning(tx: Transaction, desk: Desk, person: str, wanted: Filter) -> tuple[Ticket, ...]:
    """The tickets that fit the filter, the most urgent first; its groups are the person's own.

    The head of IT stands on the last rung of every P1 and works in no group: while one is open, it is in their queue.
    """
    groups = wanted.groups
    found = await tickets.find(tx, replace(wanted, urgent_first=True)) if groups else ()
    if not _stands_on_a_ladder(person, desk.organisation.policy) or not (wanted.statuses or OPEN) <= OPEN:
        return found
    everywhere = replace(wanted, groups=frozenset(), limit=LOOKED_AT, urgent_first=True)
    for ticket in await tickets.find(tx, everywhere):
        if ticket.group not in groups and person in named_by(ticket, await desk.policy(tx, ticket.policy)):
            found = (*found, ticket)
    return tuple(sorted(found, key=lambda ticket: (ticket.priority.value, ticket.id)))[: wanted.limit]


def _stands_on_a_ladder(person: str, policy: Policy) -> bool:
    rungs = (rung for ladder in policy.ladders.values() for rung in ladder.rungs)
    return any(f"{PERSON}{person}" in rung.who for rung in rungs)
