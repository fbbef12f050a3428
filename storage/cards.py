"""Which of our messages stand where: the live card to edit, and the ticket a message is about.

A place is a string that its channel always writes the same way; a message is the platform's id for it.
"""

from __future__ import annotations

from sqlalchemy import select

from storage.database import Transaction
from storage.tables import cards, messages_sent


async def where(tx: Transaction, key: str, place: str) -> str:
    """The message in which the card of this key stands at this place; empty when it does not."""
    message: str | None = await tx.value(select(cards.c.message).where(cards.c.key == key, cards.c.place == place))
    return message or ""


async def stands(tx: Transaction, key: str, place: str, message: str, ticket: int | None = None) -> None:
    """The card of this key stands here, in this message, from now on."""
    values = {"key": key, "place": place, "message": message, "ticket_id": ticket}
    await tx.put(cards, [cards.c.key, cards.c.place], values)
    if ticket is not None:
        await about(tx, ticket, place, message)


async def gone(tx: Transaction, key: str, place: str) -> None:
    """The card's message was deleted on the platform: the next one is sent anew."""
    await tx.change(cards.delete().where(cards.c.key == key, cards.c.place == place))


async def places(tx: Transaction, ticket: int) -> tuple[tuple[str, str, str], ...]:
    """(key, place, message) of every live card of a ticket."""
    rows = await tx.all(select(cards).where(cards.c.ticket_id == ticket).order_by(cards.c.key, cards.c.place))
    return tuple((row.key, row.place, row.message) for row in rows)


async def about(tx: Transaction, ticket: int, place: str, message: str) -> None:
    """This message is about this ticket, so that an answer to it finds the ticket."""
    values = {"place": place, "message": message, "ticket_id": ticket}
    await tx.put(messages_sent, [messages_sent.c.place, messages_sent.c.message], values)


async def ticket_of(tx: Transaction, place: str, message: str) -> int | None:
    """The number of the ticket this message is about, if we sent it about one."""
    ticket: int | None = await tx.value(
        select(messages_sent.c.ticket_id).where(messages_sent.c.place == place, messages_sent.c.message == message)
    )
    return ticket
