"""A plain feed's bytes -> what feedparser makes of them, in a fraction of its time; None where that is in doubt.

Plain is well-formed RSS or Atom 1.0 in UTF-8, each entry with at most one of everything, markup only in escaped form.
Whatever feedparser knows and this file does not, or a thing said in an odd way, is a doubt. Results are as feedparser's
(https://feedparser.readthedocs.io/en/latest/reference.html), with the keys alone that `feed.py` looks at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from lxml import etree

from bot.sources.decoding import charset_of
from bot.sources.jsonfeed import MOST_ENTRIES

_Part = dict[str, Any]
_ATOM = "{http://www.w3.org/2005/Atom}"
_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["'](?!utf-?8["'])""", re.IGNORECASE)
_XML = "{http://www.w3.org/XML/1998/namespace}"
_OF_A_LINK = ("href", "rel", "type", "title", "hreflang", "length")
_UTF8 = frozenset({None, "utf-8", "utf8"})
# An absolute address that stays as it is when it is resolved.
PLAIN_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?/(?:[\w%+~=?&,@:-]+[\w./%+~=?&,@:-]*)?", re.ASCII)
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_TEXT_TYPES = {None: "text/plain", "text": "text/plain", "text/plain": "text/plain"}
_TEXT_TYPES |= {"html": "text/html", "text/html": "text/html"}
_HTML = ("text/html", "html", "application/xhtml+xml", "xhtml")

# feedparser's name of an element -> what is made of it here. What stands in none of these is a doubt.
_TEXTS = {"title": "title", "description": "summary", "summary": "summary", "itunes_summary": "summary"}
_BODIES = {"content_encoded", "content"}
_TIMES = {"pubdate": "published", "published": "published", "dc_date": "updated", "updated": "updated"}
_AUTHORS = {"author", "dc_creator", "itunes_author", "managingeditor"}
_TAGS = {"category", "dc_subject"}
_USELESS = """
comments rights copyright generator icon logo source media_content media_thumbnail media_credit media_rating
media_player creativecommons_license cc_license itunes_explicit itunes_block itunes_subtitle
"""
_USELESS_IN_FEEDS = """
description subtitle category dc_subject pubdate lastbuilddate updated published dc_date webmaster dc_publisher image
cloud skiphours skipdays dc_rights itunes_summary itunes_image itunes_owner itunes_category itunes_keywords
feedburner_browserfriendly
"""
_OF_A_PERSON = frozenset(f"{_ATOM}{name}" for name in ("name", "email", "uri"))
_LOOKED_AT = """
title title_detail link links id enclosures author author_detail authors content summary summary_detail tags language
published published_parsed updated updated_parsed created created_parsed
"""
_OF_NO_USE = frozenset(_USELESS.split())
_OF_NO_USE_IN_FEEDS = _OF_NO_USE | frozenset(_USELESS_IN_FEEDS.split())
_KEYS = frozenset(_LOOKED_AT.split())


class _DoubtError(Exception):
    """Something that this file is not sure to read as feedparser does."""


def plain_feed(body: bytes, url: str, content_type: str | None) -> tuple[_Part, list[_Part]] | None:
    """Feed and entries; None where feedparser has to be asked. `url` is where the bytes were had."""
    if b"<!DOCTYPE" in body or _ENCODING.match(body) or _charset_of(content_type) not in _UTF8:
        return None
    try:
        feed, entries = _Reader(etree.fromstring(body.lstrip(), _parser()), url).read()
    except (etree.XMLSyntaxError, ValueError, _DoubtError):
        return None
    return (feed, entries) if entries else None


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


_charset_of = lru_cache(maxsize=64)(charset_of)  # servers say one of a few things


