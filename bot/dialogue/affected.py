"""Whom a major incident concerns: everybody it affects, who decides on it, and the card they are shown."""

from __future__ import annotations

from bot.cards.majors import Standing, card_key, major_card
from bot.desk.tickets import Desk
from bot.dialogue.telling import reader_of, tell_person
from bot.organisation import Organisation
from escalation.major import Major, Stage
from escalation.ticket import Ticket
from storage import majors, tickets
from storage.database import Transaction
from storage.tickets import Filter

MOST = 500  # callers of one incident


async def affected(tx: Transaction, organisation: Organisation, ticket: Ticket) -> tuple[str, ...]:
    """Everybody who called about it or asked to be told, each once; the ticket's own requester first."""
    children = await tickets.find(tx, Filter(parent=ticket.id, limit=MOST))
    callers = (child.requester for child in sorted(children, key=lambda child: child.id))
    people = (ticket.requester, *callers, *await majors.followers_of(tx, ticket.id))
    return tuple(person for person in dict.fromkeys(people) if person in organisation.people)


async def concerned(tx: Transaction, organisation: Organisation, stands: Major, ticket: Ticket) -> int:
    """How many people it affects; while it is only proposed, with those whose reports are alike and not linked yet."""
    people = set(await affected(tx, organisation, ticket))
    if stands.stage is Stage.PROPOSED:
        alike = [await tickets.load(tx, number) for number in stands.similar]
        people |= {each.requester for each in alike if each is not None}
    return len(people)


def manager_of(organisation: Organisation, ticket: Ticket) -> str:
    """The incident manager: the plan's, else the manager of the ticket's group."""
    return organisation.major.manager or organisation.group_of(ticket.group).manager


def state_key(stands: Major) -> str:
    """Names one state of it for ever, so that nobody is told the same twice."""
    return f"{card_key(stands.ticket)}:{stands.stage.value}:{len(stands.updates)}:{len(stands.report)}"


async def send_card(tx: Transaction, desk: Desk, stands: Major, ticket: Ticket, person: str, *, why: str = "") -> None:
    """The card to somebody who did not ask for it; `why` tells two occasions of one state apart."""
    if person not in desk.organisation.people:
        return
    reader = await reader_of(tx, desk, person)
    many = await concerned(tx, desk.organisation, stands, ticket)
    decides = person == manager_of(desk.organisation, ticket)
    card = major_card(Standing(stands, ticket, many, decides), reader)
    await tell_person(tx, desk, f"{state_key(stands)}:{why}:{person}", person, card)
