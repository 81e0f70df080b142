"""A site -> the feeds that it may have: those that its page names, and those where other sites have theirs. Fetches
nothing. What platforms have where: `places.py`.

It runs in the bot's own process, where a hostile page must not hold up anything else: the tags are found by patterns
that never look at a character twice, because a parser of pages may take half a minute over tags nested deeply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from bot.sources.decoding import decoded
from bot.sources.places import feeds_at

_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
    }
)
_HEAD = 500_000  # bytes of a page in which its links are looked for
_MOST = 20
_USUAL = ("feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json")
_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|<(?P<skipped>script|style|template)\b.*?(?:</(?P=skipped)|\Z)
    |<(?P<tag>link|base)\b(?P<attributes>(?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++))""")


def looks_like_page(body: bytes) -> bool:
    """Whether these bytes begin as a page does; a text, a picture or a broken feed names no feeds."""
    return re.search(rb"<(?:!doctype html|html|head|body|title|meta|link)[\s>]", body[:4096], re.IGNORECASE) is not None


def feeds_of(html: bytes, url: str) -> tuple[str, ...]:
    """The http(s) addresses of the feeds that a page links to as its alternates, in its order, comment feeds last; else
    those that its platform has for the address that the page calls its own."""
    head = html[:_HEAD].lower()
    if not any(relation in head for relation in (b"alternate", b"feed", b"canonical")):
        return ()
    tags = [*_tags_of(decoded(html[:_HEAD]))]
    bases = (attributes.get("href") for tag, attributes in tags if tag == "base")
    base = _joined(url, next(filter(None, bases), None)) or url
    found: dict[str, bool] = {}
    own: tuple[str, ...] = ()
    for _, link in tags:
        kind = link.get("type", "").split(";")[0].strip().lower()
        address = _joined(base, link.get("href"))
        if address is None:
            continue
        relations = link.get("rel", "").lower().split()
        told = kind in _FEED_TYPES or (kind == "application/json" and "feed" in address)  # as JSON Feed 1.0 had it
        if "feed" in relations or ("alternate" in relations and told):
            found.setdefault(address, "comment" in f"{address} {link.get('title', '')}".lower())
        elif "canonical" in relations:
            own = own or feeds_at(address)
    return tuple(sorted(found, key=lambda address: found[address]))[:_MOST] or own


def usual_feeds_of(url: str) -> tuple[str, ...]:
    """Where sites that name no feed often have one: below the address, and at the top of its host."""
    parts = urlsplit(url)
    folder = parts.path.rpartition("/")[0] if "." in parts.path.rpartition("/")[2] else parts.path.rstrip("/")
    below = [f"{folder}/{name}" for name in _USUAL[:4]] if folder else []
    return tuple(urljoin(url, path) for path in [*below, *(f"/{name}" for name in _USUAL)])


def _tags_of(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The link and base tags outside comments and scripts, by name, with their attributes."""
    for tag in _TAG.finditer(page):
        if tag["tag"]:
            stated = _ATTRIBUTE.findall(tag["attributes"])
            yield tag["tag"].lower(), {name.lower(): unescape("".join(value)) for name, *value in reversed(stated)}


def _joined(base: str, reference: str | None) -> str | None:
    try:
        address = urljoin(base if "://" in base else "", (reference or "").strip().removeprefix("feed:"))
    except ValueError:
        return None
    return address if reference and address.lower().startswith(("http://", "https://")) else None
