"""The other keys that articles are known by, so that one whose address or name changed is not taken for a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import NewArticle, Reading
from bot.storage.dialect import LISTED, fetched, insert_new, value_of
from bot.storage.holdings import key_for
from bot.storage.rows import portions
from bot.storage.tables import aliases, articles, holdings

_STANDING = select(aliases.c.key, aliases.c.article_key).where(
    aliases.c.key.in_(select(value_of(LISTED, aliases.c.key.type)))
)


async def resolved(
    connection: AsyncConnection, drafts: Sequence[NewArticle]
) -> tuple[list[NewArticle], list[NewArticle]]:
    """Drafts that are not filed under their own keys, each with the key under which it is filed, where there is one;
    and those among them whose address is told for the first time.

    An address that led to another article's page tells enough. A feed's name does not, as careless feeds use one again:
    title or time must be the same too.
    """
    stands = await _standing(connection, [key for draft in drafts for key in (draft.key, draft.alias) if key])
    named = {d.alias: replace(d, key=stands[d.alias]) for d in drafts if d.alias in stands and d.key not in stands}
    filed = await _filed(connection, list(named.values()))
    found: list[NewArticle] = []
    moved: list[NewArticle] = []
    for draft in drafts:
        other = stands.get(draft.key)
        if other is None and draft.alias and (under := named.get(draft.alias)):
            title, published = filed.get(key_for(under)) or filed.get(under.key) or (None, None)
            same = title == draft.article.title or (published is not None and published == draft.article.published)
            other = under.key if same else None
            moved += [under] if same else []
        found.append(replace(draft, key=other) if other is not None else draft)
    return found, moved


async def led(connection: AsyncConnection, readings: Sequence[Reading]) -> dict[str, str]:
    """The keys of the addresses that articles led to, and of those articles, where nobody has that key himself."""
    keys = {reading.id: reading.alias for reading in readings if reading.alias is not None}
    if not keys:
        return {}
    query = select(articles.c.id, func.coalesce(holdings.c.key, articles.c.key)).outerjoin_from(articles, holdings)
    found = {keys[i]: key for i, key in await connection.execute(query.where(articles.c.id.in_(keys)))}
    taken = set((await connection.execute(select(articles.c.key).where(articles.c.key.in_(found)))).scalars())
    return {alias: key for alias, key in found.items() if alias not in taken}


async def keep(connection: AsyncConnection, keys: Mapping[str, str]) -> None:
    """Alias -> key, from now on; one that is known already stays."""
    rows = [{"key": alias, "article_key": key} for alias, key in keys.items() if alias != key]
    if rows:
        await connection.execute(insert_new(connection, aliases), rows)


async def _standing(connection: AsyncConnection, keys: Sequence[str]) -> dict[str, str]:
    return dict(await fetched(connection, _STANDING, keys)) if keys else {}


async def _filed(connection: AsyncConnection, drafts: Sequence[NewArticle]) -> dict[str, tuple[str, object]]:
    """Title and time of what is filed under the keys of these drafts."""
    found: dict[str, tuple[str, object]] = {}
    for some in portions([key for draft in drafts for key in (draft.key, key_for(draft))]):
        query = select(articles.c.key, articles.c.title, articles.c.published).where(articles.c.key.in_(some))
        found |= {key: (title, published) for key, title, published in await connection.execute(query)}
    return found
