"""A feed's bytes -> ParsedFeed: RSS, RDF and Atom by feedparser, JSON Feed by `jsonfeed.py`. Fetches nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from bot.errors import ParseError
from bot.model import Article, ParsedFeed, When
from bot.sources.assembly import article_of
from bot.sources.dates import plausible, when_of
from bot.sources.decoding import decoded, paired
from bot.sources.elements import is_swollen
from bot.sources.jsonfeed import MOST_ENTRIES, feed_of_json, looks_like_json
from bot.sources.markup import fragment_blocks, fragment_text
from bot.sources.plainfeed import PLAIN_ADDRESS, plain_feed
from bot.sources.spelled import spelled_when
from bot.text.harmless import harmless_line

_Parsed = Mapping[str, Any]  # the JSON edge of feedparser: dictionaries of whatever the feed held

_MOST_PARTS = 1_000  # of an entry
_MOST_MARKS = 200_000  # of broken XML, for each of which feedparser takes microseconds
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*>")
_PROLOGUE = 100_000  # characters in which a document type can be declared
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[(?P<subset>.*?)\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+(?P<parameter>%)?\s*(?P<name>[^\s%]+)\s+(?P<value>.*?)>", re.DOTALL | re.IGNORECASE)
_HARMLESS_VALUE = re.compile(r"""(?:"(?:&#\w{1,8};|[^"&%]){0,24}"|'(?:&#\w{1,8};|[^'&%]){0,24}')\s*""")
_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|rdf|feed|channel)\s*(?:>\s*(?:<!--.*?-->\s*)*)?\Z", re.DOTALL | re.IGNORECASE)
# Times that say one thing only: ISO 8601, Unix's, and RFC 2822 with a zone that everybody knows.
_CLEAR = re.compile(
    r"\s*(?:\d{4}-\d{2}-\d{2}|\d{8}T\d{4}|\d{10,13}\s*$"
    r"|\w{3}, \d{1,2} \w{3} (?:19|20)\d{2} \d{2}:\d{2}:\d{2} (?:GMT|[+-]\d{4})\s*$)",
    re.ASCII,
)
_LONGEST_AUTHOR = 500  # characters
_MAIL = r"(?:mailto:)?[^\s@()<>]+@[^\s@()<>]+"
_MAIL_AND_NAME = re.compile(rf"{_MAIL}\s*\((?P<name>(?:[^()@]|\([^()@]*\))+)\)")
_MAIL_IN_BRACKETS = re.compile(rf"\s*(?:\({_MAIL}\)|<{_MAIL}>)")
_HINTS = {"ttl": "ttl", "sy_updateperiod": "period", "sy_updatefrequency": "frequency"}


