"""The page that says what is stored names every table that there is."""

from __future__ import annotations

from pathlib import Path

from bot.storage.tables import metadata

PAGE = (Path(__file__).parents[3] / "docs" / "what-is-stored.md").read_text("utf-8")


def test_every_table_is_on_the_page() -> None:
    assert [name for name in metadata.tables if f"`{name}`" not in PAGE] == []
