"""What comes in: events, those nobody could handle, and where each conversation stands."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, false

from storage.columns import Json, Moment, Words
from storage.tables.schema import metadata, partial

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("person", Words, nullable=False),
    Column("replies", Json),
    Index(None, "at"),
    Index(None, "person", "at"),
)

parked_events = Table(
    "parked_events",
    metadata,
    Column("event_id", Words, primary_key=True),
    Column("payload", Json, nullable=False),
    Column("error", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("again", Boolean, nullable=False, server_default=false()),  # somebody asked for a second try
)

dialogues = Table(
    "dialogues",
    metadata,
    Column("key", Words, primary_key=True),
    Column("person", Words, nullable=False),
    Column("state", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("due_at", Moment),
    partial("ix_dialogues_due_at", "due_at", where="due_at IS NOT NULL"),
)
