"""Lets what is due, what waits and what may be chosen be read in an index's order, however much else there is."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.drop_index("ix_schedules_next_run_at", "schedules")
    op.create_index("ix_schedules_due", "schedules", ("next_run_at", "channel_id"))
    op.drop_index("ix_digests_state", "digests")
    op.create_index("ix_digests_in_state", "digests", ("state", "at", "id"))
    op.drop_index("ix_articles_state", "articles")
    op.create_index("ix_articles_in_state", "articles", ("state", "id"))
    full = sa.text("(text <> '' OR blocks <> '[]')")
    op.create_index("ix_articles_full", "articles", ("first_seen",), sqlite_where=full, postgresql_where=full)
    op.create_index("ix_sources_state", "sources", ("state",))
