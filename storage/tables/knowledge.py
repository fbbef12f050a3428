"""What the desk has learned: its articles, what became of them, drafts of more, and who gets which ticket."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table

from storage.columns import Json, Moment, Number, Words
from storage.tables.schema import metadata, number

article_revisions = Table(
    "article_revisions",
    metadata,
    number(),
    Column("article_id", Words, nullable=False),
    Column("language", String(20), nullable=False),
    Column("data", Json),  # NULL: withdrawn
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "article_id", "language", "id"),
    sqlite_autoincrement=True,
)

article_feedback = Table(
    "article_feedback",
    metadata,
    number(),
    Column("article_id", Words, nullable=False),
    Column("language", String(20), nullable=False),
    Column("person", Words, nullable=False),
    Column("event", String(20), nullable=False),  # "offered", "fixed", "not_fixed", "opened_ticket", "unanswered"
    Column("at", Moment, nullable=False),
    Column("probability", Float),  # what we believed when it was shown; NULL when nothing was
    Column("words", Words, nullable=False, server_default=""),  # of a question nobody had an answer for
    Index(None, "article_id", "language", "event"),
    Index(None, "at"),
)

article_drafts = Table(
    "article_drafts",
    metadata,
    number(),
    Column("ticket_id", Number, ForeignKey("tickets.id")),  # NULL: written from a message
    Column("language", String(20), nullable=False),
    Column("data", Json, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("decision", String(20), nullable=False),  # "", "published", "discarded"
    Column("decided_by", Words, nullable=False),
    Column("decided_at", Moment),
    Index(None, "decision", "id"),
    sqlite_autoincrement=True,
)

routers = Table(
    "routers",
    metadata,
    number(),
    Column("at", Moment, nullable=False),
    Column("version", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),  # "in_use", "worse", "too_few"
    Column("learned_from", Integer, nullable=False),
    Column("held_back", Integer, nullable=False),
    Column("accuracy", Float, nullable=False),
    Column("before", Float, nullable=False),
    Column("rules", Float, nullable=False),
    Column("data", LargeBinary),  # NULL: not put in, or long replaced
    sqlite_autoincrement=True,
)
