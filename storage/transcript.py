"""The web desk's chat log: what a person and the desk said to one another, and every edit in order.

Each person's log has a revision that grows by one with every line and every edit, so that whoever watches
asks for "everything after n" and misses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text, update

from storage.database import Transaction
from storage.tables import transcript, transcript_heads, transcript_keys


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `author` is "person" or "desk"; `edited_at` is set once a card was redrawn in place."""

    id: int
    person: str
    author: str
    data: Any
    card_key: str
    at: datetime
    edited_at: datetime | None
    revision: int


async def say(
    tx: Transaction, person: str, key: str, author: str, data: Any, card_key: str, at: datetime, *, anew: bool = False
) -> Line:
    """Add a line to a person's log. The same key again changes nothing and gives back the line it made.

    When a card of this `card_key` stands in the log already, that line is edited in place; `anew`, it stays as it is
    and gives up its name to a new line.
    """
    await _take_turn(tx, person)
    known = await line_of(tx, key)
    if known is not None:
        return known
    revision = await _next_revision(tx, person)
    standing = await _card(tx, person, card_key)
    if standing is not None and anew:
        await tx.change(update(transcript).where(transcript.c.id == standing.id).values(card_key=""))
        standing = None
    if standing is not None:
        changed = {"data": data, "edited_at": at, "revision": revision}
        statement = update(transcript).where(transcript.c.id == standing.id).values(**changed)
        row = await tx.first(statement.returning(*transcript.c))
    else:
        row = await tx.add(
            transcript,
            person=person,
            author=author,
            data=data,
            card_key=card_key,
            at=at,
            edited_at=None,
            revision=revision,
        )
    line = _line(row)
    await tx.add(transcript_keys, key=key, line_id=line.id)
    return line


async def line_of(tx: Transaction, key: str) -> Line | None:
    """The line that was said or edited under this key, if any."""
    joined = transcript.join(transcript_keys, transcript_keys.c.line_id == transcript.c.id)
    row = await tx.first(select(transcript).select_from(joined).where(transcript_keys.c.key == key))
    return None if row is None else _line(row)


async def since(tx: Transaction, person: str, revision: int, limit: int) -> tuple[Line, ...]:
    """What was said or edited after this revision, in that order."""
    after = _log(person).where(transcript.c.revision > revision)
    rows = await tx.all(after.order_by(transcript.c.revision).limit(limit))
    return tuple(_line(row) for row in rows)


async def last(tx: Transaction, person: str, limit: int, before_id: int | None = None) -> tuple[Line, ...]:
    """The latest lines, or those before a line, in reading order."""
    statement = _log(person)
    if before_id is not None:
        statement = statement.where(transcript.c.id < before_id)
    rows = await tx.all(statement.order_by(transcript.c.id.desc()).limit(limit))
    return tuple(_line(row) for row in reversed(rows))


async def latest_revision(tx: Transaction, person: str) -> int:
    """The revision of the newest line or edit; 0 for an empty log."""
    head = select(transcript_heads.c.revision).where(transcript_heads.c.person == person)
    return int(await tx.value(head) or 0)


# Written out so that SQLite can tell the partial index applies.
_HAS_CARD = text("card_key <> ''")


def _log(person: str) -> Select[Any]:
    return select(transcript).where(transcript.c.person == person)


async def _take_turn(tx: Transaction, person: str) -> None:
    # On PostgreSQL this row's lock makes the writers of one log wait for one another until they commit: a
    # smaller revision can never appear after a larger one was read.
    heads = transcript_heads.c
    await tx.put(transcript_heads, [heads.person], {"person": person, "revision": 0}, revision=heads.revision)


async def _next_revision(tx: Transaction, person: str) -> int:
    heads = transcript_heads.c
    raised = update(transcript_heads).where(heads.person == person).values(revision=heads.revision + 1)
    return int(await tx.value(raised.returning(heads.revision)))


async def _card(tx: Transaction, person: str, card_key: str) -> Any:
    if not card_key:
        return None
    return await tx.first(_log(person).where(transcript.c.card_key == card_key, _HAS_CARD))


def _line(row: Any) -> Line:
    return Line(**row._mapping)


async def line(tx: Transaction, id: int) -> Line | None:
    """One line by its number."""
    row = await tx.first(select(transcript).where(transcript.c.id == id))
    return None if row is None else _line(row)
