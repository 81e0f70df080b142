"""Who wrote a page, where only the page itself says it: the elements that are marked as naming an author."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from bot.text.harmless import harmless_line

_TAGS = (
    "a",
    "span",
    "div",
    "p",
    "strong",
    "address",
    "h3",
    "h4",
    "h5",
    "li",
    "cite",
    "author",
    "em",
    "b",
    "td",
    "section",
)
_EXACT = re.compile(
    r"(?:^|\s)(?:(?:post|entry|article|story|meta|byline|p)?[-_]*authors?(?:[-_]*(?:name|link|byline))?|author[-_]?vcard"
    r"|byl|byline|username|submitted-?by|posted-?by|journalist-?name|writer|autor(?:in)?|auteur)(?:\s|$)",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"author|byline|autor\b|journalist|writer|zuozhe|reporter|posted-by|submitted", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"comment|sidebar|related|widget|avatar|bio\b|social|share|follow|footer|recommend", re.IGNORECASE
)
_BY = re.compile(
    r"^\W*(?:(?:written|posted|published|submitted|verfasst|geschrieben|veröffentlicht|text|story|interview|article|artikel"
    r"|erstellt|reported)?\s*(?:by|von|par|por|di|door|av|af|vom)\b"
    r"|(?:author|autor|autorin|auteur|redaktion|text|foto|interview)(?:\s*:|\s+(?=[A-Z])))\s*",
    re.IGNORECASE,
)
_END = re.compile(
    r"\s*(?:[|•·\n\t(\[<>/]|\s[–—-]\s|\d)"
    r"|(?:,\s*|\s+)(?:on|am|le|den|at|in|updated|published|posted|stand|aktualisiert|veröffentlicht|shares?|january|february|march"
    r"|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember)\b"
    r"|,\s*(?:editor|staff|reporter|contributor|redakteur\w*|senior|freelance|dpa|für|for)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"https?:|@|www\.|\.(?:com|de|org|net)\b|^(?:admin\w*|redaktion|editor|staff|author|autor|guest|follow|mehr|more|by|von|about|über|view|all"
    r"|wordpress\w*|anonymous|gast|submitted|posted|published|veröffentlicht)$|\b(?:posts?|articles?|artikel|profile?|follow|subscribe|cookies?)\b",
    re.IGNORECASE,
)
_LONGEST, _SHORTEST, _MOST_WORDS = 60, 2, 6  # characters, characters, words of a name
_SUREST = 4
_MOST_INSIDE = 100  # elements in one that names an author
_MOST_TRIED = 100  # elements; a page with more marked ones is a list of articles or worse


def byline_of(tree: HtmlElement) -> str | None:
    """The name in the element that is most surely a byline, the first of equals; None where none is marked."""
    best: tuple[int, str] | None = None
    tried = 0
    for element in tree.iter(*_TAGS):
        rank = _rank_of(element)
        if rank == 0 or tried == _MOST_TRIED or (best is not None and rank <= best[0]):
            continue
        tried += 1
        name = _name_in(element)
        if name and not _is_elsewhere(element):
            best = rank, name
            if rank == _SUREST:
                break
    return best[1] if best else None


def _rank_of(element: HtmlElement) -> int:
    """How surely an element's marks say that it names the author; 0: they do not."""
    attributes = element.attrib
    if not attributes:
        return _SUREST if element.tag == "author" else 0
    if "author" in attributes.get("rel", "").split() or "author" in attributes.get("itemprop", "").split():
        return _SUREST
    marks = f"{attributes.get('class', '')} {attributes.get('id', '')} {attributes.get('data-testid', '')}"
    if len(marks) > 2:
        if _EXACT.search(marks):
            return 3
        if _LOOSE.search(marks):
            return 2
    return 1 if "/author/" in attributes.get("href", "") else 0


def _is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element stands among comments, teasers and the like."""
    at_the_end = False
    for near in (element, *element.iterancestors()):
        if near.tag in ("article", "main"):
            return False  # a footer in an article is its own
        at_the_end = at_the_end or near.tag in ("footer", "nav", "aside")
        if _ELSEWHERE.search(f"{near.get('class', '')} {near.get('id', '')}") and near.tag not in ("body", "html"):
            return True
    return at_the_end


def _name_in(element: HtmlElement) -> str | None:
    """The name that an element says, without what stands around names in a byline."""
    if len([*islice(element.iter(), _MOST_INSIDE + 1)]) > _MOST_INSIDE:
        return None
    named = element.find(".//*[@itemprop='name']")
    pieces = (element if named is None else named).xpath(".//text()[not(parent::style or parent::script)]")
    text = " ".join(map(str, pieces))[: 4 * _LONGEST]
    text = _BY.sub("", harmless_line(text))
    text = _BY.sub("", text)
    end = _END.search(text, _SHORTEST)
    name = (text[: end.start()] if end else text).strip(" \t:;,.–—-|")
    if not _SHORTEST <= len(name) <= _LONGEST or len(name.split()) > _MOST_WORDS or _NO_NAME.search(name):
        return None
    return name if any(map(str.isalpha, name)) else None
