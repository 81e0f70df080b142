"""Says whose a source is, and which articles are not everybody's; what there is already is the house's."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("sources") as sources:
        sources.add_column(sa.Column("platform", sa.Text, nullable=False, server_default=""))
        sources.add_column(sa.Column("workspace", sa.Text, nullable=False, server_default=""))
        sources.drop_constraint("uq_sources_address", type_="unique")
        sources.create_unique_constraint("uq_sources_address_platform_workspace", ["address", "platform", "workspace"])
    op.create_table(
        "holdings",
        sa.Column("article_id", _ID, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.UniqueConstraint("key", "platform", "workspace"),
        sqlite_with_rowid=False,
    )
