"""Articles that went for good: their rows, and the fingerprints by which no source brings them again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import NAMED
from bot.storage import search
from bot.storage.dialect import LISTED, fetched, insert_new, listed, value_of
from bot.storage.tables import aliases, article_bands, articles, gone, holdings, sightings

_GONE = select(gone.c.fingerprint).where(gone.c.fingerprint.in_(select(value_of(LISTED))))


async def gone_among(connection: AsyncConnection, keys: Collection[str]) -> set[str]:
    """Those of these keys whose articles went."""
    by = {fingerprint_of(key): key for key in keys}
    return {by[found] for (found,) in await fetched(connection, _GONE, by)} if by else set()


async def go(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Lets these articles go, with all that they are found and known by but a fingerprint, and addresses that led to
    them."""
    these = select(value_of(listed(ids)))
    names = select(articles.c.key, holdings.c.key).outerjoin_from(articles, holdings).where(articles.c.id.in_(these))
    keys = (await connection.execute(names)).all()
    await connection.execute(insert_new(connection, gone), [{"fingerprint": fingerprint_of(key)} for key, _ in keys])
    await search.drop(connection, ids)
    for table in (sightings, holdings, article_bands):
        await connection.execute(delete(table).where(table.c.article_id.in_(these)))
    await connection.execute(delete(articles).where(articles.c.id.in_(these)))
    known = listed({held or key for key, held in keys})
    left = or_(
        exists().where(articles.c.key == aliases.c.article_key), exists().where(holdings.c.key == aliases.c.article_key)
    )
    await connection.execute(
        delete(aliases).where(
            aliases.c.article_key.in_(select(value_of(known, aliases.c.article_key.type))),
            aliases.c.key.startswith(NAMED),
            ~left,
        )
    )


def fingerprint_of(key: str) -> int:
    """64 bits of BLAKE2b, signed: among 10^9 of them a new key is taken for one in 2*10^10 cases."""
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)
