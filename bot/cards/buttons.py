"""What a reader can press on a ticket: whoever works on it, whoever asked for it, and who does both."""

from __future__ import annotations

from collections.abc import Iterable

from bot.cards.reader import Reader
from bot.messages import Button
from escalation.clocks import ON_SITE
from escalation.ticket import Action, Ticket

FIRST_ROW = (
    Action.CLAIM,
    Action.REPLY,
    Action.RESUME,
    Action.RESOLVE,
    Action.HOLD,
    Action.NOTE,
    Action.ASSIGN,
    Action.ESCALATE,
)
MORE = (
    Action.RELEASE,
    Action.TRANSFER,
    Action.PRIORITY,
    Action.VISIT,
    Action.ARRIVE,
    Action.PROMISE,
    Action.LINK,
    Action.MAJOR,
    Action.CANCEL,
)


def action_buttons(ticket: Ticket, possible: Iterable[Action], *, more: bool = False) -> tuple[tuple[Action, str], ...]:
    """The actions to draw, in their order, with the `t:` action string of each."""
    allowed = frozenset(possible) - _pointless(ticket)
    row = MORE if more else FIRST_ROW
    return tuple((action, f"t:{action.value}:{ticket.id}") for action in row if action in allowed)


def _pointless(ticket: Ticket) -> frozenset[Action]:
    """Nobody arrives before a visit is agreed, and nobody agrees one twice."""
    way = ticket.clock(ON_SITE)
    agreed = way is not None and not way.dormant and not way.stopped
    return frozenset({Action.VISIT} if agreed else {Action.ARRIVE})


def staff_buttons(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> tuple[Button, ...]:
    """The first row of an engineer's buttons, and *More* when there is more."""
    first = Action.CLAIM if Action.CLAIM in possible else Action.REPLY
    buttons = [
        reader.button(action.value, value, "primary" if action is first else "")
        for action, value in action_buttons(ticket, possible)
    ]
    if action_buttons(ticket, possible, more=True):
        buttons.append(reader.button("more", f"t:more:{ticket.id}"))
    return (*buttons, *answer_buttons(ticket, reader))


def answer_buttons(ticket: Ticket, reader: Reader) -> tuple[Button, ...]:
    """*Save as answer*, once there is something to learn from the ticket; nothing confidential is learned."""
    if not ticket.solution or ticket.open or ticket.confidential:
        return ()
    return (reader.button("answer", f"t:answer:{ticket.id}"),)


def requester_buttons(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> tuple[Button, ...]:
    """What the person whose ticket it is, or who filed it for them, can do now."""
    buttons: list[Button] = []
    if Action.CONFIRM in possible:
        buttons.append(reader.button("confirm", f"t:confirm:{ticket.id}", "primary"))
    if Action.REOPEN in possible:
        buttons.append(reader.button("reopen", f"t:reopen:{ticket.id}"))
    words = ((Action.COMMENT, "comment"), (Action.CHASE, "chase"), (Action.CANCEL, "withdraw")) if ticket.open else ()
    buttons += [reader.button(word, f"t:{action}:{ticket.id}") for action, word in words if action in possible]
    return tuple(buttons)


def own_work_buttons(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> tuple[Button, ...]:
    """What an engineer can do with a ticket of their own: work on it like any other, and speak as its requester."""
    asking = requester_buttons(ticket, possible - ({Action.CHASE} if Action.ESCALATE in possible else set()), reader)
    working = staff_buttons(ticket, possible - {Action.REPLY}, reader)  # nobody answers themselves
    return tuple({button.action: button for button in (*working, *asking)}.values())


def way_to_work(ticket: Ticket, possible: frozenset[Action], reader: Reader) -> tuple[Button, ...]:
    """For an engineer whose own ticket is their own group's: the card with everything on it."""
    works = ticket.open and Action.NOTE in possible
    return (reader.button("work_on", f"t:show:{ticket.id}"),) if works else ()
