"""What a major incident does to tickets: links them, asks their callers, and closes only what may be closed.

Who may is decided before: by the incident manager's approval, or by the caller's own *It works*.
"""

from __future__ import annotations

from datetime import timedelta

from bot.desk.judging import Facts
from bot.desk.tickets import Desk
from escalation.major import LET_BE
from escalation.ticket import Action, Status, Ticket
from storage import tickets
from storage.database import Transaction

TIME_TO_ANSWER = timedelta(minutes=30)  # for the caller, once it is over, before engineers are paged again


async def link_child(desk: Desk, tx: Transaction, child: Ticket, *, parent: int, by: str, via: str) -> Ticket:
    """The ticket belongs to a major incident from now on; it stays open for its own caller to say.

    Its ladder stands back while others work on the incident. Its clocks go on, for its caller waits as before.
    """
    facts: Facts = {"other": parent, "as": "child", "until": (desk.clock() + LET_BE).isoformat()}
    return await desk.step(tx, child, Action.LINK, by=by, via=via, facts=facts)


async def ask_again(desk: Desk, tx: Transaction, child: Ticket, wait: timedelta) -> Ticket:
    """The incident no longer speaks for this ticket: unless its caller closes it, its ladder goes on after a while."""
    if child.status is not Status.NEW or child.parent is None:
        return child
    until = (desk.clock() + wait).isoformat()
    facts: Facts = {"other": child.parent, "as": "child", "until": until, "what": "over"}
    return await desk.step(tx, child, Action.LINK, by="", via="", facts=facts)


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
