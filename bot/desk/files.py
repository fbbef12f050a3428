"""Files that somebody sent before, put onto a ticket: each once, and only by who had sent it."""

from __future__ import annotations

from bot.desk.judging import Facts
from escalation.errors import Malformed
from escalation.ticket import Ticket
from storage import attachments
from storage.database import Transaction


async def bind_own(tx: Transaction, file: int, ticket: Ticket) -> bool:
    """A staged file onto the ticket, if whoever opened it had sent the file."""
    loaded = await attachments.load(tx, file)
    mine = loaded is not None and loaded[0].uploaded_by == ticket.opened_by
    return mine and await attachments.bind(tx, file, ticket.id)


async def bind(tx: Transaction, number: int, files: str, by: str) -> Facts:
    """Staged files, a list of numbers, onto the ticket; raises `Malformed` for one that this person had not sent."""
    names = []
    for reference in files.split(","):
        loaded = await attachments.load(tx, int(reference))
        if loaded is None or loaded[0].uploaded_by != by or not await attachments.bind(tx, int(reference), number):
            raise Malformed("refused.no_files")
        names.append(loaded[0].name)
    return {"file": ", ".join(names), "files": files}
