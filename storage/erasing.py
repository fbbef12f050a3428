"""Forgetting a person: their key becomes a pseudonym, what they wrote and sent is struck out, numbers stay.

It goes through every table there is, so that a table added later is not forgotten. What others were shown of the
person's words is struck out too: their chats, what was sent, what waits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, Text, literal, or_, select, text, type_coerce, update

from storage.columns import Json, Words
from storage.database import Database, Transaction
from storage.tables import (
    article_revisions,
    attachments,
    dialogues,
    identities,
    inbox,
    metadata,
    sessions,
    signin_links,
    ticket_events,
    tickets,
    transcript,
    transcript_heads,
    transcript_keys,
)

STRUCK = "[erased]"
SHORTEST = 6  # characters of a text that is looked for wherever it may have been repeated
_WRITTEN = ("text", "comment", "cause", "solution", "file", "caption", "summary", "description")


@dataclass(frozen=True, slots=True)
class Erased:
    """Who the person is from now on, and how many rows were changed."""

    pseudonym: str
    rows: int


async def erase(tx: Transaction, person: str, pseudonym: str, names: Iterable[str]) -> Erased:
    """Make this person nobody. `names` are what else they were called: names, addresses, telephone numbers."""
    written = [*names, *await _written(tx, person)]
    pieces = {piece.strip() for each in written for piece in (each, *each.splitlines())}
    strike = _pattern(piece for piece in pieces if len(piece) >= SHORTEST)
    rows = await _forget_what_is_theirs_alone(tx, person)
    rows += await tx.change(
        update(attachments)
        .where(_their_files(person))
        .values(name=STRUCK, media_type="application/octet-stream", size=0, content=b"")
    )
    rows += await tx.change(
        update(tickets)
        .where(tickets.c.requester == person)
        .values(summary=STRUCK, description=STRUCK, details={}, evidence=[], rating_comment="")
    )
    key = re.compile(rf"(?<![\w.@-]){re.escape(person)}(?![\w@-]|\.\w)")
    for table in reversed(metadata.sorted_tables):  # who is told apart by their tickets comes before these
        rows += await _rewrite(tx, table, person, pseudonym, key, strike)
    return Erased(pseudonym, rows)


def _their_files(person: str) -> Any:
    theirs = select(tickets.c.id).where(tickets.c.requester == person)
    return or_(attachments.c.uploaded_by == person, attachments.c.ticket_id.in_(theirs))


async def _written(tx: Transaction, person: str) -> list[str]:
    """Everything the person wrote, and everything written on their tickets."""
    theirs = select(tickets.c.id).where(tickets.c.requester == person)
    found: list[str] = []
    for row in await tx.all(select(tickets).where(tickets.c.requester == person)):
        found += [row.summary, row.description, row.rating_comment, *(str(value) for value in row.details.values())]
    by_or_on = or_(ticket_events.c.by == person, ticket_events.c.ticket_id.in_(theirs))
    for row in await tx.all(select(ticket_events.c.facts).where(by_or_on)):
        found += [str(row.facts[name]) for name in _WRITTEN if row.facts.get(name)]
    found += [row.name for row in await tx.all(select(attachments.c.name).where(_their_files(person)))]
    own_lines = (transcript.c.person == person, transcript.c.author == "person")
    lines = await tx.all(select(transcript.c.data).where(*own_lines))
    found += [str(row.data["reply"].get("text", "")) for row in lines]
    return found


def _pattern(pieces: Iterable[str]) -> re.Pattern[str] | None:
    """Any of these pieces, as they are or as JSON writes them; the longest first."""
    forms = {form for piece in pieces for form in (piece, json.dumps(piece, ensure_ascii=False)[1:-1])}
    ordered = sorted(forms, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


async def _forget_what_is_theirs_alone(tx: Transaction, person: str) -> int:
    """Their chat, their conversations, their accounts, and the ways they signed in."""
    lines = select(transcript.c.id).where(transcript.c.person == person)
    rows = await tx.change(transcript_keys.delete().where(transcript_keys.c.line_id.in_(lines)))
    for table in (transcript, transcript_heads, dialogues, identities, signin_links, sessions, inbox):
        rows += await tx.change(table.delete().where(table.c.person == person))
    return rows


async def _rewrite(
    tx: Transaction, table: Table, person: str, pseudonym: str, key: re.Pattern[str], strike: re.Pattern[str] | None
) -> int:
    """The key and the struck texts in every text column of a table; how many rows."""
    columns = [column for column in table.c if isinstance(column.type, Words | Json | Text)]
    if not columns:
        return 0
    identity = list(table.primary_key.columns)
    raw = [type_coerce(column, Text).label(f"raw_{column.name}") for column in columns]
    theirs = set[int]()
    if table is ticket_events:
        theirs = {row.id for row in await tx.all(select(tickets.c.id).where(tickets.c.requester == person))}
    changed = 0
    for row in await tx.all(select(*(column for column in table.c if column is not attachments.c.content), *raw)):
        # Words are struck wherever they were repeated, but not where somebody else said the same by themselves.
        others_own = table in (tickets, article_revisions) or (table is ticket_events and row.ticket_id not in theirs)
        own = table is ticket_events and row.by == person
        fresh = _fresh(row, columns, pseudonym, key, strike if own or not others_own else None)
        if fresh:
            same = [column == getattr(row, column.name) for column in identity]
            values = {name: literal(value, Text) for name, value in fresh.items()}
            changed += await tx.change(update(table).where(*same).values(values))
    return changed


def _fresh(
    row: Any, columns: list[Column[Any]], pseudonym: str, key: re.Pattern[str], strike: re.Pattern[str] | None
) -> dict[str, str]:
    fresh = {}
    for column in columns:
        old = getattr(row, f"raw_{column.name}")
        if old is None or isinstance(column.type, LargeBinary):
            continue
        new = strike.sub(STRUCK, old) if strike and not column.primary_key else old
        new = key.sub(pseudonym, new)
        if new != old:
            fresh[column.name] = new
    return fresh


async def leave_no_trace(database: Database) -> None:
    """Give back the room of what was erased, so that the file, or the tables, no longer hold it anywhere."""
    engine = database._engines.for_migration()
    try:
        async with engine.connect() as connection:
            raw = await connection.execution_options(isolation_level="AUTOCOMMIT")
            if database.dialect == "sqlite":
                await raw.exec_driver_sql("ROLLBACK")
                await raw.exec_driver_sql("VACUUM")
                await raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                await raw.execute(text("VACUUM FULL"))
    finally:
        await engine.dispose()
