"""Count one person's latest events quickly; let a person ask for a second try of an event put aside."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both."""
    op.create_index("ix_inbox_person_at", "inbox", ["person", "at"])
    op.add_column("parked_events", sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("parked_events", "again")
    op.drop_index("ix_inbox_person_at", "inbox")
