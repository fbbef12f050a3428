"""Swaps of hours on call, asked and answered."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment, Number, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the swaps."""
    op.create_table(
        "rota_swaps",
        sa.Column("id", Number, nullable=False),
        sa.Column("group_key", Words(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("asker", Words(), nullable=False),
        sa.Column("colleague", Words(), nullable=False),
        sa.Column("start_at", Moment(), nullable=False),
        sa.Column("end_at", Moment(), nullable=False),
        sa.Column("return_start_at", Moment(), nullable=True),
        sa.Column("return_end_at", Moment(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rota_swaps"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rota_swaps_decision_id", "rota_swaps", ["decision", "id"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("rota_swaps")
