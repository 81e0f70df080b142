"""What a language model says of the articles of a digest, checked as any takeaway is, and kept with the article.

Only what a digest has chosen is put to the model, and not where the article has takeaways of its own. The model words
an article; whether and where it is posted, its quality and its story stay what they were when it was read.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from bot.errors import SummaryError
from bot.model import Digest, DigestItem, Reading, StoredArticle, Takeaway
from bot.ports import Store, Summarizer
from bot.ranking.stories import bands_of, fingerprint_of
from bot.takeaways import takeaways_of

_log = structlog.get_logger(__name__)


class Drafting:
    def __init__(self, *, store: Store, summarizer: Summarizer) -> None:
        self._store = store
        self._summarizer = summarizer

    async def worded(self, digest: Digest) -> Digest:
        """The digest with what the model says in place of extracted sentences, where it says anything that holds."""
        items = await asyncio.gather(*map(self._item, digest.items))
        said = [new.article for new, old in zip(items, digest.items, strict=True) if new is not old]
        if said:
            await self._keep(said)
        return replace(digest, items=tuple(items))

    async def _item(self, item: DigestItem) -> DigestItem:
        stored = item.article
        asked = any(takeaway.kind == "model" or _is_own(takeaway) for takeaway in stored.takeaways)
        # An update was chosen for a sentence that is new to the channel, so it keeps its sentences.
        if asked or item.update_of is not None:
            return item
        try:
            drafts = await self._summarizer.drafts(stored.article)
        except SummaryError as error:
            _log.info("said in its own sentences", article=stored.article.title, error=str(error))
            return item
        if not drafts:
            return item
        takeaways = await asyncio.to_thread(takeaways_of, stored.article, drafts=drafts)
        worded = replace(stored, takeaways=takeaways)
        return replace(item, article=worded, takeaways=worded.shown)

    async def _keep(self, articles: list[StoredArticle]) -> None:
        """Saves the takeaways; not those of an article that was edited meanwhile."""
        async with self._store.begin() as tx:
            stand = await tx.articles.get([one.id for one in articles], posted=False)
            texts = {one.id: one.article for one in stand}
            await tx.articles.save([_reading(one) for one in articles if texts.get(one.id) == one.article])


def _is_own(takeaway: Takeaway) -> bool:
    return takeaway.kind == "section" and takeaway.shown


def _reading(stored: StoredArticle) -> Reading:
    """The reading that an article had, with other takeaways."""
    assert stored.quality is not None  # it was chosen
    fingerprint = fingerprint_of(stored.article)
    return Reading(
        id=stored.id,
        article=stored.article,
        takeaways=stored.takeaways,
        quality=stored.quality,
        story=stored.story,
        fingerprint=fingerprint,
        bands=bands_of(fingerprint),
    )
