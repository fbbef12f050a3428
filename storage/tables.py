"""Every table of the house. `migrations/` builds them; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Json, Moment, Number, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _number() -> Column[int]:
    return Column("id", Number, primary_key=True)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


# -- tickets ---------------------------------------------------------------------------------------

policies = Table(
    "policies",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("data", Json, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    _number(),
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
    _partial("ix_tickets_due_at", "due_at", "priority", "id", where="due_at IS NOT NULL"),
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
    _number(),
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
    _number(),
    Column("ticket_id", Number, ForeignKey("tickets.id"), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("rung", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("person", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("answered", String(20), nullable=False),  # "", "acknowledged", "declined"
    Column("answered_at", Moment),
    UniqueConstraint("ticket_id", "generation", "rung", "round", "person"),
    _partial("ix_pages_unanswered", "person", where="answered = ''"),
)

attachments = Table(
    "attachments",
    metadata,
    _number(),
    Column("ticket_id", Number, ForeignKey("tickets.id")),
    Column("event_id", Number, ForeignKey("ticket_events.id")),
    Column("name", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "ticket_id"),
    _partial("ix_attachments_unbound", "at", where="ticket_id IS NULL"),
    sqlite_autoincrement=True,
)

# -- what comes in ---------------------------------------------------------------------------------

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
    _partial("ix_dialogues_due_at", "due_at", where="due_at IS NOT NULL"),
)

# -- what goes out ---------------------------------------------------------------------------------

UNFINISHED = ("pending", "sending", "unclear")
_UNFINISHED_SQL = "state IN ('pending', 'sending', 'unclear')"

outbox = Table(
    "outbox",
    metadata,
    _number(),
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
    _partial("ix_outbox_queue", "lane", "id", where=_UNFINISHED_SQL),
    _partial("ix_outbox_order", "target", "lane", "id", where=_UNFINISHED_SQL),
    _partial("ix_outbox_dead", "id", where="state = 'dead'"),
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
    _number(),
    Column("person", Words, nullable=False),
    Column("author", String(20), nullable=False),  # "person" or "desk"
    Column("data", Json, nullable=False),
    Column("card_key", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("edited_at", Moment),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("person", "revision"),
    _partial("uq_transcript_card", "person", "card_key", where="card_key <> ''", unique=True),
    sqlite_autoincrement=True,
)

transcript_keys = Table(
    "transcript_keys",
    metadata,
    Column("key", Words, primary_key=True),
    Column("line_id", Number, ForeignKey("transcript.id"), nullable=False),
    Index(None, "line_id"),
)

# -- people ----------------------------------------------------------------------------------------

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

# -- knowledge and housekeeping --------------------------------------------------------------------

article_revisions = Table(
    "article_revisions",
    metadata,
    _number(),
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
    _number(),
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
    _number(),
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
    _number(),
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

rota_swaps = Table(
    "rota_swaps",
    metadata,
    _number(),
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
