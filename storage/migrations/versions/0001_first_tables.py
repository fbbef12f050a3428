"""The first tables: tickets, what comes in, what goes out, people, knowledge."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment, Number, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Build every table, those others point at first."""
    op.create_table(
        "article_feedback",
        sa.Column("id", Number, nullable=False),
        sa.Column("article_id", Words(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_article_feedback"),
    )
    op.create_index(
        "ix_article_feedback_article_id_language_event",
        "article_feedback",
        ["article_id", "language", "event"],
    )
    op.create_index("ix_article_feedback_at", "article_feedback", ["at"])
    op.create_table(
        "article_revisions",
        sa.Column("id", Number, nullable=False),
        sa.Column("article_id", Words(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("by", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_article_revisions"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_article_revisions_article_id_language_id", "article_revisions", ["article_id", "language", "id"]
    )
    op.create_table(
        "dialogues",
        sa.Column("key", Words(), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("state", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_dialogues"),
    )
    op.create_index("ix_dialogues_due_at", "dialogues", ["due_at"], **_where("due_at IS NOT NULL"))
    op.create_table(
        "desk_keys",
        sa.Column("name", Words(), nullable=False),
        sa.Column("value", Words(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_desk_keys"),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("replies", Json(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_at", "inbox", ["at"])
    op.create_table(
        "parked_events",
        sa.Column("event_id", Words(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("error", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_parked_events"),
    )
    op.create_table(
        "people",
        sa.Column("key", Words(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_people"),
    )
    op.create_table(
        "period_claims",
        sa.Column("job", Words(), nullable=False),
        sa.Column("period", Words(), nullable=False),
        sa.Column("owner", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("job", "period", name="pk_period_claims"),
    )
    op.create_table(
        "policies",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_policies"),
    )
    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.String(length=128), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.create_table(
        "signin_links",
        sa.Column("token_hash", sa.String(length=128), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_signin_links"),
    )
    op.create_index("ix_signin_links_person_created_at", "signin_links", ["person", "created_at"])
    op.create_table(
        "transcript",
        sa.Column("id", Number, nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("author", sa.String(length=20), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("card_key", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("edited_at", Moment(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transcript"),
        sa.UniqueConstraint("person", "revision", name="uq_transcript_person_revision"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_transcript_card", "transcript", ["person", "card_key"], unique=True, **_where("card_key <> ''"))
    op.create_table(
        "transcript_heads",
        sa.Column("person", Words(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_transcript_heads"),
    )
    op.create_table(
        "identities",
        sa.Column("channel", Words(), nullable=False),
        sa.Column("workspace", Words(), nullable=False),
        sa.Column("user", Words(), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("linked_at", Moment(), nullable=False),
        sa.Column("unreachable", Words(), nullable=False),
        sa.Column("unreachable_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.key"], name="fk_identities_person_people"),
        sa.PrimaryKeyConstraint("channel", "workspace", "user", name="pk_identities"),
    )
    op.create_index("ix_identities_person", "identities", ["person"])
    op.create_table(
        "tickets",
        sa.Column("id", Number, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("service", Words(), nullable=False),
        sa.Column("category", Words(), nullable=False),
        sa.Column("group_key", Words(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("summary", Words(), nullable=False),
        sa.Column("description", Words(), nullable=False),
        sa.Column("requester", Words(), nullable=False),
        sa.Column("opened_by", Words(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("details", Json(), nullable=False),
        sa.Column("evidence", Json(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("major", sa.Boolean(), nullable=False),
        sa.Column("assignee", Words(), nullable=False),
        sa.Column("clocks", Json(), nullable=False),
        sa.Column("climb", Json(), nullable=False),
        sa.Column("hold", Json(), nullable=True),
        sa.Column("cause", Words(), nullable=False),
        sa.Column("solution", Words(), nullable=False),
        sa.Column("resolved_by", Words(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("rating_comment", Words(), nullable=False),
        sa.Column("rating_reminded", sa.Boolean(), nullable=False),
        sa.Column("escalated_at", Moment(), nullable=True),
        sa.Column("duplicate_of", Number, nullable=True),
        sa.Column("parent", Number, nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["duplicate_of"], ["tickets.id"], name="fk_tickets_duplicate_of_tickets"),
        sa.ForeignKeyConstraint(["parent"], ["tickets.id"], name="fk_tickets_parent_tickets"),
        sa.ForeignKeyConstraint(["policy"], ["policies.digest"], name="fk_tickets_policy_policies"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tickets_assignee_id", "tickets", ["assignee", "id"])
    op.create_index("ix_tickets_due_at", "tickets", ["due_at", "priority", "id"], **_where("due_at IS NOT NULL"))
    op.create_index("ix_tickets_group_key_status", "tickets", ["group_key", "status"])
    op.create_index("ix_tickets_opened_by_id", "tickets", ["opened_by", "id"])
    op.create_index("ix_tickets_parent", "tickets", ["parent"])
    op.create_index("ix_tickets_requester_id", "tickets", ["requester", "id"])
    op.create_index("ix_tickets_status", "tickets", ["status"])
    op.create_table(
        "transcript_keys",
        sa.Column("key", Words(), nullable=False),
        sa.Column("line_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["transcript.id"], name="fk_transcript_keys_line_id_transcript"),
        sa.PrimaryKeyConstraint("key", name="pk_transcript_keys"),
    )
    op.create_index("ix_transcript_keys_line_id", "transcript_keys", ["line_id"])
    op.create_table(
        "cards",
        sa.Column("key", Words(), nullable=False),
        sa.Column("place", Words(), nullable=False),
        sa.Column("ticket_id", Number, nullable=True),
        sa.Column("message", Words(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_cards_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("key", "place", name="pk_cards"),
    )
    op.create_index("ix_cards_ticket_id", "cards", ["ticket_id"])
    op.create_table(
        "messages_sent",
        sa.Column("place", Words(), nullable=False),
        sa.Column("message", Words(), nullable=False),
        sa.Column("ticket_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_messages_sent_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("place", "message", name="pk_messages_sent"),
    )
    op.create_index("ix_messages_sent_ticket_id", "messages_sent", ["ticket_id"])
    op.create_table(
        "outbox",
        sa.Column("id", Number, nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.Column("target", Words(), nullable=False),
        sa.Column("ticket_id", Number, nullable=True),
        sa.Column("notice", Words(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", Words(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("provider_id", Words(), nullable=False),
        sa.Column("sent_place", Words(), nullable=False),
        sa.Column("error", Words(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_outbox_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["target", "lane", "id"],
        **_where("state IN ('pending', 'sending', 'unclear')"),
    )
    op.create_index("ix_outbox_queue", "outbox", ["lane", "id"], **_where("state IN ('pending', 'sending', 'unclear')"))
    op.create_index("ix_outbox_dead", "outbox", ["id"], **_where("state = 'dead'"))
    op.create_index("ix_outbox_ticket_id", "outbox", ["ticket_id"])
    op.create_table(
        "pages",
        sa.Column("id", Number, nullable=False),
        sa.Column("ticket_id", Number, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("answered", sa.String(length=20), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_pages_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
        sa.UniqueConstraint(
            "ticket_id",
            "generation",
            "rung",
            "round",
            "person",
            name="uq_pages_ticket_id_generation_rung_round_person",
        ),
    )
    op.create_index("ix_pages_unanswered", "pages", ["person"], **_where("answered = ''"))
    op.create_table(
        "ticket_events",
        sa.Column("id", Number, nullable=False),
        sa.Column("ticket_id", Number, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("via", Words(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_events_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ticket_events_ticket_id_id", "ticket_events", ["ticket_id", "id"])
    op.create_table(
        "attachments",
        sa.Column("id", Number, nullable=False),
        sa.Column("ticket_id", Number, nullable=True),
        sa.Column("event_id", Number, nullable=True),
        sa.Column("name", Words(), nullable=False),
        sa.Column("media_type", Words(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["ticket_events.id"], name="fk_attachments_event_id_ticket_events"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_attachments_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attachments_ticket_id", "attachments", ["ticket_id"])
    op.create_index("ix_attachments_unbound", "attachments", ["at"], **_where("ticket_id IS NULL"))


def downgrade() -> None:
    """Drop them again, in the opposite order; their indexes go with them."""
    for table in (
        "attachments",
        "ticket_events",
        "pages",
        "outbox",
        "messages_sent",
        "cards",
        "transcript_keys",
        "tickets",
        "identities",
        "transcript_heads",
        "transcript",
        "signin_links",
        "sessions",
        "policies",
        "period_claims",
        "people",
        "parked_events",
        "inbox",
        "heartbeat",
        "dialogues",
        "desk_keys",
        "article_revisions",
        "article_feedback",
    ):
        op.drop_table(table)
