"""Drafts -> rows of `articles`, each under its key once, and what each source said of it. A round's at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Article, Block, NewArticle, Rating
from bot.storage import aliases
from bot.storage.codec import packed
from bot.storage.columns import microseconds_of, stated_of
from bot.storage.dialect import LISTED, fetched, insert_many, value_of
from bot.storage.gone import gone_among
from bot.storage.holdings import hold, key_for
from bot.storage.rows import columns_of, portions
from bot.storage.tables import articles, sightings

_BLOCKS = tuple[Block, ...]
_TAG = re.compile("<[^>]*>")
_COLUMNS = tuple(column.name for column in articles.c)
_KNOWN = select(articles.c.key, articles.c.id, articles.c.said).where(
    articles.c.key.in_(select(value_of(LISTED, articles.c.key.type)))
)
_SIGHTINGS = select(sightings).where(sightings.c.article_id.in_(select(value_of(LISTED))))
_SAY = (
    update(sightings)
    .where(sightings.c.article_id == bindparam("article"), sightings.c.source_id == bindparam("source"))
    .values(said=bindparam("words"))
)
_Known = dict[str, tuple[int, str]]  # key -> id and fingerprint of the article under it
_Said = dict[tuple[int, int], str]  # (article, source) -> fingerprint of what the source said of it last


@dataclass(frozen=True, slots=True)
class _Filing:
    """A draft with the key that it is filed under, its fingerprint, and its blocks as they are kept."""

    draft: NewArticle
    key: str
    words: str
    blocks: str


async def filed(connection: AsyncConnection, drafts: Sequence[NewArticle], now: datetime) -> tuple[int, ...]:
    """Files drafts and gives the articles' ids (`ports.Articles.file`)."""
    known = await _known(connection, {key for draft in drafts for key in (draft.key, key_for(draft))})
    drafts, also = await _renamed(connection, drafts, known)
    said = await _said(connection, [article_id for article_id, _ in known.values()])
    filings = _filings(drafts, known)
    known |= await _inserted(connection, [one for one in filings if one.key not in known], now)
    ids, handed_in = [], []
    sighted: _Said = {}
    for one in filings:
        source, baseline = one.draft.source_id, one.draft.baseline
        yields = one.draft.workspace is not None and one.key == one.draft.key  # it is everybody's, in the house's words
        article_id, standing = known[one.key]
        at = (article_id, source) if source is not None else None
        before = standing if at is None else sighted.get(at, said.get(at))
        if before is not None and before != one.words and not yields:
            await _edit(connection, article_id, one)
            known[one.key] = (article_id, one.words)
        if at is not None and before != one.words:
            sighted[at] = one.words
        ids.append(article_id)
        if source is None and not baseline and not yields:
            handed_in.append(article_id)
    await _sight(connection, sighted, said)
    await _admit(connection, handed_in)
    await aliases.keep(connection, also)
    return tuple(ids)


def _waiting(draft: NewArticle, words: str) -> dict[str, object]:
    """What makes an article as drafted wait to be read."""
    state = {"state": "new", "complete": draft.complete, "attempts": 0, "retry_at": None, "said": words}
    return {**columns_of(draft.article), **state}


async def _known(connection: AsyncConnection, keys: set[str]) -> _Known:
    rows = await fetched(connection, _KNOWN, sorted(keys)) if keys else ()
    return {key: (article_id, said) for key, article_id, said in rows}


async def _renamed(
    connection: AsyncConnection, drafts: Sequence[NewArticle], known: _Known
) -> tuple[Sequence[NewArticle], dict[str, str]]:
    """The drafts, those filed under another key with that, which `known` is told of, and without those of articles that
    went; and the aliases to keep."""
    strange = [draft for draft in drafts if draft.key not in known and key_for(draft) not in known]
    if not strange:
        return drafts, {}
    resolved, moved = await aliases.resolved(connection, strange)
    found = dict(zip(map(id, strange), resolved, strict=True))
    renamed = [draft for draft, was in zip(resolved, strange, strict=True) if draft is not was]
    known |= await _known(connection, {key for draft in renamed for key in (draft.key, key_for(draft))})
    past = await _past(connection, found, known)
    for draft in moved:
        if (key := key_for(draft, known)) != draft.key or draft.workspace is None:  # else it is everybody's
            await connection.execute(update(articles).where(articles.c.key == key).values(url=draft.article.url))
    strange = [was for was in strange if id(was) not in past]
    also = {alias: found[id(was)].key for was in strange for alias in (was.alias, was.key) if alias}
    return [found.get(id(draft), draft) for draft in drafts if id(draft) not in past], also


