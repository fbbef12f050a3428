"""What a major incident does to tickets: links them, asks their callers, and closes only what may be closed.

Who may is decided before: by the incident manager's approval, or by the caller's own *It works*.
"""

from __future__ import annotations

from bot.desk.judging import Facts
from bot.desk.tickets import Desk
from escalation.ticket import Action, Status, Ticket
from storage import tickets
from storage.database import Transaction


async def link_child(desk: Desk, tx: Transaction, child: Ticket, *, parent: int, by: str, via: str) -> Ticket:
    """The ticket belongs to a major incident from now on; it stays open for its own caller to say."""
    return await desk.step(tx, child, Action.LINK, by=by, via=via, facts={"other": parent, "as": "child"})


async def settle_child(desk: Desk, tx: Transaction, child: Ticket, parent: Ticket, *, by: str, via: str) -> Ticket:
    """Its caller says that it works: solved as its parent was, and closed by their word."""
    solved: Facts = {"cause": parent.cause, "solution": parent.solution}
    child = await desk.step(tx, child, Action.RESOLVE, by=parent.resolved_by, via=via, facts=solved)
    return await desk.step(tx, child, Action.CONFIRM, by=by, via=via, facts={})


async def close_reviewed(desk: Desk, tx: Transaction, number: int, *, by: str, via: str) -> Ticket | None:
    """The review is written: the ticket may close."""
    ticket = await tickets.load(tx, number)
    if ticket is None or ticket.status is not Status.RESOLVED:
        return ticket
    return await desk.step(tx, ticket, Action.CLOSE, by=by, via=via, facts={"what": "reviewed"})
