"""A desk filled from a copy starts quiet: its alarms ring again once an admin has confirmed that it should."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from storage.database import Transaction
from storage.tables import UNFINISHED, desk_keys, outbox

QUIET = "quiet"


async def begin(tx: Transaction, at: datetime) -> int:
    """Let nothing ring; what waited to be sent, and probably was after the copy was made, is put aside. How much."""
    await tx.put(desk_keys, [desk_keys.c.name], {"name": QUIET, "value": at.isoformat()})
    aside = {"state": "dead", "owner": "", "lease_until": None, "error": "restored: it may have been sent before"}
    return await tx.change(update(outbox).where(outbox.c.state.in_(UNFINISHED)).values(aside))


async def quiet(tx: Transaction) -> bool:
    """Whether nobody has confirmed yet."""
    return bool(await tx.value(select(desk_keys.c.value).where(desk_keys.c.name == QUIET)))


async def end(tx: Transaction) -> bool:
    """Let alarms ring; False when they do already."""
    return bool(await tx.change(delete(desk_keys).where(desk_keys.c.name == QUIET)))
