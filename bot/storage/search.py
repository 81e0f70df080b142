"""The index of words: FTS5 on SQLite, over the same `fts_text` on both sides, so that any script is found."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Reading
from bot.text.words import fts_text

_MOST_WORDS = 50  # asked for at once; FTS5 refuses very deep expressions
_DROP = text("DELETE FROM article_words WHERE rowid = :id")
_PUT = text("INSERT INTO article_words (rowid, title, takeaways, text) VALUES (:id, :title, :takeaways, :text)")
# A word in the title tells more than one in the takeaways, and that more than one in the body.
_MATCH = text(
    "SELECT rowid FROM article_words WHERE article_words MATCH :words "
    "ORDER BY bm25(article_words, 8.0, 4.0, 1.0), rowid DESC LIMIT :limit"
).bindparams(bindparam("words"), bindparam("limit"))


async def index(connection: AsyncConnection, readings: Sequence[Reading]) -> None:
    """Makes these articles findable by their words as read."""
    await connection.execute(_DROP, [{"id": reading.id} for reading in readings])
    await connection.execute(_PUT, [_words(reading) for reading in readings])


async def matching(connection: AsyncConnection, words: str, limit: int) -> tuple[int, ...]:
    """Ids of articles that have all the words, best first."""
    asked = list(dict.fromkeys(fts_text(words).split()))[:_MOST_WORDS]
    if not asked:
        return ()
    # A word in quotes is only a word: nothing that is typed becomes an operator.
    quoted = " ".join('"' + word.replace('"', '""') + '"' for word in asked)
    return tuple((await connection.execute(_MATCH, {"words": quoted, "limit": limit})).scalars())


def _words(reading: Reading) -> dict[str, object]:
    return {
        "id": reading.id,
        "title": fts_text(reading.article.title),
        "takeaways": fts_text("\n".join(takeaway.text for takeaway in reading.takeaways)),
        "text": fts_text(reading.article.text),
    }
