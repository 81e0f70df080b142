"""The headline of a page: what its head states, its title tag and its headings, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
_SITE_WORDS = 5  # that a site's name may have


def headline_of(tree: HtmlElement, stated: Sequence[str], site: str | None) -> str | None:
    """The headline; None where there is none. `stated`: by the head, the surest first; `site`: the name of the site.

    What readers see stands above what machines are told: a heading that says the same as the head is the headline.
    """
    tag = tree.find(".//title")
    named = harmless_line(str(tag.text_content()))[:_LONGEST] if tag is not None else ""
    sites = {_letters(site)} if site else set()
    told = [one for one in stated if _letters(one) not in sites]
    headings = [*_headings(tree)]
    for claim, share in (*((one, _WITHIN) for one in told), (named, _WITHIN_TAG)):
        heading = _standing_for(claim, headings, share)
        if heading:
            return heading
    guess = told[0] if told else named
    if not guess:
        first = [text for level, text in headings if level == 1] or [text for _, text in headings]
        return first[0] if first else None
    return _without_site(guess, sites, named=not told)


def _headings(tree: HtmlElement) -> Iterator[tuple[int, str]]:
    """Level and words of the first headings."""
    for number, element in enumerate(tree.iter("h1", "h2", "h3")):
        if number >= _MOST_HEADINGS:
            return
        text = harmless_line(str(element.text_content()))
        if 2 < len(text) <= _LONGEST and not _leads_home(element):
            yield int(str(element.tag)[1]), text


def _leads_home(heading: HtmlElement) -> bool:
    """Whether a heading is the name of the site: it links to its front page."""
    parent = heading.getparent()
    links = [*heading.iter("a"), *([parent] if parent is not None and parent.tag == "a" else [])]
    return any(_HOME.fullmatch(link.get("href", "").strip()) for link in links)


def _standing_for(claim: str, headings: Sequence[tuple[int, str]], share: float) -> str | None:
    """The heading that says what the claim says: much of its letters, else the only one of the first rank in words."""
    letters = _letters(claim)
    inside = [text for _, text in headings if _letters(text) in letters and len(_letters(text)) >= share * len(letters)]
    if inside:
        return max(inside, key=len)
    first = list(dict.fromkeys(text for level, text in headings if level == 1))
    alike = len(first) == 1 and letters not in _letters(first[0]) and _say_the_same(first[0], claim)
    return first[0] if alike else None


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
