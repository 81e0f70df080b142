"""The tables, as SQLAlchemy sees them. How they come to be is `migrations/`; a test holds the two together.

Wide texts stand last in their row: SQLite reads a row from its start, and most queries want only the narrow columns.
"""

from bot.storage.tables.keeping import drafts, inbox, notices, secrets, spending, voters, votes
from bot.storage.tables.made import metadata
from bot.storage.tables.posting import channels, digest_items, digests, outbox, removals, schedules
from bot.storage.tables.reading import aliases, article_bands, articles, gone, holdings, sightings, sources

__all__ = [
    "aliases",
    "article_bands",
    "articles",
    "channels",
    "digest_items",
    "digests",
    "drafts",
    "gone",
    "holdings",
    "inbox",
    "metadata",
    "notices",
    "outbox",
    "removals",
    "schedules",
    "secrets",
    "sightings",
    "sources",
    "spending",
    "voters",
    "votes",
]
