"""A page -> the feeds that it names. Looks at link tags only; fetches nothing."""

from __future__ import annotations

from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

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


def feeds_of(html: bytes, url: str) -> tuple[str, ...]:
    """The http(s) addresses of the feeds that a page links to as its alternates, in its order, comment feeds last."""
    if b"alternate" not in html[:_HEAD].lower():
        return ()
    tree = LexborHTMLParser(decoded(html[:_HEAD]))
    base_tag = tree.css_first("base[href]")
    base = _joined(url, base_tag.attributes.get("href") if base_tag else None) or url
    found: dict[str, bool] = {}
    for link in tree.css("link[rel][href]"):
        rels = (link.attributes.get("rel") or "").lower().split()
        kind = (link.attributes.get("type") or "").split(";")[0].strip().lower()
        address = _joined(base, link.attributes.get("href"))
        if "alternate" in rels and kind in _FEED_TYPES and address is not None:
            found.setdefault(address, "comment" in f"{address} {link.attributes.get('title') or ''}".lower())
    return tuple(sorted(found, key=lambda address: found[address]))[:_MOST]


def _joined(base: str, reference: str | None) -> str | None:
    try:
        address = urljoin(base if "://" in base else "", (reference or "").strip())
    except ValueError:
        return None
    return address if reference and address.lower().startswith(("http://", "https://")) else None
