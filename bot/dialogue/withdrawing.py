"""Whoever no longer needs a ticket: asked once whether to take it back, so that nobody comes for nothing. Pure."""

from __future__ import annotations

from bot.desk.draft import EMERGENCY
from bot.dialogue.aiming import to_ticket
from bot.dialogue.effects import Begin, ListMine
from bot.dialogue.standing import lately_meant, only_meant
from bot.dialogue.talk import Talk
from bot.dialogue.turns import Turn
from bot.dialogue.world import World
from bot.messages import Text
from escalation.ticket import Action
from intents.classify import Understanding
from intents.ways import names_ticket


def taken_back(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """*Withdraw* or *Keep it* for the ticket these words call off; None where they mean none: "cancel my ticket".

    "Never mind" means the one just opened or written to, and no other.
    """
    mine = {ticket.id for ticket in world.open_tickets if ticket.open}
    named = [number for number in meant.entities.tickets if number in mine]
    if named:
        return Turn(talk, tuple(Begin(Action.CANCEL, number) for number in named))
    if meant.entities.tickets or not mine:
        return None
    number = only_meant(talk, meant, world) if names_ticket(words) else lately_meant(talk, world)
    if number in mine:
        return Turn(talk, (Begin(Action.CANCEL, number),))
    return Turn(talk, (ListMine(),)) if names_ticket(words) else None


def works_again(talk: Talk, words: str, meant: Understanding, world: World) -> Turn | None:
    """Good news for the engineer who has the only ticket that can be meant; where nobody has, it may be withdrawn."""
    ticket = next((each for each in world.open_tickets if each.id == only_meant(talk, meant, world)), None)
    if ticket is None or not ticket.open:
        return None
    if ticket.assignee or ticket.category == EMERGENCY:  # those who are on their way hear it
        return to_ticket(talk, ticket, words, world)
    return Turn(talk, (Text(world.reader.tell("fixed.withdraw")), Begin(Action.CANCEL, ticket.id)))
