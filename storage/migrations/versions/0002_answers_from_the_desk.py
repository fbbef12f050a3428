"""Answers drafted at the desk, and how sure we were of each answer that was shown."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment, Number, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the drafts, and to the feedback the probability at the time and the words nobody had an answer for."""
    op.create_table(
        "article_drafts",
        sa.Column("id", Number, nullable=False),
        sa.Column("ticket_id", Number, nullable=True),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("by", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_by", Words(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_article_drafts_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("id", name="pk_article_drafts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_article_drafts_decision_id", "article_drafts", ["decision", "id"])
    with op.batch_alter_table("article_feedback") as feedback:
        feedback.add_column(sa.Column("probability", sa.Float(), nullable=True))
        feedback.add_column(sa.Column("words", Words(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take both away again."""
    with op.batch_alter_table("article_feedback") as feedback:
        feedback.drop_column("words")
        feedback.drop_column("probability")
    op.drop_table("article_drafts")
