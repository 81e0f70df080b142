"""Articles: filed once under their key, read, found again, and offered to channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Select, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Article, Neighbour, NewArticle, Reading, StoredArticle, Unread, Workspace
from bot.storage import search
from bot.storage.codec import packed
from bot.storage.holdings import hold, key_for, keyed, seen_by
from bot.storage.rows import article_of, articles_by_id, columns_of, portions
from bot.storage.tables import article_bands, articles, sightings

_LONGEST_NUMBER = 18  # digits; a longer one is no id


class SqlArticles:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def file(self, drafts: Sequence[NewArticle], now: datetime) -> tuple[int, ...]:
        """An article is edited where a source says something else of it than it said before; that two sources word
        it differently is no edit. Without a source the draft is compared with what stands."""
        known = await self._known({key for draft in drafts for key in (draft.key, key_for(draft))})
        said = await self._said([article_id for article_id, _ in known.values()])
        ids, handed_in = [], []
        for draft in drafts:
            key, words = key_for(draft, known), _said(draft.article)
            yields = draft.workspace is not None and key == draft.key  # it is everybody's, in the house's words
            if key not in known:
                article_id = await self._insert(draft, key, words, now)
                known[key] = (article_id, words)
            else:
                article_id, standing = known[key]
                before = standing if draft.source_id is None else said.get((article_id, draft.source_id))
                if before is not None and before != words and not yields:
                    await self._edit(article_id, draft, words)
                    known[key] = (article_id, words)
            if draft.source_id is not None and said.get((article_id, draft.source_id)) != words:
                await self._sight(article_id, draft.source_id, words, first=(article_id, draft.source_id) not in said)
                said[article_id, draft.source_id] = words
            ids.append(article_id)
            if draft.source_id is None and not draft.baseline and not yields:
                handed_in.append(article_id)
        await self._admit(handed_in)
        return tuple(ids)

    async def _known(self, keys: set[str]) -> dict[str, tuple[int, str]]:
        """Id and fingerprint of the articles under these keys."""
        found: dict[str, tuple[int, str]] = {}
        for some in portions(sorted(keys)):
            query = select(articles.c.key, articles.c.id, articles.c.said).where(articles.c.key.in_(some))
            found |= {key: (article_id, said) for key, article_id, said in await self._connection.execute(query)}
        return found

    async def _said(self, ids: Sequence[int]) -> dict[tuple[int, int], str]:
        """(article, source) -> fingerprint of what the source said of it last."""
        found: dict[tuple[int, int], str] = {}
        for some in portions(ids):
            query = select(sightings).where(sightings.c.article_id.in_(some))
            found |= {(article, source): said for article, source, said in await self._connection.execute(query)}
        return found

    async def _insert(self, draft: NewArticle, key: str, words: str, now: datetime) -> int:
        row = {
            "key": key,
            "source_id": draft.source_id,
            "first_seen": now,
            "aged_from": draft.aged_from,
            "baseline": draft.baseline,
            "takeaways": (),
            **_waiting(draft, words),
        }
        added = await self._connection.execute(insert(articles).values(row).returning(articles.c.id))
        article_id: int = added.scalar_one()
        await hold(self._connection, article_id, draft)
        return article_id

    async def _edit(self, article_id: int, draft: NewArticle, words: str) -> None:
        await self._connection.execute(
            update(articles).where(articles.c.id == article_id).values(_waiting(draft, words))
        )

    async def _sight(self, article_id: int, source_id: int, words: str, *, first: bool) -> None:
        if first:
            row = {"article_id": article_id, "source_id": source_id, "said": words}
            await self._connection.execute(insert(sightings).values(row))
        else:
            here = (sightings.c.article_id == article_id) & (sightings.c.source_id == source_id)
            await self._connection.execute(update(sightings).where(here).values(said=words))

    async def _admit(self, ids: Sequence[int]) -> None:
        """What somebody hands in by itself is no backlog, even where a source brought it as such."""
        for some in portions(ids):
            await self._connection.execute(update(articles).where(articles.c.id.in_(some)).values(baseline=False))

    async def unread(self, limit: int, now: datetime) -> tuple[Unread, ...]:
        rows = await self._connection.execute(
            select(articles)
            .where(articles.c.state == "new", or_(articles.c.retry_at.is_(None), articles.c.retry_at <= now))
            .order_by(articles.c.id)
            .limit(limit)
        )
        return tuple(
            Unread(row["id"], article_of(row), row["source_id"], row["complete"], row["attempts"])
            for row in rows.mappings()
        )

    async def put_off(self, article_id: int, until: datetime) -> None:
        await self._connection.execute(
            update(articles).where(articles.c.id == article_id).values(retry_at=until, attempts=articles.c.attempts + 1)
        )

    async def save(self, readings: Sequence[Reading]) -> None:
        if not readings:
            return
        await self._connection.execute(_SAVE, [_read(reading) for reading in readings])
        await self._connection.execute(_UNBAND, [{"article": reading.id} for reading in readings])
        bands = [
            {"band": _signed(band), "article_id": reading.id} for reading in readings for band in set(reading.bands)
        ]
        if bands:
            await self._connection.execute(insert(article_bands), bands)
        await search.index(self._connection, readings)

    async def neighbours(self, bands: Sequence[int], since: datetime) -> tuple[Neighbour, ...]:
        query = (
            select(articles.c.id, articles.c.story, articles.c.fingerprint, articles.c.title, articles.c.url)
            .join_from(article_bands, articles)
            .where(article_bands.c.band.in_({_signed(band) for band in bands}), articles.c.first_seen >= since)
            .distinct()
            .order_by(articles.c.id)
        )
        return tuple(Neighbour(*row) for row in await self._connection.execute(query))

    async def get(
        self, ids: Sequence[int], *, posted: bool = True, viewer: Workspace | None = None
    ) -> tuple[StoredArticle, ...]:
        found = await articles_by_id(self._connection, ids, posted=posted, viewer=viewer)
        return tuple(found[article_id] for article_id in ids if article_id in found)

    async def find(self, words: str, limit: int, viewer: Workspace | None = None) -> tuple[int, ...]:
        asked = words.strip()
        seen = select(articles.c.id).where(seen_by(viewer))
        newest = seen.order_by(articles.c.first_seen.desc(), articles.c.id.desc()).limit(limit)
        if not asked:
            return await self._ids(newest)
        if asked.isascii() and asked.isdecimal() and len(asked) <= _LONGEST_NUMBER:
            numbered = await self._ids(newest.where(articles.c.id == int(asked)))
            if numbered:
                return numbered
        if "://" in asked:
            return await self._ids(newest.where(or_(keyed(asked), articles.c.url == asked)))
        return await search.matching(self._connection, asked, limit, viewer)

    async def _ids(self, query: Select[int]) -> tuple[int, ...]:
        return tuple((await self._connection.execute(query)).scalars())


_SAVE = (
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values({name: bindparam(f"new_{name}") for name in (*columns_of(Article(title="")), "takeaways", "story")})
    .values(
        state="read",
        retry_at=None,
        score=bindparam("new_score"),
        quality=bindparam("new_quality"),
        fingerprint=bindparam("new_fingerprint"),
    )
)
_UNBAND = delete(article_bands).where(article_bands.c.article_id == bindparam("article"))


def _said(article: Article) -> str:
    """A fingerprint of what is said: not of times, which careless feeds move at every fetch."""
    said = (article.title, article.author, article.summary, article.text, article.rating, article.blocks)
    return blake2b(packed(object, said).encode(), digest_size=16).hexdigest()


def _waiting(draft: NewArticle, words: str) -> dict[str, object]:
    """What makes an article as drafted wait to be read."""
    state = {"state": "new", "complete": draft.complete, "attempts": 0, "retry_at": None, "said": words}
    return {**columns_of(draft.article), **state}


def _read(reading: Reading) -> dict[str, object]:
    values = {
        **columns_of(reading.article),
        "takeaways": reading.takeaways,
        "story": reading.story,
        "score": reading.quality.score,
        "quality": reading.quality.parts,
        "fingerprint": reading.fingerprint,
    }
    return {"article": reading.id, **{f"new_{name}": value for name, value in values.items()}}


def _signed(band: int) -> int:
    """A band as the signed 64-bit number that a column holds; the other half of the range wraps round."""
    return (band + 2**63) % 2**64 - 2**63
