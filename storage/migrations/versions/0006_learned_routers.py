"""What was learned of where tickets belong, every night's try of it."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment, Number

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the routers."""
    op.create_table(
        "routers",
        sa.Column("id", Number, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("learned_from", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("accuracy", sa.Float(), nullable=False),
        sa.Column("before", sa.Float(), nullable=False),
        sa.Column("rules", sa.Float(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_routers"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("routers")
