"""Lets what decides between candidates be read from an index alone, without their texts."""

from alembic import op

revision = "0008"
down_revision = "0007"

_COLUMNS = ("state", "first_seen", "story", "score", "aged_from", "category", "source_id", "baseline")


def upgrade() -> None:
    op.create_index("ix_articles_outline", "articles", _COLUMNS)
