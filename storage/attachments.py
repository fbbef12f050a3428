"""Files people sent: staged when they arrive, bound to a ticket once it is clear which one is meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from storage.database import Transaction
from storage.errors import TooLarge
from storage.tables import attachments

LARGEST = 10 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file without its content. `ticket` is None while it is staged; `event` is the log line it came with."""

    id: int
    name: str
    media_type: str
    size: int
    uploaded_by: str
    at: datetime
    ticket: int | None = None
    event: int | None = None


_ABOUT = tuple(column for column in attachments.c if column.name != "content")


async def stage(
    tx: Transaction, name: str, media_type: str, content: bytes, uploaded_by: str, at: datetime
) -> Attachment:
    """Keep a file that belongs to no ticket yet; raises `TooLarge` above 10 MiB."""
    if len(content) > LARGEST:
        raise TooLarge(f"{name} has {len(content)} bytes; {LARGEST} are the most we keep")
    values = {"name": name, "media_type": media_type, "uploaded_by": uploaded_by, "at": at}
    inserted = attachments.insert().values(size=len(content), content=content, **values)
    row = await tx.first(inserted.returning(*_ABOUT))
    return _attachment(row)


async def bind(tx: Transaction, id: int, ticket_id: int, event_id: int | None = None) -> bool:
    """Make a staged file part of a ticket; False when it is gone or part of one already."""
    staged = (attachments.c.id == id, attachments.c.ticket_id.is_(None))
    return bool(await tx.change(update(attachments).where(*staged).values(ticket_id=ticket_id, event_id=event_id)))


async def load(tx: Transaction, id: int) -> tuple[Attachment, bytes] | None:
    """A file with its content, if there is one of this number."""
    row = await tx.first(select(attachments).where(attachments.c.id == id))
    return None if row is None else (_attachment(row), bytes(row.content))


async def of_ticket(tx: Transaction, ticket_id: int) -> tuple[Attachment, ...]:
    """A ticket's files without their content, oldest first."""
    rows = await tx.all(select(*_ABOUT).where(attachments.c.ticket_id == ticket_id).order_by(attachments.c.id))
    return tuple(map(_attachment, rows))


async def staged_bytes(tx: Transaction, uploaded_by: str) -> int:
    """How much this person has sent that belongs to no ticket yet."""
    mine = (attachments.c.uploaded_by == uploaded_by, attachments.c.ticket_id.is_(None))
    return int(await tx.value(select(func.coalesce(func.sum(attachments.c.size), 0)).where(*mine)))


async def purge(tx: Transaction, before: datetime) -> int:
    """Forget files staged before then that no ticket ever claimed; how many."""
    unbound = (attachments.c.ticket_id.is_(None), attachments.c.at < before)
    return await tx.change(delete(attachments).where(*unbound))


def _attachment(row: Any) -> Attachment:
    return Attachment(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        uploaded_by=row.uploaded_by,
        at=row.at,
        ticket=row.ticket_id,
        event=row.event_id,
    )
