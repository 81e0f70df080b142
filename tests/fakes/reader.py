"""The readers in this process, for documents of our own making."""

from __future__ import annotations

from typing import Self

from bot.model import Article, ParsedFeed
from bot.sources.feed import unfolded
from bot.sources.sniff import read_document


class InlineReader:
    """Implements `ports.Reader` without limits."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """There is nothing to close."""

    async def read(
        self, body: bytes, url: str, content_type: str | None, *, whole: bool = True
    ) -> ParsedFeed | Article:
        return read_document(body, url, content_type, whole=whole)

    async def unfolded(self, article: Article) -> Article:
        return unfolded(article)
