"""What kind of document some bytes are, and the one door to all readers. The readers themselves sit beside it."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from pathlib import PurePath
from typing import Literal
from urllib.parse import urlsplit

from bot.errors import ParseError
from bot.model import Article, ParsedFeed
from bot.sources import document, feed, page
from bot.sources.decoding import decoded
from bot.sources.jsonfeed import looks_like_json

Kind = Literal["feed", "page", "text"]

_HEAD = 4096  # characters that tell the kind
_LARGEST_UNPACKED = 50_000_000  # bytes
_GZIP = b"\x1f\x8b\x08"
_BINARY = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"RIFF": "a picture, sound or film",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"\xfd7zXZ": "a packed file (xz)",
    b"BZh": "a packed file (bzip2)",
    b"\x28\xb5\x2f\xfd": "a packed file (zstd)",
}
_CONTROLS = bytes([*range(9), *range(14, 27)])
_TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".mdx"})
_PAGE_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_PREAMBLE = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:\w+:)?(?P<name>\w+)")
_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel", "entry"})
_FEED_TAG = re.compile(r"<(?:rss|rdf:RDF|feed|channel)[\s>]")
_PAGE_TAG = re.compile(
    r"<(?:!doctype html|html|head|body|title|meta|article|main|div|section|p|h1|h2|table)[\s>/]", re.IGNORECASE
)


def read_document(body: bytes, url: str, content_type: str | None, *, whole: bool = True) -> ParsedFeed | Article:
    """What a document holds; `url` is its address or the path of a file. Raises ParseError, naming the document.

    Not `whole`: of a feed, no more than `feed.outline`."""
    try:
        body = _unpacked(body)
        kind = kind_of(body, url, content_type)
        if kind == "feed":
            return (feed.parse if whole else feed.outline)(body, url, content_type)
        if kind == "page":
            return page.read(_recoded(body, content_type), url)
        article = document.read(decoded(body, content_type))
    except ParseError as error:
        raise ParseError(f"{url}: {error}") from error
    return _addressed(article, url)


def kind_of(body: bytes, url: str, content_type: str | None) -> Kind:
    """Raises ParseError where the bytes are empty, binary, or XML and JSON of another trade."""
    if not body.strip():
        raise ParseError("the document is empty")
    _refuse_binary(body)
    head = decoded(body[:_HEAD], content_type).lstrip("\ufeff \t\r\n")
    suffix = PurePath(urlsplit(url).path if "://" in url else url).suffix.lower()
    if suffix in _TEXT_SUFFIXES and not _is_stated(content_type, "html"):
        return "text"
    if looks_like_json(head):
        return "feed"
    preamble = _PREAMBLE.match(head)
    root = _ROOT.match(head, preamble.end() if preamble else 0)
    name = root["name"].lower() if root else ""
    if name in _FEED_ROOTS or (_FEED_TAG.search(head) and name != "html"):
        return "feed"
    if name == "opml":
        raise ParseError("this is a list of feeds (OPML), not a feed: import it")
    if name == "html" or suffix in _PAGE_SUFFIXES or _is_stated(content_type, "html") or _PAGE_TAG.search(head):
        return "page"
    if head.startswith("<?xml") or _is_stated(content_type, "xml"):
        return "feed"
    return "text"


def _is_stated(content_type: str | None, part: str) -> bool:
    return part in (content_type or "").split(";")[0].lower()


def _refuse_binary(body: bytes) -> None:
    for magic, name in _BINARY.items():
        if body.startswith(magic):
            raise ParseError(f"this is {name}, not a feed, a page or a text")
    head = body[:_HEAD]
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) or head.count(0) >= len(head) // 3
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if (wide and not _reads_as_utf16(head)) or (not wide and controls > len(head) // 20):
        raise ParseError("this is a binary file, not a feed, a page or a text")


def _reads_as_utf16(head: bytes) -> bool:
    text = decoded(head[: len(head) // 4 * 4])
    return sum(character.isprintable() or character.isspace() for character in text) > 0.9 * len(text) > 0


def _unpacked(body: bytes) -> bytes:
    """Bytes that somebody packed with gzip without saying so."""
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(body, _LARGEST_UNPACKED)
    except zlib.error as error:
        raise ParseError(f"the gzip data is broken: {error}") from error
    if unpacker.unconsumed_tail:
        raise ParseError(f"unpacked it is larger than {_LARGEST_UNPACKED // 1_000_000} MB")
    return body


def _recoded(body: bytes, content_type: str | None) -> bytes:
    """A page's bytes in UTF-8 where its header, which the page's reader does not see, says what they are in."""
    if "charset" not in (content_type or "").lower():
        return body
    return decoded(body, content_type).encode("utf-8", "replace")


def _addressed(article: Article, url: str) -> Article:
    return replace(article, url=url) if article.url is None and "://" in url else article
