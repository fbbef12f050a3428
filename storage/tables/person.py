"""A person: their accounts, how they sign in, and the shifts they swap."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table

from storage.columns import Json, Moment, Words
from storage.tables.schema import metadata, number

people = Table(
    "people",
    metadata,
    Column("key", Words, primary_key=True),
    Column("active", Boolean, nullable=False),
    Column("settings", Json, nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("channel", Words, nullable=False),
    Column("workspace", Words, nullable=False),
    Column("user", Words, nullable=False),
    Column("person", Words, ForeignKey("people.key"), nullable=False),
    Column("linked_at", Moment, nullable=False),
    Column("unreachable", Words, nullable=False),  # why; empty while reachable
    Column("unreachable_at", Moment),
    PrimaryKeyConstraint("channel", "workspace", "user"),
    Index(None, "person"),
)

signin_links = Table(
    "signin_links",
    metadata,
    Column("token_hash", String(128), primary_key=True),
    Column("person", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index(None, "person", "created_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_hash", String(128), primary_key=True),
    Column("person", Words, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "person"),
)

rota_swaps = Table(
    "rota_swaps",
    metadata,
    number(),
    Column("group_key", Words, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("asker", Words, nullable=False),
    Column("colleague", Words, nullable=False),
    Column("start_at", Moment, nullable=False),
    Column("end_at", Moment, nullable=False),
    Column("return_start_at", Moment),
    Column("return_end_at", Moment),
    Column("at", Moment, nullable=False),
    Column("decision", String(20), nullable=False),  # "", "accepted", "declined", "withdrawn"
    Column("decided_at", Moment),
    Index(None, "decision", "id"),
    sqlite_autoincrement=True,
)
