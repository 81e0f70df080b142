"""The short way through plain feeds against feedparser: the same feed in every field, or not taken at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from bot.errors import ParseError
from bot.model import ParsedFeed
from bot.sources import feed
from bot.sources.plainfeed import plain_feed

_HEADERS = (None, "text/xml; charset=utf-8")


@pytest.mark.parametrize("part", ["feeds_real", "feed_conformance"])
def test_a_plain_feed_is_read_as_feedparser_reads_it(part: str, corpus: Callable[[str], Path]) -> None:
    read: Counter[str] = Counter()
    for path in _files_in(corpus(part)):
        body = path.read_bytes()
        for url, header in zip((f"https://feeds.example.org/{path.name}", "folder/a.xml"), _HEADERS, strict=True):
            if plain_feed(body, url, header) is None:
                read["by feedparser"] += 1
                continue
            read["the short way"] += 1
            short = feed.parse(body, url, header)
            assert short == _long_way(body, url, header), path
            assert short.articles
    print(part, dict(read))
    assert read["the short way"] > 0.15 * read.total()


_ITEM = b"<item><title>A</title><link>https://example.org/a</link><description>One.</description>%s</item>"
_CHANNEL = b"<rss version='2.0' %s><channel><title>F</title><link>https://example.org/</link>%s</channel></rss>"
_MEDIA = b"xmlns:media='http://search.yahoo.com/mrss/' xmlns:dc='http://purl.org/dc/elements/1.1/'"


@pytest.mark.parametrize(
    ("doubt", "inner"),
    [
        ("two titles", b"<title>B</title>"),
        ("two texts", b"<description>Two.</description>"),
        ("two authors", b"<author>A</author><dc:creator>B</dc:creator>"),
        ("markup that is not escaped", b"<content><p>x</p></content>"),
        ("a language of its own", b"<category lang='de'>x</category>"),
        ("words of a film", b"<media:description>Another text</media:description>"),
        ("a thing within an unknown thing", b"<more><title>B</title></more>"),
        ("an unknown entity", b"<category>a&nbsp;b</category>"),
        ("broken XML", b"<category>a & b</category>"),
    ],
)
def test_what_is_in_doubt_is_left_to_feedparser(doubt: str, inner: bytes) -> None:
    plain = _CHANNEL % (_MEDIA, _ITEM % b"")
    assert plain_feed(plain, "https://example.org/f", None) is not None
    assert plain_feed(_CHANNEL % (_MEDIA, _ITEM % inner), "https://example.org/f", None) is None, doubt


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE rss [<!ENTITY x 'y'>]>" + _CHANNEL % (b"", _ITEM % b""),
        b"<?xml version='1.0' encoding='big5'?>" + _CHANNEL % (b"", _ITEM % b""),
        _CHANNEL % (b"xml:base='https://example.net/'", _ITEM % b""),
        _CHANNEL % (b"", b""),
        b"",
        b"{}",
    ],
)
def test_a_document_that_is_not_plain_is_left_to_feedparser(body: bytes) -> None:
    assert plain_feed(body, "https://example.org/f", None) is None


def _long_way(body: bytes, url: str, header: str | None) -> ParsedFeed | None:
    # A switch that the product does not have: without it there is nothing to compare with.
    with patch.object(feed, "plain_feed", return_value=None):
        try:
            return feed.parse(body, url, header)
        except ParseError:
            return None


def _files_in(folder: Path) -> Iterator[Path]:
    named = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return (path for path in named if not path.name.endswith((".json", ".jsonl")))
