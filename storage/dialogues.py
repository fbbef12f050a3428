"""Where each conversation stands: one row each, saved only over the version that was read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from escalation.errors import Stale
from storage.database import Transaction
from storage.tables import dialogues


@dataclass(frozen=True, slots=True)
class Stored:
    """A conversation. `key` is its place; version 0 is one that was never saved."""

    key: str
    person: str
    state: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    due_at: datetime | None = None


async def load(tx: Transaction, key: str) -> Stored | None:
    """The conversation at this place, if there was one."""
    row = await tx.first(select(dialogues).where(dialogues.c.key == key))
    return None if row is None else Stored(row.key, row.person, row.state, row.version, row.due_at)


async def save(tx: Transaction, dialogue: Stored) -> Stored:
    """Store it over the version it was read as, and give it back one version on.

    Raises `escalation.errors.Stale` when another event of the same conversation was first.
    """
    stored = replace(dialogue, version=dialogue.version + 1)
    values = {
        "person": stored.person,
        "state": stored.state,
        "version": stored.version,
        "due_at": stored.due_at,
    }
    if dialogue.version == 0:
        saved = await tx.add_new(dialogues, key=stored.key, **values) is not None
    else:
        same = (dialogues.c.key == stored.key, dialogues.c.version == dialogue.version)
        saved = bool(await tx.change(update(dialogues).where(*same).values(**values)))
    if not saved:
        raise Stale(f"the conversation {dialogue.key} is not at version {dialogue.version} any more")
    return stored


async def due(tx: Transaction, now: datetime, limit: int) -> tuple[str, ...]:
    """The keys of conversations that wanted to be woken by now, the longest due first."""
    rows = await tx.all(
        select(dialogues.c.key)
        .where(dialogues.c.due_at <= now)
        .order_by(dialogues.c.due_at, dialogues.c.key)
        .limit(limit)
    )
    return tuple(row.key for row in rows)
