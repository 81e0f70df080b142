"""The index of words: FTS5 on SQLite, tsvector on PostgreSQL, over the same `fts_text` on both, so that any script is
found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, TextClause, column, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Reading, Workspace
from bot.storage.dialect import POSTGRES
from bot.storage.holdings import seen_by
from bot.storage.tables import articles
from bot.text.words import fts_text, is_unspaced

_MOST_WORDS = 50  # asked for at once; FTS5 refuses very deep expressions
_LONGEST = 250_000  # characters of a text; PostgreSQL takes a megabyte of words
_INDEX = table("article_words", column("rowid", BigInteger), column("article", BigInteger))


@dataclass(frozen=True, slots=True)
class _Index:
    """How an engine is told of words. A word in the title tells more than one in the takeaways, and that more than one
    in the body."""

    number: str  # the column that holds the article's
    drop: TextClause
    put: TextClause
    empty: TextClause
    matches: TextClause
    best_first: TextClause
    asked: Callable[[Sequence[str]], str]


def _of_fts5(words: Sequence[str]) -> str:
    """A word in quotes is only a word: nothing that is typed becomes an operator."""
    return " ".join(f'"{word}"*' if _is_lone(word) else '"' + word.replace('"', '""') + '"' for word in words)


def _of_postgres(words: Sequence[str]) -> str:
    return " & ".join(f"'{word}':*" if _is_lone(word) else f"'{word.replace(chr(39), chr(39) * 2)}'" for word in words)


def _is_lone(word: str) -> bool:
    """A single character of a script that is indexed in pairs: every pair that it begins is meant."""
    return len(word) == 1 and is_unspaced(word)


_FTS5 = _Index(
    number="rowid",
    drop=text("DELETE FROM article_words WHERE rowid = :id"),
    put=text("INSERT INTO article_words (rowid, title, takeaways, text) VALUES (:id, :title, :takeaways, :text)"),
    empty=text("UPDATE article_words SET text = '' WHERE rowid = :article"),
    matches=text("article_words MATCH :words"),
    best_first=text("bm25(article_words, 8.0, 4.0, 1.0), article_words.rowid DESC"),
    asked=_of_fts5,
)
# As the driver takes it; `_TSVECTOR` says it as SQLAlchemy does.
PUT_IN_POSTGRES = (
    "INSERT INTO article_words (article, words) VALUES (%(id)s, setweight(to_tsvector('simple', %(title)s), 'A')"
    " || setweight(to_tsvector('simple', %(takeaways)s), 'B') || setweight(to_tsvector('simple', %(text)s), 'D'))"
)
_TSVECTOR = _Index(
    number="article",
    drop=text("DELETE FROM article_words WHERE article = :id"),
    put=text(re.sub(r"%\((\w+)\)s", r":\1", PUT_IN_POSTGRES)),
    empty=text("UPDATE article_words SET words = ts_filter(words, '{a,b}') WHERE article = :article"),
    matches=text("article_words.words @@ to_tsquery('simple', :words)"),
    best_first=text(
        "ts_rank('{0.125, 0.25, 0.5, 1.0}', article_words.words, to_tsquery('simple', :words)) DESC,"
        " article_words.article DESC"
    ),
    asked=_of_postgres,
)


def _index_of(connection: AsyncConnection) -> _Index:
    return _TSVECTOR if connection.dialect.name == POSTGRES else _FTS5


async def index(connection: AsyncConnection, readings: Sequence[Reading]) -> None:
    """Makes these articles findable by their words as read."""
    await put(connection, [_words(reading) for reading in readings])


async def put(connection: AsyncConnection, rows: Sequence[dict[str, object]]) -> None:
    """The same of rows of `words_of`."""
    words = _index_of(connection)
    await connection.execute(words.drop, [{"id": row["id"]} for row in rows])
    await connection.execute(words.put, rows)


async def drop(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Forgets all words of these articles."""
    await connection.execute(_index_of(connection).drop, [{"id": article} for article in ids])


async def empty(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Forgets the words of these articles' texts; those of title and takeaways stay."""
    await connection.execute(_index_of(connection).empty, [{"article": article} for article in ids])


async def matching(connection: AsyncConnection, words: str, limit: int, viewer: Workspace | None) -> tuple[int, ...]:
    """Ids of articles that have all the words, best first."""
    asked = list(dict.fromkeys(fts_text(words).split()))[:_MOST_WORDS]
    if not asked:
        return ()
    words_index = _index_of(connection)
    number = _INDEX.c[words_index.number]
    found = select(number).where(words_index.matches)
    if viewer is not None:
        found = found.join(articles, articles.c.id == number).where(seen_by(viewer))
    found = found.order_by(words_index.best_first).limit(limit)
    return tuple((await connection.execute(found, {"words": words_index.asked(asked)})).scalars())


def words_of(article: int, *, title: str, takeaways: Sequence[str], body: str) -> dict[str, object]:
    """A row for `put`."""
    return {
        "id": article,
        "title": fts_text(title),
        "takeaways": fts_text("\n".join(takeaways)),
        "text": fts_text(body)[:_LONGEST],
    }


def _words(reading: Reading) -> dict[str, object]:
    texts = [takeaway.text for takeaway in reading.takeaways]
    return words_of(reading.id, title=reading.article.title, takeaways=texts, body=reading.article.text)
