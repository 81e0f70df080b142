"""JSON Feed 1.0 and 1.1 -> ParsedFeed. The other feed formats live in `feed.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urljoin

from bot.errors import ParseError
from bot.model import Article, ParsedFeed
from bot.sources.assembly import article_of
from bot.sources.dates import when_of
from bot.sources.markdown import blocks_of
from bot.sources.markup import fragment_blocks, fragment_text
from bot.text.harmless import harmless_line, visible_text

MOST_ENTRIES = 10_000  # of any feed that are read; more is no feed but a flood
_Object = Mapping[str, object]
_ITEMS = re.compile(r'"items"\s*:\s*\[\s*')
_NEXT = re.compile(r"[\s,]*")


def looks_like_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def feed_of_json(text: str, url: str) -> ParsedFeed:
    """The feed in a JSON text; links are resolved against `url`. Raises ParseError where it is no JSON Feed."""
    text = text.lstrip("\ufeff")
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        feed = _whole_part_of(text)
        if not feed["items"]:
            raise ParseError(f"the JSON is broken: {error}"[:200]) from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("this is JSON, but no JSON Feed: it has no items")
    home = _address(feed.get("home_page_url"), url)
    by = _author(feed)
    language = _line(feed.get("language"))
    return ParsedFeed(
        title=_line(feed.get("title")) or home or url,
        url=home,
        language=language,
        articles=tuple(
            _article(item, url, by=by, language=language)
            for item in feed["items"][:MOST_ENTRIES]
            if isinstance(item, dict)
        ),
    )


def _whole_part_of(text: str) -> dict[str, object]:
    """What stands before the items of a feed that is cut off or broken, and the items that are whole."""
    items: list[object] = []
    found = _ITEMS.search(text)
    if found is None:
        return {"items": items}
    decoder, at = json.JSONDecoder(strict=False), found.end()
    feed: dict[str, object] = {}
    with suppress(ValueError, RecursionError):
        feed = json.loads(text[: found.start()].rstrip().rstrip(",") + "}", strict=False)
    with suppress(ValueError, RecursionError):
        while len(items) < MOST_ENTRIES:
            item, at = decoder.raw_decode(text, at)
            items.append(item)
            at = _NEXT.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing at least
    return {**feed, "items": items}


def _article(item: _Object, base: str, *, by: str | None, language: str | None) -> Article:
    markup, plain = item.get("content_html"), item.get("content_text")
    blocks = fragment_blocks(markup) if isinstance(markup, str) and markup else []
    if not blocks:
        blocks = blocks_of(visible_text(str(plain or item.get("summary") or "")))
    tags = item.get("tags")
    return article_of(
        Article(
            title=_line(item.get("title")) or "",
            url=_address(item.get("url") or item.get("external_url"), base)
            or _address(item.get("id"), "")
            or _heard(item, base),
            author=_author(item) or by,
            published=when_of(_line(item.get("date_published")) or _line(item.get("date_modified"))),
            category=_line(tags[0]) if isinstance(tags, list) and tags else None,
            language=_line(item.get("language")) or language,
            summary=_line(item.get("summary")),
            guid=harmless_line(str(item.get("id") or "")) or None,
        ),
        blocks,
    )


def _heard(item: _Object, base: str) -> str | None:
    """Of an episode without a page, what is to be heard."""
    attached = item.get("attachments")
    files = attached if isinstance(attached, list) else []
    return next((_address(file.get("url"), base) for file in files if isinstance(file, dict)), None)


def _author(part: _Object) -> str | None:
    authors = part.get("authors") or [part.get("author")]
    people = authors if isinstance(authors, list) else []
    names = (_line(one.get("name")) for one in people if isinstance(one, dict))
    return ", ".join(filter(None, names)) or None


def _line(value: object) -> str | None:
    return harmless_line(fragment_text(value)) or None if isinstance(value, str) else None


def _address(value: object, base: str) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        address = urljoin(base, value.strip())
    except ValueError:
        return None
    return address if address.isprintable() and address.lower().startswith(("http://", "https://")) else None
