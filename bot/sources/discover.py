"""A page -> the feeds that it names. Looks at link tags only; fetches nothing.

It runs in the bot's own process, where a hostile page must not hold up anything else: the tags are found by patterns
that never look at a character twice, because a parser of pages may take half a minute over tags nested deeply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

from bot.sources.decoding import decoded

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
_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|<(?P<skipped>script|style|template)\b.*?(?:</(?P=skipped)|\Z)
    |<(?P<tag>link|base)\b(?P<attributes>(?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++))""")


def feeds_of(html: bytes, url: str) -> tuple[str, ...]:
    """The http(s) addresses of the feeds that a page links to as its alternates, in its order, comment feeds last."""
    if b"alternate" not in html[:_HEAD].lower():
        return ()
    tags = [*_tags_of(decoded(html[:_HEAD]))]
    bases = (attributes.get("href") for tag, attributes in tags if tag == "base")
    base = _joined(url, next(filter(None, bases), None)) or url
    found: dict[str, bool] = {}
    for _, link in tags:
        kind = link.get("type", "").split(";")[0].strip().lower()
        address = _joined(base, link.get("href"))
        if "alternate" in link.get("rel", "").lower().split() and kind in _FEED_TYPES and address is not None:
            found.setdefault(address, "comment" in f"{address} {link.get('title', '')}".lower())
    return tuple(sorted(found, key=lambda address: found[address]))[:_MOST]


def _tags_of(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The link and base tags outside comments and scripts, by name, with their attributes."""
    for tag in _TAG.finditer(page):
        if tag["tag"]:
            stated = _ATTRIBUTE.findall(tag["attributes"])
            yield tag["tag"].lower(), {name.lower(): unescape("".join(value)) for name, *value in reversed(stated)}


def _joined(base: str, reference: str | None) -> str | None:
    try:
        address = urljoin(base if "://" in base else "", (reference or "").strip())
    except ValueError:
        return None
    return address if reference and address.lower().startswith(("http://", "https://")) else None
