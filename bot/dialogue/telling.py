"""Telling somebody who did not ask: a reply into the outbox, in the words of whoever reads it."""

from __future__ import annotations

from bot.cards.reader import Reader
from bot.desk.notify import to_person
from bot.desk.tickets import Desk
from bot.dialogue.world import reader_for
from bot.messages import Lane, Reply
from bot.reply_json import to_json
from storage import outbox, people
from storage.database import Transaction


async def reader_of(tx: Transaction, desk: Desk, person: str) -> Reader:
    """The person as cards see them now."""
    return reader_for(desk.organisation, person, await people.settings(tx, person), desk.clock())


async def tell_person(tx: Transaction, desk: Desk, key: str, person: str, reply: Reply) -> None:
    """Send it to them, wherever they are; `key` names it for ever, so that it is said once."""
    await outbox.put(
        tx,
        key=key,
        target=to_person(person),
        notice="reply",
        facts={"reply": to_json(reply)},
        lane=int(Lane.NOTICE),
        ticket=None,
        at=desk.clock(),
    )
    tx.after_commit(desk.posted.set)
