"""Keeps a feed's HTML until it is read, and what pages say more of their articles: site, picture, whether a part."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for name in ("markup", "partial", "site", "image"):
        op.add_column("articles", sa.Column(name, sa.Text))