@lru_cache(maxsize=2048)  # not without end: what tags there are is the feeds' affair
def _name_of(tag: str, prefix: str | None) -> tuple[str, bool]:
    """feedparser's name of an element, and whether it does anything with it but keep its words under that name."""
    from feedparser.mixin import _FeedParserMixin

    known = {uri.lower(): short for uri, short in _FeedParserMixin.namespaces.items()}
    space, _, local = tag.rpartition("}")
    short = known.get(space[1:].lower(), prefix or "") if space else ""
    name = f"{short}_{local}".lower() if short else local.lower()
    return name, any(hasattr(_FeedParserMixin, f"_{end}_{name}") for end in ("start", "end")) or name in _KEYS


class _Reader:
    """Reads one tree."""

    def __init__(self, root: etree._Element, url: str) -> None:
        from feedparser.mixin import _FeedParserMixin
        from feedparser.urls import _urljoin, make_safe_absolute_uri

        self._root = root
        self._atom = root.tag == f"{_ATOM}feed"
        self._base = (make_safe_absolute_uri(url, url) or url) if url else ""
        self._join: Callable[[str, str], str] = _urljoin
        self._looks_like_html: Callable[[str], bool] = _FeedParserMixin.looks_like_html
        self._language = (root.get(f"{_XML}lang") or root.get("lang") or "").replace("_", "-") or None

    def read(self) -> tuple[_Part, list[_Part]]:
        head = self._root
        if "base" in head.attrib or f"{_XML}base" in head.attrib:
            raise _DoubtError
        if not self._atom:
            if self._root.tag != "rss" or [child.tag for child in self._root] != ["channel"]:
                raise _DoubtError
            head = self._root[0]
            _only(head)
        feed: _Part = {"language": self._language} if self._language else {}
        entry = f"{_ATOM}entry" if self._atom else "item"
        entries: list[_Part] = []
        for child in head:
            if child.tag == entry:
                if len(entries) < MOST_ENTRIES:
                    entries.append(self._entry(child))
                continue
            name, special = _name_of(str(child.tag), child.prefix)
            if not special and len(child) == 0:
                if not child.attrib:
                    feed.setdefault(name, _mended(_text(child)))
            elif name in ("language", "dc_language"):
                _put(feed, "language", self._words(child))
            elif name not in _OF_NO_USE_IN_FEEDS:
                self._into(feed, name, child)
        return _settled(feed), entries

    def _entry(self, element: etree._Element) -> _Part:
        _only(element)
        part: _Part = {}
        for child in element:
            name, special = _name_of(str(child.tag), child.prefix)
            if special and name not in _OF_NO_USE:
                self._into(part, name, child)
            elif len(child):
                raise _DoubtError
        return _settled(part)

    def _into(self, part: _Part, name: str, element: etree._Element) -> None:
        """Puts what an element says where feedparser does."""
        if name in _TEXTS:
            detail = self._detail(element, "text/html" if name == "description" else "text/plain")
            _put(part, f"{_TEXTS[name]}_detail", detail)
            part[_TEXTS[name]] = detail["value"]
        elif name in _BODIES:
            _put(part, "content", [self._detail(element, "text/html" if name != "content" else "text/plain")])
        elif name in _TIMES:
            _put(part, _TIMES[name], self._words(element))
        elif name in _AUTHORS:
            self._author(part, element)
        elif name in _TAGS:
            part.setdefault("tags", []).append(self._tag(element))
        elif name == "link":
            self._link(part, element)
        elif name in ("guid", "id"):
            _only(element, "isPermaLink")
            lasting = element.get("isPermaLink", "true") == "true"
            stated = _mended(_text(element).strip())
            _put(part, "id", self._resolved(stated) if lasting else stated)
            part["lasting"] = lasting
        elif name == "media_group":
            for child in element:
                self._of_group(part, child)
        elif name == "enclosure":
            _only(element, "url", "href", "type", "length")
            part.setdefault("enclosures", []).append({"href": element.get("url", element.get("href"))})
        else:
            raise _DoubtError

    def _words(self, element: etree._Element) -> str:
        _only(element)
        return _mended(_text(element).strip())

    def _detail(self, element: etree._Element, kind: str) -> _Part:
        """A text construct."""
        _only(element, "type")
        value = _mended(_text(element).strip())
        if (stated := element.get("type")) is not None:
            if stated.lower() not in _TEXT_TYPES:
                raise _DoubtError
            kind = _TEXT_TYPES[stated.lower()]
        if not self._atom and kind == "text/plain" and ("<" in value or "&" in value) and self._looks_like_html(value):
            kind = "text/html"
        return {"value": value, "type": kind, "language": self._language, "base": self._base}

    def _of_group(self, part: _Part, element: etree._Element) -> None:
        """Of a film and its covers only the description tells something."""
        name, special = _name_of(str(element.tag), element.prefix)
        if name == "media_description":
            self._into(part, "description", element)
        elif (special or len(element)) and name not in _OF_NO_USE and (name != "media_title" or "title" not in part):
            raise _DoubtError

    def _author(self, part: _Part, element: etree._Element) -> None:
        """The name; an Atom writer's mail and page are no part of it."""
        if not len(element):
            _put(part, "author", self._words(element))
            part["author_detail"] = _person(part["author"])
            return
        _only(element)
        told = {child.tag: _text(child).strip() for child in element}
        if (element.text or "").strip() or len(told) < len(element) or not told.keys() <= _OF_A_PERSON:
            raise _DoubtError
        _put(part, "author", _mended(told.get(f"{_ATOM}name", "")))
        if not part["author"]:
            raise _DoubtError

    def _tag(self, element: etree._Element) -> _Part:
        word = _mended(_text(element).strip())
        if not self._atom:
            _only(element, "domain")
        elif word:
            raise _DoubtError
        else:
            _only(element, "term", "label", "scheme")
        return {"term": element.get("term") or word, "label": element.get("label")}

    def _link(self, part: _Part, element: etree._Element) -> None:
        if not element.keys():
            stated = _mended(_text(element).strip())
            _put(part, "told_link", _REFERENCE.sub(r"&\1", self._resolved(stated).replace("&amp;", "&")))
            return
        _only(element, *_OF_A_LINK)
        rel, kind = element.get("rel", "alternate").lower(), element.get("type", "text/html").lower()
        href = element.get("href")
        if href is None or _text(element).strip():
            raise _DoubtError
        if rel == "enclosure":
            part.setdefault("enclosures", []).append({"href": self._resolved(href)})
        elif rel == "alternate" and kind in _HTML:
            if not self._atom:
                raise _DoubtError
            part["link"] = self._resolved(href)

    def _resolved(self, address: str) -> str:
        return address if not address or PLAIN_ADDRESS.fullmatch(address) else self._join(self._base, address)


