"""What goes out, and what stands out there: the queue, live cards, messages about a ticket, the web desk's chat."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, UniqueConstraint

from storage.columns import Json, Moment, Number, Words
from storage.tables.schema import metadata, number, partial

UNFINISHED = ("pending", "sending", "unclear")
_UNFINISHED_SQL = "state IN ('pending', 'sending', 'unclear')"

outbox = Table(
    "outbox",
    metadata,
    number(),
    Column("key", Words, nullable=False),
    Column("target", Words, nullable=False),  # "person:lin.wei" or "place:<json>"
    Column("ticket_id", Number, ForeignKey("tickets.id")),
    Column("notice", Words, nullable=False),
    Column("facts", Json, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    # pending -> sending; sending -> sent, dead, dropped, back to pending (it surely did not go out), or
    # unclear (nobody knows); unclear -> sending, by way of asking the platform; dead -> pending (by hand)
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", Words, nullable=False),
    Column("lease_until", Moment),
    Column("fence", Integer, nullable=False),
    Column("provider_id", Words, nullable=False),
    Column("sent_place", Words, nullable=False),
    Column("error", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    UniqueConstraint("key"),
    partial("ix_outbox_queue", "lane", "id", where=_UNFINISHED_SQL),
    partial("ix_outbox_order", "target", "lane", "id", where=_UNFINISHED_SQL),
    partial("ix_outbox_dead", "id", where="state = 'dead'"),
    Index(None, "ticket_id"),
    sqlite_autoincrement=True,
)

messages_sent = Table(
    "messages_sent",
    metadata,
    Column("place", Words, nullable=False),
    Column("message", Words, nullable=False),
    Column("ticket_id", Number, ForeignKey("tickets.id"), nullable=False),
    PrimaryKeyConstraint("place", "message"),
    Index(None, "ticket_id"),
)

cards = Table(
    "cards",
    metadata,
    Column("key", Words, nullable=False),
    Column("place", Words, nullable=False),
    Column("ticket_id", Number, ForeignKey("tickets.id")),
    Column("message", Words, nullable=False),
    PrimaryKeyConstraint("key", "place"),
    Index(None, "ticket_id"),
)

transcript_heads = Table(
    "transcript_heads",
    metadata,
    Column("person", Words, primary_key=True),
    Column("revision", Integer, nullable=False),
)

transcript = Table(
    "transcript",
    metadata,
    number(),
    Column("person", Words, nullable=False),
    Column("author", String(20), nullable=False),  # "person" or "desk"
    Column("data", Json, nullable=False),
    Column("card_key", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("edited_at", Moment),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("person", "revision"),
    partial("uq_transcript_card", "person", "card_key", where="card_key <> ''", unique=True),
    sqlite_autoincrement=True,
)

transcript_keys = Table(
    "transcript_keys",
    metadata,
    Column("key", Words, primary_key=True),
    Column("line_id", Number, ForeignKey("transcript.id"), nullable=False),
    Index(None, "line_id"),
)
