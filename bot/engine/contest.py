"""The contest for a digest's places: the candidates that are new for a channel -> its picks. Writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.model import (
    Candidate,
    Channel,
    Digest,
    DigestItem,
    Link,
    Outline,
    Pick,
    Reason,
    Served,
    Stage,
    StoredArticle,
    Valued,
)
from bot.ports import UnitOfWork
from bot.ranking.best import most_valued
from bot.ranking.score import contenders, most_of
from bot.ranking.select import adds_takeaway, barred, choose, is_settled, outline_gate
from bot.ranking.taste import Taste, taste_of

_VALUED = 1000  # articles, from which a best-of digest takes what its channel has not had
_FIRST_LOOK = 20  # candidates that are looked at in full for each article of a digest, at first
_MANY = 1000
_AGES = (timedelta(days=2), timedelta(days=8), timedelta(days=32))  # up to each a look is taken, then at all
_WIDER = 8  # times as many, where these do not settle it


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A digest as it would be, its picks, and why the other candidates looked at are not in it (by article id)."""

    digest: Digest
    reasons: Mapping[int, Stage]
    picked: tuple[Pick, ...] = ()
    cut: Reason | None = None  # what bounds it more than the channel's own settings
    looked_at: Mapping[int, Candidate] = field(default_factory=dict)


async def contest(
    view: UnitOfWork,
    digest: Digest,
    channel_id: int,
    served: Mapping[int, Served],
    *,
    without: Collection[int] = (),
    asked: Collection[int] = (),
) -> Composition:
    """The best of all that is new for a channel. The newest are looked at first, in outline; of them as few as will do
    in full, best first, and those asked after: what is left cannot change the picks."""
    settings, home = digest.channel.settings, digest.channel.spec.home
    if settings.best is not None:
        outlines = await view.candidates.outlines(channel_id, home, before=digest.at, backlog=bool(asked))
        there = {one.article for one in await _valued(view, digest)}.union(asked)
        open_to = [outline[0] for outline in outlines if outline[0] in there and outline[0] not in without]
        composition = await chosen(view, digest, await view.candidates.among(open_to, {}), served)
        return replace(composition, digest=replace(composition.digest, considered=len(outlines)))
    taste = await _taste(view, digest.channel)
    outlines = []
    before = digest.at
    for age in (None,) if asked else (*_AGES, None):
        since = digest.at - age if age else None
        found = await view.candidates.outlines(channel_id, home, before=before, since=since, backlog=bool(asked))
        outlines += [outline for outline in found if outline[0] not in without]
        composition = await _best(view, digest, outlines, served, taste=taste, asked=asked)
        if age is None or is_settled(composition.picked, settings.max_articles, most_of(age, taste)):
            break
        before = digest.at - age
    return composition


async def _best(
    view: UnitOfWork,
    digest: Digest,
    outlines: Sequence[Outline],
    served: Mapping[int, Served],
    *,
    taste: Taste,
    asked: Collection[int],
) -> Composition:
    """The best of these."""
    settings = digest.channel.settings
    ranked = await _ranked(outlines, digest, taste)
    told = {outline[2] for outline in outlines if outline[0] in asked} if asked else set()
    wanted = {outline[0] for outline in outlines if outline[2] in told} if told else set()
    size = _FIRST_LOOK * max(1, settings.max_articles)
    while True:
        best = [candidate for _, candidate in ranked[:size]]
        some = await view.candidates.among({*best, *wanted}, taste.sources)
        composition = await chosen(view, digest, some, served, taste=taste)
        if size >= len(ranked) or is_settled(composition.picked, settings.max_articles, ranked[size][0]):
            break
        size *= _WIDER
    stories = {pick.candidate.story for pick in composition.picked}
    telling = {outline[0] for outline in outlines if outline[2] in stories} - {one.id for one in some}
    if telling:
        some = (*some, *await view.candidates.among(telling, taste.sources))
        composition = await chosen(view, digest, some, served, taste=taste)
    return replace(composition, digest=replace(composition.digest, considered=len(outlines)))


async def _ranked(outlines: Sequence[Outline], digest: Digest, taste: Taste) -> list[tuple[float, int]]:
    """In a thread where they are so many that the event loop would be held."""
    gate = outline_gate(digest.channel.settings)
    if len(outlines) < _MANY:
        return contenders(outlines, gate, now=digest.at, taste=taste)
    return await asyncio.to_thread(contenders, outlines, gate, now=digest.at, taste=taste)


async def _taste(view: UnitOfWork, channel: Channel) -> Taste:
    sources, categories = await view.candidates.tastes(channel.spec.home)
    return taste_of(sources, categories, interests=channel.settings.interests)


async def _valued(view: UnitOfWork, digest: Digest) -> Sequence[Valued]:
    """What a best-of digest is taken from; nothing for another."""
    past = digest.channel.settings.best
    return await view.valuations.best(digest.at - past, digest.at, _VALUED, digest.channel.spec.home) if past else ()


async def chosen(
    view: UnitOfWork,
    digest: Digest,
    found: Sequence[Candidate],
    served: Mapping[int, Served],
    *,
    taste: Taste | None = None,
) -> Composition:
    """The best of these candidates as the digest's items."""
    settings = digest.channel.settings
    candidates = [with_news(candidate, served) for candidate in found]
    reasons: dict[int, Stage] = {}
    open_to = []
    for candidate in candidates:
        stage = barred(candidate, settings, served=served, now=digest.at)
        if stage is None:
            open_to.append(candidate)
        else:
            reasons[candidate.id] = stage
    if settings.best is not None:
        selection = most_valued(open_to, await _valued(view, digest), limit=settings.max_articles)
    else:
        selection = await asyncio.to_thread(
            choose,
            open_to,
            limit=settings.max_articles,
            now=digest.at,
            taste=taste or await _taste(view, digest.channel),
            served=frozenset(served),
            quotas=dict(settings.quotas),
        )
    picked = [pick.candidate.id for pick in selection.picked]
    home = digest.channel.spec.home
    stored = {one.id: one for one in await view.articles.get(picked, posted=False, viewer=home)}
    items = [item_of(rank, pick, stored[pick.candidate.id]) for rank, pick in enumerate(selection.picked, start=1)]
    composed = replace(digest, considered=len(candidates), items=tuple(items))
    return Composition(
        digest=composed,
        reasons={**reasons, **selection.reasons},
        picked=selection.picked,
        looked_at={candidate.id: candidate for candidate in candidates},
    )


def with_news(candidate: Candidate, served: Mapping[int, Served]) -> Candidate:
    """The candidate, marked as an update where its story was served and it says something new."""
    had = served.get(candidate.story)
    if had is None or not adds_takeaway(candidate.takeaways, had.takeaways):
        return candidate
    return replace(candidate, update_of=had.digest)


def item_of(rank: int, pick: Pick, stored: StoredArticle) -> DigestItem:
    """A pick's place in the digest."""
    return DigestItem(
        rank=rank,
        article=stored,
        takeaways=stored.shown,
        score=pick.score,
        why=pick.why,
        also=tuple(Link(other.title, other.url) for other in pick.also),
        update_of=pick.candidate.update_of,
    )
