"""Keeps what a language model said of an article, and how many tokens it was given on a day."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
        sa.Column("texts", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spending",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("reached_at", sa.BigInteger),
        sqlite_with_rowid=False,
    )
