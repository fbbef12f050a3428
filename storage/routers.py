"""What was learned of where tickets belong: every night's try, and the one in use with the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from escalation.ticket import Kind, Origin, Status
from storage.database import Transaction
from storage.erasing import STRUCK
from storage.tables import routers, tickets

IN_USE, WORSE, TOO_FEW = "in_use", "worse", "too_few"
KEPT = 2  # routers whose data stay: the one in use, and the one before it
TRIES_KEPT = 60  # nights
# A person has looked at these, and left them where they are or moved them.
LOOKED_AT = (Status.CLAIMED, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A ticket as it teaches: what was written, and where it ended up."""

    number: int
    kind: str
    service: str
    category: str
    group: str
    text: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One night's try. `accuracy` is its share right of the tickets held back, `before` that of what was in use
    until then, `rules` that of the rules alone."""

    at: datetime
    version: str
    outcome: str
    learned_from: int
    held_back: int
    accuracy: float
    before: float
    rules: float
    id: int = 0


async def confirmed(tx: Transaction, most: int) -> tuple[Confirmed, ...]:
    """The latest tickets that people confirmed, newest first; neither what machines report nor what is confidential."""
    t = tickets.c
    wanted = (
        t.status.in_([status.value for status in LOOKED_AT]),
        t.origin != Origin.MONITORING.value,
        t.kind != Kind.COMPLAINT.value,
        t.confidential.is_(False),
        t.summary != STRUCK,
    )
    columns = (t.id, t.kind, t.service, t.category, t.group_key, t.summary, t.description)
    rows = await tx.all(select(*columns).where(*wanted).order_by(t.id.desc()).limit(most))
    return tuple(
        Confirmed(
            row.id, row.kind, row.service, row.category, row.group_key, f"{row.summary}\n{row.description}".strip()
        )
        for row in rows
    )


async def keep(tx: Transaction, trial: Trial, data: bytes | None) -> None:
    """Note a night's try, with its router where it was put in; what is older than the one before goes."""
    values = {name: getattr(trial, name) for name in Trial.__slots__ if name != "id"}
    row = await tx.add(routers, data=data, **values)
    if data is not None:
        stay = select(routers.c.id).where(routers.c.data.is_not(None)).order_by(routers.c.id.desc()).limit(KEPT)
        await tx.change(update(routers).where(routers.c.id.not_in(stay)).values(data=None))
    await tx.change(routers.delete().where(routers.c.id <= row.id - TRIES_KEPT, routers.c.data.is_(None)))


async def newest(tx: Transaction) -> int:
    """The number of the router in use: it changes whenever another is put in; 0 while there is none."""
    return int(await tx.value(select(func.max(routers.c.id)).where(routers.c.data.is_not(None))) or 0)


async def stored(tx: Transaction) -> tuple[bytes, ...]:
    """The router in use and the one before it, as `faq.routing` wrote them."""
    rows = await tx.all(select(routers.c.data).where(routers.c.data.is_not(None)).order_by(routers.c.id.desc()))
    return tuple(bytes(row.data) for row in rows)


async def trials(tx: Transaction, most: int = 10) -> Sequence[Trial]:
    """The latest tries, newest first."""
    columns = [routers.c[name] for name in Trial.__slots__]
    rows = await tx.all(select(*columns).order_by(routers.c.id.desc()).limit(most))
    return tuple(Trial(**row._mapping) for row in rows)


async def in_use(tx: Transaction) -> Trial | None:
    """How the router in use came to be; None while the rules decide alone."""
    columns = [routers.c[name] for name in Trial.__slots__]
    row = await tx.first(select(*columns).where(routers.c.data.is_not(None)).order_by(routers.c.id.desc()).limit(1))
    return None if row is None else Trial(**row._mapping)
