"""A database of which bytes are to be damaged, and which."""

from __future__ import annotations

import struct
from datetime import timedelta

from bot.storage.database import Database
from tests.contract.things import NOW, draft

ARTICLES = 9
INDEX = "ix_articles_first_seen"


async def filled(url: str) -> None:
    """Articles, a minute from each to the next."""
    database = await Database.open(url)
    for number in range(ARTICLES):
        async with database.begin() as tx:
            await tx.articles.file([draft(number)], NOW + timedelta(minutes=number))
    await database.aclose()


def kept_as(number: int) -> bytes:
    """When an article was first seen, in a row and in an index."""
    return struct.pack("<q", int((NOW + timedelta(minutes=number)).timestamp()) * 1_000_000)
