"""Major incidents, and the people who follow a ticket that is not their own."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment, Number, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both."""
    op.create_table(
        "followers",
        sa.Column("ticket_id", Number, nullable=False),
        sa.Column("person", Words(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_followers_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "person", name="pk_followers"),
    )
    op.create_table(
        "major_incidents",
        sa.Column("ticket_id", Number, nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("data", Json(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_major_incidents_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_major_incidents"),
    )
    op.create_index("ix_major_incidents_stage", "major_incidents", ["stage"])
    op.create_index("ix_tickets_opened_at", "tickets", ["opened_at"])
    op.create_index("ix_major_incidents_due_at", "major_incidents", ["due_at"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_tickets_opened_at", "tickets")
    op.drop_table("major_incidents")
    op.drop_table("followers")