def parse(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
    """The feed in these bytes; `url` is where they were had, against which links are resolved. Raises ParseError."""
    found = outline(body, url, content_type)
    return replace(found, articles=tuple(map(unfolded, found.articles)))


def outline(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
    """The same in a fraction of the time: articles that say without it what they are have their markup unread."""
    body = paired(body)
    plain = plain_feed(body, url, content_type)
    if plain is None:
        text = decoded(body[:_PROLOGUE], content_type).lstrip()
        if not text:
            raise ParseError("the feed is empty")
        if looks_like_json(text):
            return feed_of_json(decoded(body, content_type), url)
        _refuse_entities(text)
    feed, entries = plain or _parsed(body, url, content_type)
    base = _link(feed, url)
    by, language = _author(feed), harmless_line(str(feed.get("language") or "")) or None
    return ParsedFeed(
        title=_title(feed) or base or url,
        url=base,
        language=language,
        articles=tuple(_article(entry, base or url, by=by, language=language) for entry in entries[:MOST_ENTRIES]),
        hints={ours: str(feed[theirs]) for theirs, ours in _HINTS.items() if feed.get(theirs)},
    )


def unfolded(article: Article) -> Article:
    """The article with the text of its markup, and with what that tells where it does not state it itself."""
    if article.markup is None:
        return article
    return article_of(replace(article, markup=None), fragment_blocks(article.markup))


def _parsed(body: bytes, url: str, content_type: str | None) -> tuple[_Parsed, Sequence[_Parsed]]:
    """What feedparser makes of the bytes. It gets bytes only: of a string it may think that it is an address."""
    import feedparser

    text = _DECLARATION.sub("", decoded(body, content_type), count=1)
    body = text.encode("utf-8", "replace")
    _refuse_floods(text, body)
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    try:
        result = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # a library over hostile input: whatever it raises, the feed is one it cannot read
        raise ParseError(f"the feed cannot be read ({type(error).__name__})") from error
    feed, entries = result.get("feed", {}), result.get("entries", [])
    if not result.get("version") and not entries:
        raise ParseError("this is no feed: neither RSS, RDF, Atom nor JSON Feed")
    broken = result.get("bozo_exception")
    if not entries and type(broken).__name__ == "SAXParseException" and not _CLOSED.search(body):
        raise ParseError(f"the feed is broken XML and no entry can be read: {harmless_line(str(broken))[:200]}")
    return feed, entries


def _refuse_floods(text: str, body: bytes) -> None:
    """Refuses what feedparser would take seconds over: elements in elements without end, an entry or a tag of more
    parts than anybody writes, broken XML of little but marks."""
    if is_swollen(text):
        raise ParseError("a tag of the feed has more attributes than can be")
    try:
        tree = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        if "Excessive depth" in str(error):  # libxml2's words
            raise ParseError("the feed has more than 256 elements in each other") from error
        if text.count("<") + text.count("&") > _MOST_MARKS:
            raise ParseError(f"the feed is broken XML of more than {_MOST_MARKS:,} tags and references") from error
    except ValueError:
        return
    else:
        if any(len(entry) > _MOST_PARTS for entry in tree.iter("{*}item", "{*}entry")):
            raise ParseError(f"an entry of the feed has more than {_MOST_PARTS:,} parts")


def _refuse_entities(text: str) -> None:
    """Refuses a document type that defines more than short names for signs: bombs, and files of this machine."""
    doctype = _DOCTYPE.search(text)
    begin = text.lower().find("<!doctype")
    if doctype is None and begin >= 0 and "<!entity" in text[begin:].lower():
        raise ParseError("the feed's document type cannot be read")
    subset = (doctype["subset"] or "") if doctype else ""
    declared = text[begin : doctype.end()] if doctype else ""
    entities = [*_ENTITY.finditer(declared)]
    harmless = [one for one in entities if not one["parameter"] and _HARMLESS_VALUE.fullmatch(one["value"])]
    if len(harmless) < max(len(entities), declared.lower().count("<!entity")) or "%" in subset:
        raise ParseError("the feed defines XML entities, which digestbot does not expand")


def _article(entry: _Parsed, base: str, *, by: str | None, language: str | None) -> Article:
    """`by` and `language` are the feed's, where the entry does not say its own."""
    contents = [_markup(content) for content in entry.get("content", ())]
    summary = _markup(entry.get("summary_detail") or {"value": entry.get("summary", "")})
    told = max([*contents, summary], key=len)
    article = Article(
        title=_title(entry),
        url=_link(entry, base),
        author=_author(entry) or by,
        published=_when(entry, "published") or _when(entry, "updated") or _when(entry, "created"),
        category=_category(entry),
        language=_language(entry) or language,
        summary=harmless_line(fragment_text(summary)) or None,
        guid=harmless_line(str(entry.get("id") or "")) or None,
        markup=told if told.isascii() else told.encode("utf-8", "replace").decode(),  # half letters cannot be kept
    )
    # Its identity and its age have to be known at once.
    return article if article.title and article.url and article.published else unfolded(article)


def _markup(detail: _Parsed) -> str:
    """The HTML of a text construct."""
    value = str(detail.get("value") or "")
    plain = detail.get("type") == "text/plain" or ("<" not in value and "\n" in value.strip())
    return _escaped(value) if plain else value


def _escaped(text: str) -> str:
    from html import escape, unescape

    return escape(unescape(text), quote=False).replace("\n", "<br>")


def _title(part: _Parsed) -> str:
    value = str(part.get("title") or "")
    plain = (part.get("title_detail") or {}).get("type") == "text/plain"
    return harmless_line(value if plain else fragment_text(value))


def _link(part: _Parsed, base: str) -> str | None:
    """The http(s) address of the feed's site or the entry's page; of an episode without one, what is to be heard."""
    base = (part.get("title_detail") or {}).get("base") or base
    enclosed = (enclosure.get("href") for enclosure in part.get("enclosures") or ())
    for stated in (part.get("link"), part.get("id"), *enclosed):
        try:
            plain = isinstance(stated, str) and PLAIN_ADDRESS.fullmatch(stated)
            address = stated if plain else urljoin(base, str(stated or "").strip())
        except ValueError:
            continue
        if (
            stated
            and address.isprintable()
            and address.lower().startswith(("http://", "https://"))
            and (stated != part.get("id") or "://" in stated)
        ):
            return address
    return None


def _author(part: _Parsed) -> str | None:
    """The name of a person, or else the mail; feedparser parts mails whose domain ends in more than four letters."""
    name = str(part.get("author") or "")[:_LONGEST_AUTHOR]
    if "@" in name:
        name = _MAIL_AND_NAME.sub(r"\g<name>", _MAIL_IN_BRACKETS.sub("", name)).strip().removeprefix("mailto:")
    else:
        name = str((part.get("author_detail") or {}).get("name") or name)
    name = harmless_line(fragment_text(name))
    return name if name and "://" not in name else None


def _category(entry: _Parsed) -> str | None:
    terms = (harmless_line(str(tag.get("label") or tag.get("term") or "")) for tag in entry.get("tags") or ())
    return next(filter(None, terms), None)


def _language(entry: _Parsed) -> str | None:
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}, entry, entry.get("title_detail") or {}]
    return next((harmless_line(detail["language"]) for detail in details if detail.get("language")), None)


def _when(entry: _Parsed, name: str) -> When | None:
    """A time that the entry states itself: a bare date stays one, fractions of seconds are kept."""
    if not isinstance(entry, dict):
        return None
    raw, told = dict.get(entry, name), dict.get(entry, f"{name}_parsed")  # feedparser's own `get` takes one for another
    if not isinstance(raw, str):
        return _instant(told)
    stated = when_of(raw) if _CLEAR.match(raw) else plausible(spelled_when(raw[:64]))
    return stated or _instant(told or _read_time(raw)) or when_of(raw)


def _read_time(stated: str) -> object:
    """Any of the many forms that feedparser knows."""
    from feedparser.datetimes import _parse_date

    return _parse_date(stated)


def _instant(told: object) -> When | None:
    if not isinstance(told, struct_time):
        return None
    try:
        return plausible(datetime(*told[:6], tzinfo=UTC))
    except (ValueError, TypeError):
        return None
