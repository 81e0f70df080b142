"""One look at an address: what is there, or at the feed that it has elsewhere. Stores nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bot.errors import BotError, FetchError, SourceError
from bot.model import Article, Document, Fetched, ParsedFeed, Reason, Validators
from bot.ports import Fetcher, Reader
from bot.sources.discover import feeds_of, looks_like_page, usual_feeds_of
from bot.sources.places import feeds_at

_log = structlog.get_logger(__name__)
_NONE = Validators()
_NOT_THERE = frozenset({400, 404, 405, 406, 410})  # there is none, so the next may be looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look gave. `reads`: what to fetch from now on instead of the address, None: the address itself."""

    fetched: Fetched
    reads: str | None = None
    parsed: tuple[ParsedFeed | Article, ...] = ()
    problems: tuple[SourceError, ...] = ()  # of documents of a folder that were left out

    @property
    def feed(self) -> ParsedFeed | None:
        """The feed, where it is one."""
        return next((one for one in self.parsed if isinstance(one, ParsedFeed)), None)

    @property
    def articles(self) -> tuple[Article, ...]:
        return tuple(a for one in self.parsed for a in (one.articles if isinstance(one, ParsedFeed) else (one,)))


class Look:
    def __init__(self, *, fetcher: Fetcher, reader: Reader) -> None:
        self._fetcher = fetcher
        self._reader = reader

    async def at(
        self,
        address: str,
        *,
        reads: str | None = None,
        validators: Validators = _NONE,
        trusted: bool = False,
        guess: bool = True,
    ) -> Seen:
        """What is at `reads`, else at the address; of a site its feed, found by its platform's rule, by the page's
        links or, with `guess`, where sites often have one. Raises SourceError where nothing can be read."""
        if reads is None and (known := feeds_at(address)):
            found = await self._first_feed(known, trusted=trusted)
            if found is not None:
                return found
        fetched = await self._fetcher.fetch(reads or address, validators, trusted=trusted)
        trouble: SourceError | None = None
        parsed: tuple[ParsedFeed | Article, ...] = ()
        problems: tuple[SourceError, ...] = ()
        try:
            parsed, problems = await self._read(fetched.documents)
        except SourceError as error:  # the home of a site may have nothing to read, and yet name a feed
            trouble = error
        if "://" in address and not fetched.unchanged and not any(isinstance(one, ParsedFeed) for one in parsed):
            found = await self._feed_of_site(fetched.documents[0], trusted=trusted, guess=guess)
            if found is not None:
                return found
        if trouble is not None:
            raise trouble
        return Seen(fetched=fetched, reads=reads, parsed=parsed, problems=problems)

    async def _feed_of_site(self, page: Document, *, trusted: bool, guess: bool) -> Seen | None:
        if not looks_like_page(page.body):
            return None
        named = feeds_of(page.body, page.url)
        if named or not guess:
            return await self._first_feed(named, trusted=trusted)
        with suppress(FetchError):  # a host that minds our guessing is asked no further
            return await self._first_feed(usual_feeds_of(page.url), trusted=trusted)
        return None

    async def _read(
        self, documents: Sequence[Document]
    ) -> tuple[tuple[ParsedFeed | Article, ...], tuple[SourceError, ...]]:
        """Every document is tried; what could not be read comes back beside the others, unless there are none."""
        parsed: list[ParsedFeed | Article] = []
        problems: list[SourceError] = []
        for document in documents:
            try:
                body, url, kind = document.body, document.url, document.content_type
                parsed.append(await self._reader.read(body, url, kind, whole=False))
            except SourceError as error:
                problems.append(error)
        if problems and not parsed:
            raise problems[0] if len(problems) == 1 else SourceError("; ".join(map(str, problems[:3])))
        for problem in problems:
            _log.warning("document left out", error=str(problem))
        return tuple(parsed), tuple(problems)

    async def _first_feed(self, addresses: Sequence[str], *, trusted: bool) -> Seen | None:
        """The first of these that is a feed. Raises FetchError where one cannot be had just now."""
        for address in addresses:
            try:
                fetched = await self._fetcher.fetch(address, trusted=trusted)
                parsed, _ = await self._read(fetched.documents)
            except SourceError as error:
                if isinstance(error, FetchError) and error.status not in _NOT_THERE:
                    raise
                continue
            if isinstance(parsed[0], ParsedFeed):
                return Seen(fetched=fetched, reads=address, parsed=parsed)
        return None


def reason_of(problems: Sequence[SourceError]) -> str | None:
    return "; ".join(map(str, problems[:3])) or None


def fault_of(error: BotError) -> Reason | None:
    """What went wrong in no language yet, where it has words for members."""
    if error.key is None:
        return None
    values = {
        name: value if isinstance(value, str | int | float) else str(value) for name, value in error.values.items()
    }
    return Reason(error.key, values)
