"""What needs a manager: pages nobody has answered, tickets past what was promised, and people who were not helped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.cards.promises import clock_states
from bot.cards.reader import Reader, strong
from bot.cards.tickets import ticket_line
from bot.dialogue.ticketwork import Work
from bot.messages import Block, Button, Card, Tone, plain
from escalation.errors import Forbidden
from escalation.ticket import OPEN, Status, Ticket
from storage import pages, tickets
from storage.tickets import Filter

LOOKED_AT = 500  # open tickets of their groups, the most urgent first
SHOWN = 5  # of each sort
RATINGS_OF = timedelta(days=7)


async def needs_me(work: Work) -> Card:
    """The card of what waits for this manager. Raises `Forbidden` for somebody who answers for no group."""
    reader, groups = work.world.reader, work.world.actor.manages
    if not groups:
        raise Forbidden("refused.needs")
    found = await tickets.find(work.tx, Filter(groups=groups, statuses=OPEN, limit=LOOKED_AT, urgent_first=True))
    mine = {page.ticket for page in await pages.open_for(work.tx, work.world.person.key)}
    paged = tuple(ticket for ticket in found if _unanswered(ticket) or ticket.id in mine)
    late = tuple([ticket for ticket in found if ticket not in paged and await _late(work, ticket)])
    unhappy = await tickets.find(
        work.tx,
        Filter(
            groups=groups,
            rated_at_most=work.world.organisation.policy.low_rating,
            closed_after=reader.now - RATINGS_OF,
            limit=SHOWN,
        ),
    )
    return _card({"needs.pages": paged, "needs.late": late, "needs.unhappy": unhappy}, reader)


def _unanswered(ticket: Ticket) -> bool:
    return ticket.status is Status.NEW and ticket.climb.rung > 0 and not ticket.climb.acknowledged_by


async def _late(work: Work, ticket: Ticket) -> bool:
    policy = await work.desk.policy(work.tx, ticket.policy)
    return any(clock.state in ("overdue", "missed") for clock in clock_states(ticket, policy, work.world.reader))


def _card(sorts: dict[str, Sequence[Ticket]], reader: Reader) -> Card:
    blocks: list[Block] = []
    buttons: list[Button] = []
    for key, found in sorts.items():
        if found:
            blocks += [strong(reader.tell(key, count=len(found))), *(plain(_line(t, reader)) for t in found[:SHOWN])]
            buttons += [Button(ticket.name, f"t:show:{ticket.id}") for ticket in found[:SHOWN]]
    title = reader.tell("needs.title")
    if not blocks:
        return Card(title, Tone.GOOD, blocks=(plain(reader.tell("needs.nothing")),))
    return Card(title, Tone.WARN, blocks=tuple(blocks), buttons=tuple(buttons))


def _line(ticket: Ticket, reader: Reader) -> str:
    stars = f" · {'★' * ticket.rating}{'☆' * (5 - ticket.rating)}" if ticket.rating else ""
    return f"{ticket_line(ticket, reader)}{stars}"
