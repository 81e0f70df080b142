"""Articles: filed once under their key, read, found again, and offered to channels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    RowMapping,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    outerjoin,
    select,
    union,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Article, Neighbour, NewArticle, Reading, StoredArticle, Unread, Workspace
from bot.storage import aliases, search
from bot.storage.dialect import CLAIMERS, LISTED, alone
from bot.storage.filing import filed
from bot.storage.holdings import as_listed, is_among, keyed, seen_by
from bot.storage.rows import article_of, articles_by_id, columns_of
from bot.storage.tables import article_bands, articles, holdings

_MOST_HOLDERS = 200  # of a word, the newest, that are asked whether they share more words
_LONGEST_NUMBER = 18  # digits; a longer one is no id


class SqlArticles:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def file(self, drafts: Sequence[NewArticle], now: datetime) -> tuple[int, ...]:
        """An article is edited where a source says something else of it than it said before; that two sources word
        it differently is no edit. Without a source the draft is compared with what stands."""
        await alone(self._connection, "articles")
        return await filed(self._connection, drafts, now)

    async def unread(
        self, limit: int, now: datetime, *, until: datetime | None = None, besides: Collection[Workspace] = ()
    ) -> tuple[Unread, ...]:
        asked = {"now": now, "most": limit, "looked_at": limit * CLAIMERS, "listed": as_listed(besides)}
        shared = (await self._connection.execute(_ARE_HELD)).first() is not None
        rows = (await self._connection.execute(_UNREAD_IN_TURN if shared else _UNREAD, asked)).mappings().all()
        if until is not None and rows:
            taken = articles.c.id.in_([row["id"] for row in rows])
            await self._connection.execute(update(articles).where(taken).values(retry_at=until))
        return tuple(_unread_of(row) for row in rows)

    async def put_off(self, article_id: int, until: datetime) -> None:
        await self._connection.execute(
            update(articles).where(articles.c.id == article_id).values(retry_at=until, attempts=articles.c.attempts + 1)
        )

    async def save(self, readings: Sequence[Reading]) -> None:
        if not readings:
            return
        await alone(self._connection, "articles")
        await self._connection.execute(_SAVE, [_read(reading) for reading in readings])
        await self._connection.execute(_UNBAND, [{"article": reading.id} for reading in readings])
        bands = [
            {"band": _signed(band), "article_id": reading.id} for reading in readings for band in set(reading.bands)
        ]
        if bands:
            await self._connection.execute(insert(article_bands), bands)
        await search.index(self._connection, readings)
        await aliases.keep(self._connection, await aliases.led(self._connection, readings))

    async def neighbours(
        self, bands: Sequence[int], since: datetime, *, words: Sequence[int] = (), common: int = 1
    ) -> tuple[Neighbour, ...]:
        """Nobody else saves an article from here to the end of the transaction, so that none finds no story for its
        twin."""
        await alone(self._connection, "articles")
        asked = {f"word{place}": _signed(word) for place, word in enumerate(words)}
        values = {"bands": [*{_signed(band) for band in bands}], "since": since, "common": common, **asked}
        return tuple(Neighbour(*row) for row in await self._connection.execute(_neighbours(len(words)), values))

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


@cache
def _neighbours(words: int) -> Select[int, int, tuple[int, ...], str, str | None]:
    """The recent articles that share a band, or enough of so many words, among the newest that hold each word."""
    near = select(article_bands.c.article_id).where(article_bands.c.band.in_(bindparam("bands", expanding=True)))
    held = [
        select(article_bands.c.article_id)
        .where(article_bands.c.band == bindparam(f"word{place}"))
        .order_by(article_bands.c.article_id.desc())
        .limit(literal_column(str(_MOST_HOLDERS)))
        .subquery()
        for place in range(words)
    ]
    found: Select[int] | CompoundSelect[int] = near
    if held:
        holders = union_all(*(select(one.c.article_id) for one in held)).subquery()
        shared = select(holders.c.article_id).group_by(holders.c.article_id)
        found = union(near, shared.having(func.count() >= bindparam("common")))
    return (
        select(articles.c.id, articles.c.story, articles.c.fingerprint, articles.c.title, articles.c.url)
        .where(articles.c.id.in_(found), articles.c.first_seen >= bindparam("since"))
        .order_by(articles.c.id)
    )


def _unread_of(row: RowMapping) -> Unread:
    owner = Workspace(row["platform"], row["workspace"]) if row["platform"] is not None else None
    return Unread(
        id=row["id"],
        article=article_of(row),
        source_id=row["source_id"],
        complete=row["complete"],
        attempts=row["attempts"],
        workspace=owner,
    )


_ARE_HELD = select(holdings.c.article_id).limit(1)
_WAITS = articles.c.state == "new", or_(articles.c.retry_at.is_(None), articles.c.retry_at <= bindparam("now"))
_WITH_HOLDER = outerjoin(articles, holdings, holdings.c.article_id == articles.c.id)
_WAITING = (
    select(articles, holdings.c.platform, holdings.c.workspace)
    .select_from(_WITH_HOLDER)
    .where(*_WAITS)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=articles)
)


def _unread_in_turn() -> Select[Any]:
    """The first of each workspace before the second of any."""
    turn = func.row_number().over(partition_by=(holdings.c.platform, holdings.c.workspace), order_by=articles.c.id)
    waiting = (
        select(articles.c.id, turn.label("turn"))
        .select_from(_WITH_HOLDER)
        .where(*_WAITS, ~is_among(holdings, LISTED))
        .subquery()
    )
    fair = select(waiting).order_by(waiting.c.turn, waiting.c.id).limit(bindparam("looked_at")).subquery()
    return _WAITING.join(fair, fair.c.id == articles.c.id).order_by(fair.c.turn, articles.c.id)


_UNREAD, _UNREAD_IN_TURN = _WAITING.order_by(articles.c.id), _unread_in_turn()


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