async def _past(connection: AsyncConnection, drafts: Mapping[int, NewArticle], known: _Known) -> set[int]:
    """Which of these drafts are of articles that went, and that a source goes on telling of."""
    told = {
        number: (draft.key, key_for(draft))
        for number, draft in drafts.items()
        if draft.source_id is not None and draft.key not in known and key_for(draft) not in known
    }
    gone = await gone_among(connection, {key for keys in told.values() for key in keys})
    return {number for number, keys in told.items() if not gone.isdisjoint(keys)}


async def _said(connection: AsyncConnection, ids: Sequence[int]) -> _Said:
    rows = await fetched(connection, _SIGHTINGS, ids) if ids else ()
    return {(article, source): said for article, source, said in rows}


def _filings(drafts: Sequence[NewArticle], known: Iterable[str]) -> list[_Filing]:
    """The drafts in turn; what one of them files is known to the next."""
    seen = set(known)
    filings = []
    for draft in drafts:
        blocks = packed(_BLOCKS, draft.article.blocks) if draft.article.blocks else "[]"
        key = key_for(draft, seen)
        seen.add(key)
        filings.append(_Filing(draft, key, _fingerprint(draft.article, blocks), blocks))
    return filings


async def _inserted(connection: AsyncConnection, filings: Sequence[_Filing], now: datetime) -> _Known:
    """Files the first draft of each key, and says what is known of them then."""
    fresh: dict[str, _Filing] = {}
    for one in filings:
        fresh.setdefault(one.key, one)
    if not fresh:
        return {}
    await insert_many(connection, articles, [_row(one, now) for one in fresh.values()])
    known = await _known(connection, set(fresh))
    await hold(connection, {known[key][0]: one.draft for key, one in fresh.items()})
    return known


async def _edit(connection: AsyncConnection, article_id: int, one: _Filing) -> None:
    changed = _waiting(one.draft, one.words)
    if one.draft.article.markup is not None:  # its old text stands until the new one is read
        del changed["text"], changed["blocks"]
    await connection.execute(update(articles).where(articles.c.id == article_id).values(changed))


async def _sight(connection: AsyncConnection, sighted: _Said, before: Mapping[tuple[int, int], str]) -> None:
    """Keeps what each source said of an article now."""
    first = [(*at, words) for at, words in sighted.items() if at not in before]
    again = [{"article": at[0], "source": at[1], "words": words} for at, words in sighted.items() if at in before]
    if first:
        await insert_many(connection, sightings, first)
    if again:
        await connection.execute(_SAY, again)


async def _admit(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """What somebody hands in by itself is no backlog, even where a source brought it as such."""
    for some in portions(ids):
        await connection.execute(update(articles).where(articles.c.id.in_(some)).values(baseline=False))


def _fingerprint(article: Article, blocks: str) -> str:
    """A fingerprint of what is said: not of times, which careless feeds move at every fetch."""
    rating = article.rating and f"{article.rating.value}/{article.rating.scale}"
    text = article.text if article.markup is None else _TAG.sub(" ", article.markup)
    said = "\0".join([part or "" for part in (article.title, article.author, article.summary, text, rating, blocks)])
    return blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _row(one: _Filing, now: datetime) -> tuple[object, ...]:
    """A draft as a row of `articles`: its columns in their order, as they are kept."""
    article = one.draft.article
    values = {
        "key": one.key,
        "source_id": one.draft.source_id,
        "first_seen": microseconds_of(now),
        "aged_from": microseconds_of(one.draft.aged_from),
        "baseline": one.draft.baseline,
        "takeaways": "[]",
        **_waiting(one.draft, one.words),
        "published": stated_of(article.published),
        "generated": stated_of(article.generated),
        "rating": None if article.rating is None else packed(Rating, article.rating),
        "blocks": one.blocks,
    }
    return tuple(map(values.get, _COLUMNS))
