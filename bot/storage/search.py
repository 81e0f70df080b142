"""The index of words: FTS5 on SQLite, over the same `fts_text` on both sides, so that any script is found."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, column, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Reading, Workspace
from bot.storage.holdings import seen_by
from bot.storage.tables import articles
from bot.text.words import fts_text

_MOST_WORDS = 50  # asked for at once; FTS5 refuses very deep expressions
_DROP = text("DELETE FROM article_words WHERE rowid = :id")
_PUT = text("INSERT INTO article_words (rowid, title, takeaways, text) VALUES (:id, :title, :takeaways, :text)")
# A word in the title tells more than one in the takeaways, and that more than one in the body.
_BEST_FIRST = text("bm25(article_words, 8.0, 4.0, 1.0), article_words.rowid DESC")
_INDEX = table("article_words", column("rowid", Integer))


async def index(connection: AsyncConnection, readings: Sequence[Reading]) -> None:
    """Makes these articles findable by their words as read."""
    await connection.execute(_DROP, [{"id": reading.id} for reading in readings])
    await connection.execute(_PUT, [_words(reading) for reading in readings])


async def matching(connection: AsyncConnection, words: str, limit: int, viewer: Workspace | None) -> tuple[int, ...]:
    """Ids of articles that have all the words, best first."""
    asked = list(dict.fromkeys(fts_text(words).split()))[:_MOST_WORDS]
    if not asked:
        return ()
    # A word in quotes is only a word: nothing that is typed becomes an operator.
    quoted = " ".join('"' + word.replace('"', '""') + '"' for word in asked)
    found = select(_INDEX.c.rowid).where(text("article_words MATCH :words").bindparams(words=quoted))
    if viewer is not None:
        found = found.join(articles, articles.c.id == _INDEX.c.rowid).where(seen_by(viewer))
    found = found.order_by(_BEST_FIRST).limit(limit)
    return tuple((await connection.execute(found)).scalars())


def _words(reading: Reading) -> dict[str, object]:
    return {
        "id": reading.id,
        "title": fts_text(reading.article.title),
        "takeaways": fts_text("\n".join(takeaway.text for takeaway in reading.takeaways)),
        "text": fts_text(reading.article.text),
    }
