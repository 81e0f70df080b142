"""Tells a channel that the platform took away from one that an admin paused."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("channels", sa.Column("lost", sa.Boolean, nullable=False, server_default=sa.false()))
