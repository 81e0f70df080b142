"""What several parts' tests need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import Store
from bot.storage.database import Database


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A database of its own, empty."""
    database = await Database.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield database
    await database.aclose()
