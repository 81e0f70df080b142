"""The headline of a page: what its head states, its title tag and its headings, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from bot.text.harmless import harmless_line
from bot.text.words import folded

_PARTING = re.compile(r"\s+(?:[|–—·•»«›‹>~/-]|::|\|\|)\s+|\s*[|»«]\s*|\s+::\s*")
_HOME = re.compile(r"(?:(?:https?:)?//[^/?#]+)?/?(?:index\.\w+)?")
_MOST_HEADINGS = 60  # that are looked at, from the top
_LONGEST = 300  # characters of a headline
_SHARED = 1 / 3  # of the words of the shorter of two headlines that say the same
_WITHIN = 0.6  # of a stated headline that a heading must be to stand for it
_WITHIN_TAG = 0.25  # of a title tag, which names the site and more
_SHORTEST_SLUG = 8  # letters
_MARKS = frozenset({"entry-title", "post-title", "p-name", "headline"})
_SITE_WORDS = 5  # that a site's name may have


def headline_of(tree: HtmlElement, stated: Sequence[str], site: str | None, url: str) -> str | None:
    """The headline; None where there is none. `stated`: by the head, the surest first; `site`: the name of the site.

    What readers see stands above what machines are told: a heading that says the same as the head is the headline.
    Where none does and the head has but a title tag, it is the one that the address is made of, or that of the first
    entry. Of a front page the title tag names the site.
    """
    tag = tree.find(".//title")
    named = harmless_line(str(tag.text_content()))[:_LONGEST] if tag is not None else ""
    path = urlsplit(url).path if "://" in url else url
    front = {_letters(named)} if not path.strip("/") else set()
    sites = front | ({_letters(site)} if site else set())
    told = [one for one in stated if _letters(one) not in sites]
    headings = [one for one in _headings(tree) if _letters(one.text) not in front]
    ways = [way for one in told for way in (_inside(one, headings, _WITHIN), _alike(one, headings))]
    ways += [_inside(named, headings, _WITHIN_TAG)]
    ways += [] if told else [_of_slug(path, headings), _first_entry(headings)]
    heading = next(filter(None, (*ways, _alike(named, headings))), None)
    if heading:
        return heading
    guess = told[0] if told else named
    if not guess:
        first = [one.text for one in headings if one.level == 1] or [one.text for one in headings]
        return first[0] if first else None
    return _without_site(guess, sites, named=not told)


class _Heading(NamedTuple):
    level: int
    text: str
    marked: bool  # as the headline of an entry


def _headings(tree: HtmlElement) -> Iterator[_Heading]:
    """The first headings of a page. One that ends in a colon names what follows it, and nothing else."""
    for number, element in enumerate(tree.iter("h1", "h2", "h3")):
        if number >= _MOST_HEADINGS:
            return
        text = harmless_line(str(element.text_content()))
        if 2 < len(text) <= _LONGEST and not text.endswith((":", "：")) and not _leads_home(element):
            yield _Heading(int(str(element.tag)[1]), text, _is_marked(element))


def _is_marked(heading: HtmlElement) -> bool:
    """By microformats (hAtom, h-entry, rel-bookmark: https://microformats.org/wiki/hentry) or schema.org's."""
    marks = f"{heading.get('class', '')} {heading.get('itemprop', '')}".lower().split()
    return not _MARKS.isdisjoint(marks) or any("bookmark" in link.get("rel", "") for link in heading.iter("a"))


def _leads_home(heading: HtmlElement) -> bool:
    """Whether a heading is the name of the site: it links to its front page."""
    parent = heading.getparent()
    links = [*heading.iter("a"), *([parent] if parent is not None and parent.tag == "a" else [])]
    return any(_HOME.fullmatch(link.get("href", "").strip()) for link in links)


def _inside(claim: str, headings: Sequence[_Heading], share: float) -> str | None:
    """The longest heading that is this share of the claim's letters."""
    letters = _letters(claim)
    inside = [
        text for _, text, _ in headings if share * len(letters) <= len(_letters(text)) and _letters(text) in letters
    ]
    return max(inside, key=len, default=None)


def _alike(claim: str, headings: Sequence[_Heading]) -> str | None:
    """The only heading of the first rank, where it says in other words what the claim says."""
    first = list(dict.fromkeys(one.text for one in headings if one.level == 1))
    alike = len(first) == 1 and _letters(claim) not in _letters(first[0]) and _say_the_same(first[0], claim)
    return first[0] if alike else None


def _of_slug(path: str, headings: Sequence[_Heading]) -> str | None:
    """The heading that the last part of the address is made of."""
    slug = unquote(path.rstrip("/").rpartition("/")[2]).rpartition(".")
    letters = _letters(slug[0] or slug[2])
    first = [one for one in headings if one.level == 1]
    return _inside(letters, first, _WITHIN) if len(letters) >= _SHORTEST_SLUG else None


def _first_entry(headings: Sequence[_Heading]) -> str | None:
    """The first headline of several: of such pages the first entry is the article."""
    entries = [one.text for one in headings if one.marked]
    return entries[0] if len(entries) > 1 else None


def _say_the_same(one: str, other: str) -> bool:
    words, others = ({word for word in re.findall(r"\w+", folded(text)) if len(word) > 3} for text in (one, other))
    return bool(words) and len(words & others) > max(1, _SHARED * min(len(words), len(others)))


def _without_site(title: str, sites: set[str], *, named: bool) -> str:
    """The title without the name of the site; of a title tag (`named`) a last short part is taken for one."""
    parts = [part for part in _PARTING.split(title) if part.strip()]
    kept = [part for part in parts if _letters(part) not in sites]
    if (
        named
        and len(kept) == len(parts) > 1
        and len(parts[-1].split()) <= _SITE_WORDS
        and len(parts[-1]) < len(title) / 2
    ):
        kept = parts[:-1]
    if not kept or len(kept) == len(parts):
        return title
    end = title.rindex(kept[-1]) + len(kept[-1])
    return title[title.index(kept[0]) : end].strip() or title


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, folded(text)))
