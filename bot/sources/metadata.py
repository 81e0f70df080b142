"""What a page says of its article: JSON-LD, Open Graph and meta tags, its marked headings and bylines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from bot.model import Rating, When
from bot.sources.byline import byline_of
from bot.sources.dates import when_of
from bot.sources.headline import headline_of
from bot.sources.stated import json_ld_of
from bot.text.harmless import harmless_line

_ARTICLE = re.compile(r"(?:https?://schema\.org/)?(?:\w*Article|\w*Posting|Report|\w*Review)$")
_TITLES = ("dc:title", "dc.title", "og:title", "twitter:title", "parsely-title", "sailthru.title", "title")
_AUTHORS = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl", "twitter:creator")
_TIMES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date",
    "pubdate",
    "publish-date",
    "date",
)
_SECTIONS = ("article:section", "parsely-section", "category", "section")
_IMAGES = ("og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SUMMARIES = ("og:description", "description", "twitter:description", "dc.description")
# No name: an address, a mail, an account, the program that made the page.
_NOBODY = re.compile(
    r"://|^@|^[\w.-]+\.[a-z]{2,6}/|^\S+(?:@|\[at\])\S+$|^(?:admin\w*|wordpress|webmaster|root|user|guest|staff|editors?|author|null|undefined)$",
    re.IGNORECASE,
)
_NO_PICTURE = re.compile(  # but room for one, or a counter of readers
    r"/(?:blank|spacer|pixel|transparent|placeholder|favicon|1x1)(?:[_-]?[\dx]+)?\.\w{3,4}(?:\?|$)"
    r"|//(?:\w+\.)*(?:scorecardresearch|doubleclick)\.",
    re.IGNORECASE,
)
_SCALE = 5.0  # of a JSON-LD rating that does not say
_DEEPEST = 6
_MOST_AUTHORS = 6
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page states of its article; None where it does not."""

    title: str | None = None
    author: str | None = None
    published: When | None = None
    language: str | None = None
    canonical: str | None = None
    category: str | None = None
    summary: str | None = None
    rating: Rating | None = None
    site: str | None = None
    image: str | None = None
    free: bool | None = None  # whether all may read it


def head_of(tree: HtmlElement, url: str) -> Head:
    """What the page's head says. `url` is where the page was had; a canonical link off its site is not believed."""
    metas = _metas(tree)
    data = _article_data(tree)
    stated = (_text(data.get("headline")), *(metas.get(key) for key in _TITLES))
    return Head(
        title=headline_of(tree, [*filter(None, stated)], metas.get("og:site_name"), url),
        author=_names(data.get("author")) or _person(metas) or byline_of(tree),
        published=when_of(_text(data.get("datePublished"))) or _time(metas, tree),
        language=_language(tree, metas, data),
        canonical=_canonical(tree, metas, url),
        category=_category(_text(data.get("articleSection")) or _first(metas, _SECTIONS)),
        summary=_text(data.get("description")) or _first(metas, _SUMMARIES),
        rating=_rating(data.get("reviewRating")) or _rating(data.get("aggregateRating")),
        site=metas.get("og:site_name") or _names(data.get("publisher")) or metas.get("application-name"),
        image=_image(data.get("image"), metas, url),
        free=_is_free(data.get("isAccessibleForFree"), metas),
    )


def _metas(tree: HtmlElement) -> Mapping[str, str]:
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = harmless_line(meta.get("content") or "")
        names = meta.get("property"), meta.get("name"), meta.get("itemprop"), meta.get("http-equiv")
        for name in " ".join(filter(None, names)).lower().split():
            if content:
                metas.setdefault(name, content)
    return metas


def _article_data(tree: HtmlElement) -> Mapping[str, object]:
    """The JSON-LD of the page's article; empty where there is none that can be read."""
    for data in json_ld_of(tree):
        nodes = [*_nodes(data, 0)]
        for node in nodes:
            kinds = node.get("@type")
            if any(_ARTICLE.match(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])):
                return {**node, "author": _referred(node.get("author"), nodes)}
    return {}


def _referred(value: object, nodes: Sequence[Mapping[str, object]]) -> object:
    """What a value says, or the node beside it that it only names."""
    name = value.get("@id") if isinstance(value, dict) and "name" not in value else None
    return next((node for node in nodes if name and node.get("@id") == name and "name" in node), value)


