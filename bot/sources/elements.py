"""What an element of HTML is and says by itself, and trees of them. What follows from their order: `markup.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lxml import etree, html

from bot.errors import ParseError

# Beside HTML's own tags the walker knows those that trafilatura writes: head, list, item, quote, row, cell, lb, hi.
_SKIPPED_TAGS = """
script style noscript template svg math iframe canvas audio video select button textarea input option
datalist dialog nav footer figcaption graphic del map
"""
_SKIPPED = frozenset(_SKIPPED_TAGS.split())
HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"head": 2, "summary": 6}
LISTS = frozenset({"ul", "ol", "menu", "list"})
ITEMS = frozenset({"li", "item"})
BOXES = frozenset({"blockquote", "quote", "aside", "details", "div", "section"})
PROSE_BOXES = frozenset({"blockquote", "quote", "aside", "details"})
_BLOCK_TAGS = """
article main header body html p address center dd dt dl figure form fieldset hr hgroup tbody thead tfoot tr td th table
caption row cell ul ol menu list li item ab
"""
_BLOCKS = BOXES | frozenset(_BLOCK_TAGS.split())
_BREAKS = frozenset({"br", "lb"})
BOLD = frozenset({"b", "strong", "hi"})
_PHRASES = BOLD | {"a", "em", "i", "u", "span", "small", "sub", "sup", "cite", "q", "mark", "abbr"}
CELLS = frozenset({"td", "th", "cell"})
# What is done with an element; with one that is not named here, to look inside.
ROLES = (
    dict.fromkeys(_BLOCKS, "block")
    | dict.fromkeys(BOXES, "box")
    | dict.fromkeys(LISTS, "list")
    | dict.fromkeys(HEADINGS, "heading")
    | dict.fromkeys(_BREAKS, "break")
    | dict.fromkeys(_SKIPPED, "skipped")
    | {"pre": "raw"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MOST_ATTRIBUTES = 500  # of one tag; libxml2 takes time by their square
_LONG_TAG = re.compile(rf"<[a-zA-Z][^>]{{{2 * _MOST_ATTRIBUTES - 2}}}")
_OPENING = r"<[a-zA-Z][^\s/>]*+"
_ATTRIBUTE = r"""[\s/]++(?:[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*+)?+)?+)?+"""
_TAG = re.compile(rf"{_OPENING}(?:{_ATTRIBUTE})*+")  # found wherever it begins: nothing is read twice
_SWOLLEN_TAG = re.compile(rf"{_OPENING}(?:{_ATTRIBUTE}){{{_MOST_ATTRIBUTES + 1}}}")
_NO_MARKUP = re.compile(r"<!--[^-]*+(?:-(?!->)[^-]*+)*+|<(script|style)\b[^<]*+(?:<(?!/\1)[^<]*+)*+", re.IGNORECASE)
Run = tuple[str, bool, bool]  # some text of a paragraph, and whether it is a link, and bold


def tree_of(markup: str) -> html.HtmlElement | None:
    """The tree of a page, None where there is none. Nothing is fetched and no entity of a DTD resolved.

    Raises ParseError where a tag is swollen."""
    if is_swollen(markup):
        raise ParseError(f"a tag of it has more than {_MOST_ATTRIBUTES} attributes")
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, collect_ids=False, huge_tree=False
    )
    try:
        return html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def fragment(markup: str) -> etree._Element | None:
    if is_swollen(markup):
        return None
    try:
        return etree.fromstring(f"<div>{markup}</div>".encode("utf-8", "replace"), _fragment_parser())
    except (etree.LxmlError, ValueError):
        return None


def is_swollen(markup: str) -> bool:
    """Whether a tag has more attributes than anybody writes; programs, which may look so, are left out."""
    return _has_swollen_tag(markup) and _has_swollen_tag(_NO_MARKUP.sub("", markup))


def _has_swollen_tag(markup: str) -> bool:
    signs = markup.count("'>'") + markup.count('">"')  # which stand in tags without ending them
    tags = (_LONG_TAG if signs <= _MOST_ATTRIBUTES else _TAG).finditer(markup)
    return any(_SWOLLEN_TAG.match(markup, tag.start()) for tag in tags)


@cache
def _fragment_parser() -> etree.HTMLParser:
    return etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, collect_ids=False, huge_tree=False
    )


def phrases_in(element: etree._Element) -> list[Run] | None:
    """The runs of an element that holds nothing but words and phrases, as most paragraphs do; None: it holds more.

    What `_Walker.visit` would find, in a third of the time.
    """
    runs: list[Run] = []
    if text := element.text:
        runs.append((spaced(text), False, False))
    for child in element:
        tag = child.tag
        if tag not in _PHRASES or len(child):
            return None
        if (text := child.text) and not is_hidden(child):
            runs.append((spaced(text), tag == "a", tag in BOLD))
        if text := child.tail:
            runs.append((spaced(text), False, False))
    return runs


def is_linked(element: etree._Element) -> bool:
    """Whether nearly all words of an element are links."""
    linked = sum(len("".join(line(link).split())) for link in element.iter("a"))
    return linked > 0 and linked >= 0.9 * len("".join(line(element).split()))


def is_hidden(element: etree._Element) -> bool:
    names = element.keys()
    if not names:
        return False
    return (
        "hidden" in names
        or ("aria-hidden" in names and element.get("aria-hidden") == "true")
        or ("style" in names and _HIDDEN.search(element.get("style", "")) is not None)
    )


def is_data_table(element: etree._Element) -> bool:
    """Whether a table holds data, not the layout of a page."""
    if element.find(".//table") is not None or any(True for _ in element.iter(*LISTS, *HEADINGS)):
        return False
    rows = [sum(cell.tag in CELLS for cell in row) for row in element.iter("tr", "row")]
    cells = [cell for row in element.iter("tr", "row") for cell in row if cell.tag in CELLS]
    return max(rows, default=0) > 1 and len(rows) > 1 and all(len(line(cell)) <= 400 for cell in cells)


def text_of(runs: Sequence[Run]) -> str:
    text = "".join([said for said, _, _ in runs])
    if "\n" not in text:
        return " ".join(text.split())
    lines = text.split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def spaced(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ") if "\n" in text or "\r" in text else text


def raw(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext()).strip("\n")


def line(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())
