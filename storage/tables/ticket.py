"""A ticket and what belongs to it: its policy, its history, its pages, its files, who follows it, its incident."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from storage.columns import Json, Moment, Number, Words
from storage.tables.schema import metadata, number, partial

policies = Table(
    "policies",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("data", Json, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    number(),
    Column("version", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("origin", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("priority", String(20), nullable=False),
    Column("service", Words, nullable=False),
    Column("category", Words, nullable=False),
    Column("group_key", Words, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("summary", Words, nullable=False),
    Column("description", Words, nullable=False),
    Column("requester", Words, nullable=False),
    Column("opened_by", Words, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("policy", String(64), ForeignKey("policies.digest"), nullable=False),
    Column("details", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("confidential", Boolean, nullable=False),
    Column("major", Boolean, nullable=False),
    Column("assignee", Words, nullable=False),
    Column("clocks", Json, nullable=False),
    Column("climb", Json, nullable=False),
    Column("hold", Json),
    Column("cause", Words, nullable=False),
    Column("solution", Words, nullable=False),
    Column("resolved_by", Words, nullable=False),
    Column("resolved_at", Moment),
    Column("closed_at", Moment),
    Column("rating", Integer, nullable=False),
    Column("rating_comment", Words, nullable=False),
    Column("rating_reminded", Boolean, nullable=False),
    Column("escalated_at", Moment),
    Column("duplicate_of", Number, ForeignKey("tickets.id")),
    Column("parent", Number, ForeignKey("tickets.id")),
    Column("due_at", Moment),
    # What a tick asks is answered from this index alone, and costs what is due, not what is open.
    partial("ix_tickets_due_at", "due_at", "priority", "id", where="due_at IS NOT NULL"),
    Index(None, "requester", "id"),
    Index(None, "opened_by", "id"),
    Index(None, "assignee", "id"),
    Index(None, "group_key", "status"),
    Index(None, "status"),
    Index(None, "parent"),
    Index(None, "opened_at"),
    sqlite_autoincrement=True,  # a number is never given twice
)

ticket_events = Table(
    "ticket_events",
    metadata,
    number(),
    Column("ticket_id", Number, ForeignKey("tickets.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("action", String(20), nullable=False),
    Column("via", Words, nullable=False),
    Column("facts", Json, nullable=False),
    Column("public", Boolean, nullable=False),
    Index(None, "ticket_id", "id"),
    sqlite_autoincrement=True,
)

pages = Table(
    "pages",
    metadata,
    number(),
    Column("ticket_id", Number, ForeignKey("tickets.id"), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("person", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("answered", String(20), nullable=False),  # "", "acknowledged", "declined"
    Column("answered_at", Moment),
    UniqueConstraint("ticket_id", "generation", "rung", "round", "person"),
    partial("ix_pages_unanswered", "person", where="answered = ''"),
)

attachments = Table(
    "attachments",
    metadata,
    number(),
    Column("ticket_id", Number, ForeignKey("tickets.id")),
    Column("event_id", Number, ForeignKey("ticket_events.id")),
    Column("name", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "ticket_id"),
    partial("ix_attachments_unbound", "at", where="ticket_id IS NULL"),
    sqlite_autoincrement=True,
)

followers = Table(
    "followers",
    metadata,
    Column("ticket_id", Number, ForeignKey("tickets.id"), nullable=False),
    Column("person", Words, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("ticket_id", "person"),
)

major_incidents = Table(
    "major_incidents",
    metadata,
    Column("ticket_id", Number, ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
    Column("stage", String(20), nullable=False),
    Column("data", Json, nullable=False),
    Column("due_at", Moment),
    Column("version", Integer, nullable=False),
    Index(None, "stage"),
    Index(None, "due_at"),
)