def _nodes(data: object, depth: int) -> Iterator[Mapping[str, object]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for one in data:
            yield from _nodes(one, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(data.get(key), depth + 1)


def _category(stated: str | None) -> str | None:
    """The first of the categories; none where it is a template that nobody filled in."""
    first = (stated or "").split(",")[0].strip()
    return first if first and not re.search(r"[{}<>$]", first) else None


def _text(value: object) -> str | None:
    value = value[0] if isinstance(value, list) and value else value
    return harmless_line(unescape(value)) or None if isinstance(value, str) else None  # often escaped once too often


def _names(value: object) -> str | None:
    people = value if isinstance(value, list) else [value]
    names = [_text(one.get("name") if isinstance(one, dict) else one) for one in people[:_MOST_AUTHORS]]
    return ", ".join(name for name in names if name and not _NOBODY.search(name)) or None


def _person(metas: Mapping[str, str]) -> str | None:
    names = (metas[key] for key in _AUTHORS if key in metas)
    name = next((name for name in names if not _NOBODY.search(name)), None)
    return re.sub(r"^by\s+", "", name, flags=re.IGNORECASE) if name else None


def _first(metas: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((metas[key] for key in keys if key in metas), None)


def _time(metas: Mapping[str, str], tree: HtmlElement) -> When | None:
    stated = (when_of(metas[key]) for key in _TIMES if key in metas)
    marked = (
        when_of(time.get("datetime"))
        for time in tree.iter("time")
        if time.get("itemprop") == "datePublished" or "pubdate" in time.attrib
    )
    return next((when for when in (*stated, *marked) if when is not None), None)


def _language(tree: HtmlElement, metas: Mapping[str, str], data: Mapping[str, object]) -> str | None:
    stated = (tree.get("lang"), _text(data.get("inLanguage")), metas.get("content-language"), metas.get("og:locale"))
    for one in stated:
        match = _LANGUAGE.fullmatch((one or "").split(",")[0].strip())
        if match is not None:
            return match[0].replace("_", "-")
    return None


def _canonical(tree: HtmlElement, metas: Mapping[str, str], url: str) -> str | None:
    links = (link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    for stated in (*links, metas.get("og:url")):
        try:
            address = urljoin(url if "://" in url else "", (stated or "").strip())
            parts = urlsplit(address)
        except ValueError:
            continue
        front = not parts.path.strip("/") and not parts.query and "://" in url and urlsplit(url).path.strip("/")
        if (
            stated
            and parts.scheme in ("http", "https")
            and parts.hostname
            and _same_site(parts.hostname, url)
            and not front
        ):
            return address
    return None


def _image(stated: object, metas: Mapping[str, str], url: str) -> str | None:
    """The address of the article's picture."""
    stated = stated[0] if isinstance(stated, list) and stated else stated
    told = _text(stated.get("url") if isinstance(stated, dict) else stated)
    for one in (told, *(metas.get(key) for key in _IMAGES)):
        try:
            address = urljoin(url if "://" in url else "", one or "")
        except ValueError:
            continue
        if one and address.startswith(("http://", "https://")) and not _NO_PICTURE.search(address):
            return address
    return None


def _is_free(stated: object, metas: Mapping[str, str]) -> bool | None:
    """https://schema.org/isAccessibleForFree, else Facebook's content tier."""
    told = str(stated).lower() if stated is not None else metas.get("article:content_tier", "").lower()
    return {"true": True, "free": True, "false": False, "locked": False}.get(told)


def _same_site(host: str, url: str) -> bool:
    """Whether a host is of the site of that address; a file has no site and believes its own word."""
    home = urlsplit(url).hostname if "://" in url else None
    return home is None or host.lower().split(".")[-2:] == home.lower().split(".")[-2:]


def _rating(value: object) -> Rating | None:
    if not isinstance(value, dict):
        return None
    try:
        stated = (value["ratingValue"], value.get("bestRating") or _SCALE)
        points, scale = (float(str(one).replace(",", ".")) for one in stated)
    except (KeyError, TypeError, ValueError):
        return None
    return Rating(points, scale) if scale > 0 and 0 <= points <= scale else None
