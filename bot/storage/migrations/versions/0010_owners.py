"""Finds the sources of workspaces among the house's."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index("ix_sources_platform_workspace", "sources", ["platform", "workspace"])
