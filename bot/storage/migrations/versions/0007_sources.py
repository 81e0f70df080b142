"""Keeps what is fetched instead of a source's own address, where it moves to, its rhythm, what went wrong in words for
members; and by which other keys an article is known."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for name in ("reads", "move", "rhythm", "fault"):
        op.add_column("sources", sa.Column(name, sa.Text))
    op.create_index("ix_sources_reads", "sources", ["reads"])
    op.create_table(
        "aliases",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("article_key", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
