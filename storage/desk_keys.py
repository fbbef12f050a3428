"""Keys the desk made for itself, the same in every process: for those who set no FIRSTLINE_SECRET_KEY."""

from __future__ import annotations

from sqlalchemy import select

from storage.database import Transaction
from storage.tables import desk_keys


async def keep(tx: Transaction, name: str, value: str) -> str:
    """The key of this name; `value` becomes it when there is none yet."""
    await tx.add_new(desk_keys, name=name, value=value)
    return str(await tx.value(select(desk_keys.c.value).where(desk_keys.c.name == name)))
