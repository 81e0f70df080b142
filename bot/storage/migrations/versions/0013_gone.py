"""Lets articles go that no channel had: what they were known by stays, as a fingerprint, so that none comes back. And
lets a workspace's newest votes be read in an index's order."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    key = sa.Column("fingerprint", sa.BigInteger, primary_key=True, autoincrement=False)
    op.create_table("gone", key, sqlite_with_rowid=False)
    op.create_index("ix_aliases_article_key", "aliases", ("article_key",))
    op.create_index("ix_digest_items_article_id", "digest_items", ("article_id",))
    op.create_index("ix_votes_newest", "votes", ("workspace", "cast_at"))
    op.create_index("ix_removals_article_id", "removals", ("article_id",))
