"""Between rows and nouns, where more than one port needs it: channels, articles, digests. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import (
    Appearance,
    Article,
    Channel,
    ChannelSpec,
    Digest,
    DigestItem,
    Message,
    Quality,
    Reason,
    StoredArticle,
    Workspace,
)
from bot.storage.holdings import is_of, seen_by
from bot.storage.tables import articles, channels, digest_items, digests, outbox, schedules, sources

T = TypeVar("T")
_MOST = 1000  # values in one IN (...), far below every engine's limit
STOPPED = "it is no longer in the configuration file"


def portions(values: Sequence[T], size: int = _MOST) -> Iterator[Sequence[T]]:
    """The values in order, at most `size` at a time."""
    return (values[start : start + size] for start in range(0, len(values), size))


# ------------------------------------------------------------ channels

CHANNELS = select(channels, schedules.c.cron, schedules.c.timezone, schedules.c.next_run_at).join_from(
    channels, schedules
)


def channel_of(row: RowMapping) -> Channel:
    """A row of CHANNELS. The schedule in force stands over the declared one."""
    settings = replace(row["settings"], schedule=row["cron"], timezone=row["timezone"])
    return Channel(
        id=row["id"],
        spec=ChannelSpec(
            name=row["name"],
            platform=row["platform"],
            place=row["place"],
            workspace=row["workspace"],
            settings=settings,
        ),
        origin=row["origin"],
        paused=STOPPED if row["stopped"] else row["paused"],
        stopped=row["stopped"],
        lost=row["lost"],
        next_run=row["next_run_at"],
    )


async def channels_by_id(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Channel]:
    rows = await connection.execute(CHANNELS.where(channels.c.id.in_(set(ids))))
    return {row["id"]: channel_of(row) for row in rows.mappings()}


# ------------------------------------------------------------ articles


def article_of(row: RowMapping) -> Article:
    """The columns of `articles` that a reader filled."""
    return Article(
        title=row["title"],
        text=row["text"],
        url=row["url"],
        author=row["author"],
        published=row["published"],
        generated=row["generated"],
        category=row["category"],
        language=row["language"],
        summary=row["summary"],
        rating=row["rating"],
        blocks=row["blocks"],
        markup=row["markup"],
        partial=row["partial"],
        site=row["site"],
        image=row["image"],
    )


def columns_of(article: Article) -> dict[str, object]:
    """The other way round."""
    return {
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "author": article.author,
        "published": article.published,
        "generated": article.generated,
        "category": article.category,
        "language": article.language,
        "summary": article.summary,
        "rating": article.rating,
        "blocks": article.blocks,
        "markup": article.markup,
        "partial": article.partial,
        "site": article.site,
        "image": article.image,
    }


async def articles_by_id(
    connection: AsyncConnection, ids: Sequence[int], *, posted: bool = True, viewer: Workspace | None = None
) -> dict[int, StoredArticle]:
    """`posted` False leaves out in which digests they were, which may be thousands."""
    found = {}
    query = select(articles, sources.c.title.label("source_title")).outerjoin_from(articles, sources)
    query = query.where(seen_by(viewer))
    for some in portions(sorted(set(ids))):
        appearances = await _appearances(connection, some, viewer) if posted else {}
        for row in (await connection.execute(query.where(articles.c.id.in_(some)))).mappings():
            found[row["id"]] = _stored(row, tuple(appearances.get(row["id"], ())))
    return found


def _stored(row: RowMapping, posted: tuple[Appearance, ...]) -> StoredArticle:
    return StoredArticle(
        id=row["id"],
        key=row["key"],
        article=article_of(row),
        takeaways=row["takeaways"],
        quality=None if row["score"] is None else Quality(row["score"], row["quality"]),
        story=row["story"] or row["id"],
        source_id=row["source_id"],
        source_title=row["source_title"],
        first_seen=row["first_seen"],
        aged_from=row["aged_from"],
        baseline=row["baseline"],
        posted=posted,
    )


async def _appearances(
    connection: AsyncConnection, ids: Sequence[int], viewer: Workspace | None
) -> dict[int, list[Appearance]]:
    query = (
        select(outbox.c.article_id, channels.c.name, digests.c.key)
        .select_from(outbox.join(digests).join(channels))
        .where(outbox.c.article_id.in_(ids), outbox.c.state == "posted")
        .order_by(outbox.c.id)
    )
    if viewer is not None:
        query = query.where(is_of(channels, viewer))
    found: dict[int, list[Appearance]] = {}
    for article_id, channel, slot in await connection.execute(query):
        found.setdefault(article_id, []).append(Appearance(channel, slot))
    return found


# ------------------------------------------------------------ digests


async def digests_of(connection: AsyncConnection, rows: Sequence[RowMapping], *, whole: bool) -> tuple[Digest, ...]:
    """Rows of `digests`, in their order; `whole` with items and posted messages."""
    ids = [row["id"] for row in rows]
    homes = await channels_by_id(connection, [row["channel_id"] for row in rows])
    items = await _items(connection, ids) if whole else {}
    messages = await _messages(connection, ids) if whole else {}
    return tuple(
        Digest(
            id=row["id"],
            channel=homes[row["channel_id"]],
            key=row["key"],
            at=row["at"],
            state=row["state"],
            considered=row["considered"],
            items=items.get(row["id"], ()),
            messages=messages.get(row["id"], ()),
        )
        for row in rows
    )


async def _items(connection: AsyncConnection, ids: Sequence[int]) -> Mapping[int, tuple[DigestItem, ...]]:
    query = (
        select(digest_items)
        .where(digest_items.c.digest_id.in_(ids))
        .order_by(digest_items.c.digest_id, digest_items.c.rank)
    )
    rows = (await connection.execute(query)).mappings().all()
    stored = await articles_by_id(connection, [row["article_id"] for row in rows], posted=False)
    return {
        digest: tuple(
            DigestItem(
                rank=row["rank"],
                article=stored[row["article_id"]],
                takeaways=row["takeaways"],
                score=row["score"],
                why=tuple(_reason(one) for one in row["why"]),
                also=row["also"],
                update_of=row["update_of"],
            )
            for row in group
        )
        for digest, group in groupby(rows, lambda row: row["digest_id"])
    }


def _reason(stored: Reason | str) -> Reason:
    return Reason("why.as_stored", {"words": stored}) if isinstance(stored, str) else stored


async def _messages(connection: AsyncConnection, ids: Sequence[int]) -> Mapping[int, tuple[Message, ...]]:
    query = (
        select(outbox.c.digest_id, outbox.c.payload)
        .where(outbox.c.digest_id.in_(ids), outbox.c.state == "posted", outbox.c.payload.is_not(None))
        .order_by(outbox.c.digest_id, outbox.c.part)
    )
    rows = (await connection.execute(query)).mappings()
    return {
        digest: tuple(row["payload"] for row in group) for digest, group in groupby(rows, lambda row: row["digest_id"])
    }