def _person(stated: str) -> _Part:
    """A name and a mail that stand in one text, as feedparser parts them."""
    if "@" not in stated:
        return {"name": stated}
    from feedparser.mixin import _FeedParserMixin

    person: _Part = {}
    context = {"author": stated, "authors": [person]}
    _FeedParserMixin._sync_author_detail(SimpleNamespace(_get_context=lambda: context))
    return person


def _settled(part: _Part) -> _Part:
    """What follows from other things said: the link from a lasting id, the summary from the body."""
    if "told_link" in part:
        if "link" in part:
            raise _DoubtError
        part["link"] = part.pop("told_link")
    if part.pop("lasting", False):
        part.setdefault("link", part["id"])
    if "content" in part:
        part.setdefault("summary", part["content"][0]["value"])
    return part


def _put(part: _Part, key: str, value: object) -> None:
    """What is said twice is a doubt."""
    if key in part:
        raise _DoubtError
    part[key] = value


def _only(element: etree._Element, *attributes: str) -> None:
    """An attribute that nobody asked for, such as a language of its own, is a doubt."""
    stated = element.keys()
    if stated and not set(stated) <= set(attributes):
        raise _DoubtError


def _text(element: etree._Element) -> str:
    if len(element):
        raise _DoubtError
    return element.text or ""


def _mended(text: str) -> str:
    """feedparser's repair of letters that were encoded twice, or meant as those of Windows."""
    if text.isascii():
        return text
    from feedparser.html import _cp1252

    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_cp1252)
