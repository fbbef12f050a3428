"""What the processes keep for themselves: who does what in a period, a sign of life, secrets."""

from __future__ import annotations

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Table

from storage.columns import Moment, Words
from storage.tables.schema import metadata

period_claims = Table(
    "period_claims",
    metadata,
    Column("job", Words, nullable=False),
    Column("period", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("job", "period"),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
)

desk_keys = Table(
    "desk_keys",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)
