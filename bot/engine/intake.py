"""inspect and ingest: what somebody hands us -> everything that is read out of it. Stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.errors import SourceError
from bot.model import Article, Document, ParsedFeed, Quality, Standing, Takeaway
from bot.ports import Fetcher, Reader
from bot.ranking.quality import quality_of
from bot.takeaways import takeaways_of

Kind = Literal["feed", "page", "text"]


@dataclass(frozen=True, slots=True)
class Examined:
    """An article and all that is made of its text."""

    article: Article
    takeaways: tuple[Takeaway, ...]
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one input turned out to be. `failure` is None or says why nothing could be read."""

    input: str
    kind: Kind | None = None
    feed: ParsedFeed | None = None
    articles: tuple[Examined, ...] = ()
    failure: SourceError | None = None

    @property
    def error(self) -> str | None:
        return None if self.failure is None else str(self.failure)


def examined(article: Article, standing: Standing | None = None, drafts: tuple[str, ...] = ()) -> Examined:
    """Takeaways and quality of an article. CPU-bound: some milliseconds."""
    takeaways = takeaways_of(article, drafts=drafts)
    return Examined(article, takeaways, quality_of(article, takeaways, standing))


class Intake:
    def __init__(self, *, fetcher: Fetcher, reader: Reader) -> None:
        self._fetcher = fetcher
        self._reader = reader

    async def inspect(self, address: str, *, trusted: bool = True) -> tuple[Inspection, ...]:
        """What is read out of a URL, a file, or each file of a folder; an input that fails says so in `failure`."""
        try:
            fetched = await self._fetcher.fetch(address, trusted=trusted)
        except SourceError as error:
            return (Inspection(input=address, failure=error),)
        if len(fetched.documents) == 1:
            return (await self.document(fetched.documents[0], name=address),)
        return tuple([await self.document(document, name=document.url) for document in fetched.documents])

    async def document(self, document: Document, *, name: str) -> Inspection:
        """What is read out of one document's bytes; `name` is how its owner calls it."""
        try:
            parsed = await self._reader.read(document.body, document.url, document.content_type)
        except SourceError as error:
            return Inspection(input=name, failure=error)
        if isinstance(parsed, ParsedFeed):
            return Inspection(
                input=name, kind="feed", feed=parsed, articles=tuple(examined(article) for article in parsed.articles)
            )
        kind: Kind = "page" if _is_html(document) else "text"
        return Inspection(input=name, kind=kind, articles=(examined(parsed),))


def _is_html(document: Document) -> bool:
    head = document.body[:2048].lstrip().lower()
    return "html" in (document.content_type or "") or head.startswith((b"<!doctype html", b"<html")) or b"<html" in head
