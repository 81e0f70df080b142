"""Keeps which articles an admin took out of a channel, and which voters want to be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("channel_id", _ID, sa.ForeignKey("channels.id"), primary_key=True),
        sa.Column("article_id", _ID, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("voters", sa.Column("leaving", sa.Boolean, nullable=False, server_default=sa.false()))
