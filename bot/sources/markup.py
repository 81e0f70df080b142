"""An HTML tree -> blocks, without spans. Which of them are the article is judged in `page.py` and `assembly.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from lxml import etree, html

from bot.model import Block
from bot.sources.assembly import callout_of
from bot.text.headings import LONGEST_HEADING, is_takeaway_heading

# Beside HTML's own tags the walker knows those that trafilatura writes: head, list, item, quote, row, cell, lb, hi.
_SKIPPED_TAGS = """
script style noscript template svg math iframe canvas audio video select button textarea input option
datalist dialog nav footer figcaption graphic del map
"""
_SKIPPED = frozenset(_SKIPPED_TAGS.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"head": 2, "summary": 6}
_LISTS = frozenset({"ul", "ol", "menu", "list"})
_ITEMS = frozenset({"li", "item"})
_BOXES = frozenset({"blockquote", "quote", "aside", "details", "div", "section"})
_PROSE_BOXES = frozenset({"blockquote", "quote", "aside", "details"})
_BLOCK_TAGS = """
article main header body html p address center dd dt dl figure form fieldset hr hgroup tbody thead tfoot tr td th table
caption row cell ul ol menu list li item ab
"""
_BLOCKS = _BOXES | frozenset(_BLOCK_TAGS.split())
_BREAKS = frozenset({"br", "lb"})
_BOLD = frozenset({"b", "strong", "hi"})
_PHRASES = _BOLD | {"a", "em", "i", "u", "span", "small", "sub", "sup", "cite", "q", "mark", "abbr"}
_CELLS = frozenset({"td", "th", "cell"})
# What is done with an element; with one that is not named here, to look inside.
_ROLES = (
    dict.fromkeys(_BLOCKS, "block")
    | dict.fromkeys(_BOXES, "box")
    | dict.fromkeys(_LISTS, "list")
    | dict.fromkeys(_HEADINGS, "heading")
    | dict.fromkeys(_BREAKS, "break")
    | dict.fromkeys(_SKIPPED, "skipped")
    | {"pre": "raw"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TAKEAWAY_BOX = re.compile(
    r"(?:^|[\s_-])(?:key-?_?(?:take-?aways?|points?|facts?)|take-?aways?|tl-?dr|(?:story|article|key)-?_?highlights"
    r"|summary-?_?(?:list|box|text|points)|(?:article|post|key|quick|ai)-?_?summary|in-?brief|at-?a-?glance|recap)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_CLASS_LEAD = "Summary"  # stands for the heading where a box is named by its class alone
_LONGEST_BOX = 4000  # characters
_LONGEST_LEAD = 60
_MENU_SHARE = 0.7  # of a list's items, being nothing but links
_DEEPEST = 200  # elements in elements; libxml2 gives up at 256


def tree_of(markup: str) -> html.HtmlElement | None:
    """The tree of a page or fragment, None where there is none. Nothing is fetched and no entity of a DTD resolved."""
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, collect_ids=False, huge_tree=False
    )
    try:
        return html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def blocks_of(root: etree._Element) -> list[Block]:
    """The blocks of everything under an element, in reading order."""
    walker = _Walker()
    walker.visit(root, depth=0, link=False, bold=False)
    walker.flush()
    return walker.blocks


def fragment_blocks(markup: str) -> list[Block]:
    """The blocks of a piece of HTML, as feeds carry it."""
    tree = _fragment(markup) if markup.strip() else None
    return [] if tree is None else blocks_of(tree)


def fragment_text(markup: str) -> str:
    """The words of a piece of HTML that is no document: a title, a name, an abstract."""
    if "<" not in markup and "&" not in markup:
        return markup
    tree = _fragment(markup)
    if tree is None:
        return ""
    etree.strip_elements(tree, "script", "style", with_tail=False)
    return _line(tree)


def _fragment(markup: str) -> etree._Element | None:
    try:
        return etree.fromstring(f"<div>{markup}</div>".encode("utf-8", "replace"), _fragment_parser())
    except (etree.LxmlError, ValueError):
        return None


@cache
def _fragment_parser() -> etree.HTMLParser:
    return etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, collect_ids=False, huge_tree=False
    )


_Run = tuple[str, bool, bool]  # some text of a paragraph, and whether it is a link, and bold


class _Walker:
    """Visits elements in order and gathers their blocks; runs of inline text are held until a block ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._runs: list[_Run] = []

    def visit(self, element: etree._Element, *, depth: int, link: bool, bold: bool) -> None:
        tag = element.tag
        if not isinstance(tag, str):
            return
        role = _ROLES.get(tag, "inline")
        if role == "skipped" or depth > _DEEPEST or _is_hidden(element):
            return
        if role == "inline" and not (tag == "code" and "\n" in (element.text or "")):
            self._inside(element, depth=depth, link=link or tag == "a", bold=bold or tag in _BOLD)
        elif role == "break":
            self._runs.append(("\n", link, bold))
        elif role == "heading":
            self._heading(element, tag, depth)
        elif role == "list":
            self._list(element, depth)
        elif tag == "table" and _is_data_table(element):
            self._table(element)
        elif tag in ("pre", "code"):
            self.flush()
            self._add("data" if tag == "code" or element.find(".//code") is not None else "paragraph", _raw(element))
        else:
            self.flush()
            start = len(self.blocks)
            if role == "block" and not link and not bold and (runs := _phrases_in(element)) is not None:
                self._paragraph(runs)
                return
            self._inside(element, depth=depth, link=link, bold=bold)
            self.flush()
            if role == "box":
                self._box(element, tag, start)

    def flush(self) -> None:
        """Ends the paragraph that the runs held so far make."""
        runs, self._runs = self._runs, []
        if not runs:
            return
        for part in _split_at_blank_lines(runs) if len(runs) > 2 else (runs,):
            self._paragraph(part)

    def _inside(self, element: etree._Element, *, depth: int, link: bool, bold: bool) -> None:
        if text := element.text:
            self._runs.append((_spaced(text), link, bold))
        for child in element:
            self.visit(child, depth=depth + 1, link=link, bold=bold)
            if text := child.tail:
                self._runs.append((_spaced(text), link, bold))

    def _add(self, kind: str, text: str, *, level: int = 0, items: Sequence[str] = ()) -> None:
        if text:
            self.blocks.append(Block(kind=kind, text=text, level=level, items=tuple(items)))  # type: ignore[arg-type]

    def _paragraph(self, runs: Sequence[_Run]) -> None:
        text = _text_of(runs)
        if not text:
            return
        if len(text) <= LONGEST_HEADING and _is_heading(text, runs):
            self._add("heading", text, level=6)
            return
        lead = _bold_lead(runs)
        rest = text[len(lead) :].lstrip(" \n:：–—-") if lead else ""
        if rest:
            self.blocks.append(callout_of([Block(kind="heading", text=lead), Block(kind="paragraph", text=rest)]))
        else:
            self._add("paragraph", text)

    def _heading(self, element: etree._Element, tag: str, depth: int) -> None:
        self.flush()
        self._inside(element, depth=depth, link=False, bold=False)
        runs, self._runs = self._runs, []
        level = _HEADINGS.get(element.get("rend", ""), _HEADINGS[tag])
        self._add("heading", " ".join(_text_of(runs).split()), level=level)

    def _list(self, element: etree._Element, depth: int) -> None:
        """A list as one block, its nested lists under their items; a list of headed entries is an index, no list."""
        self.flush()
        entries = [_entry(item, depth + 1) for item in _items_in(element)]
        if any(block.kind == "heading" and block.level < 6 for blocks, _ in entries for block in blocks):
            self.blocks.extend(block for blocks, _ in entries for block in blocks)
            return
        items = [("\n".join(block.text for block in blocks), linked) for blocks, linked in entries if blocks]
        menu = sum(linked for _, linked in items) > _MENU_SHARE * len(items)
        texts = [text for text, _ in items]
        self._add("data" if menu else "list", "\n".join(texts), items=texts)
        if not menu and _TAKEAWAY_BOX.search(element.get("class", "")):
            self._name_box(len(self.blocks) - 1)

    def _table(self, element: etree._Element) -> None:
        self.flush()
        rows = [row for row in element.iter("tr", "row") if len(row)]
        lines = [" | ".join(filter(None, (_line(cell) for cell in row if cell.tag in _CELLS))) for row in rows]
        told = [line for row, line in zip(rows, lines, strict=True) if line and any(cell.tag != "th" for cell in row)]
        self._add("table", "\n".join(filter(None, lines)), items=told)

    def _box(self, element: etree._Element, tag: str, start: int) -> None:
        """Makes one callout of a box of takeaways, so that where the section ends is known."""
        inner = self.blocks[start:]
        if not inner or sum(len(block.text) for block in inner) > _LONGEST_BOX:
            return
        if _TAKEAWAY_BOX.search(f"{element.get('class', '')} {element.get('id', '')}") and inner[0].kind != "heading":
            self._name_box(start)
        elif is_takeaway_heading(inner[0].text) and _is_section(inner, prose=3 if tag in _PROSE_BOXES else 1):
            self.blocks[start:] = [callout_of(inner)]

    def _name_box(self, start: int) -> None:
        """Makes one callout of a box that says by its class alone what it is."""
        inner = self.blocks[start:]
        if len(inner) == 1 and inner[0].kind == "callout":
            return
        heading = Block(kind="heading", text=_CLASS_LEAD, level=6)
        if _is_section([heading, *inner], prose=3):
            self.blocks[start:] = [callout_of([heading, *inner])]


def _is_section(inner: Sequence[Block], *, prose: int) -> bool:
    """Whether blocks are a heading with a list, led in by at most two paragraphs, or with a little prose."""
    kinds = [block.kind for block in inner[1:]]
    lists = [number for number, kind in enumerate(kinds) if kind in ("list", "table")]
    if inner[0].kind != "heading" or not kinds or not set(kinds) <= {"paragraph", "list", "table"}:
        return False
    return lists[0] <= 2 and len(lists) == len(kinds) - lists[0] if lists else len(kinds) <= prose


def _items_in(element: etree._Element) -> Iterator[etree._Element]:
    """A list's items, those of a list that stands in it without being an item's among them."""
    for child in element:
        if child.tag in _LISTS:
            yield from _items_in(child)
        elif child.tag in _ITEMS and not _is_hidden(child):
            yield child


def _phrases_in(element: etree._Element) -> list[_Run] | None:
    """The runs of an element that holds nothing but words and phrases, as most paragraphs do; None: it holds more.

    What `_Walker.visit` would find, in a third of the time.
    """
    runs: list[_Run] = []
    if text := element.text:
        runs.append((_spaced(text), False, False))
    for child in element:
        tag = child.tag
        if tag not in _PHRASES or len(child):
            return None
        if (text := child.text) and not _is_hidden(child):
            runs.append((_spaced(text), tag == "a", tag in _BOLD))
        if text := child.tail:
            runs.append((_spaced(text), False, False))
    return runs


def _entry(element: etree._Element, depth: int) -> tuple[list[Block], bool]:
    """The blocks of a list's item, and whether it is nothing but a link."""
    if (runs := _phrases_in(element)) is not None:
        text = _text_of(runs)
        linked = any(link for _, link, _ in runs) and (
            all(link for said, link, _ in runs if said.strip()) or _is_linked(element)
        )
        return [Block(kind="paragraph", text=text)] if text else [], linked
    walker = _Walker()
    walker._inside(element, depth=depth, link=False, bold=False)
    linked = not walker.blocks and bool(walker._runs) and all(link for said, link, _ in walker._runs if said.strip())
    linked = linked or _is_linked(element)
    walker.flush()
    return walker.blocks, linked


def _is_linked(element: etree._Element) -> bool:
    """Whether nearly all words of an element are links."""
    linked = sum(len("".join(_line(link).split())) for link in element.iter("a"))
    return linked > 0 and linked >= 0.9 * len("".join(_line(element).split()))


def _is_hidden(element: etree._Element) -> bool:
    names = element.keys()
    if not names:
        return False
    return (
        "hidden" in names
        or ("aria-hidden" in names and element.get("aria-hidden") == "true")
        or ("style" in names and _HIDDEN.search(element.get("style", "")) is not None)
    )


def _is_data_table(element: etree._Element) -> bool:
    """Whether a table holds data, not the layout of a page."""
    if element.find(".//table") is not None or any(True for _ in element.iter(*_LISTS, *_HEADINGS)):
        return False
    rows = [sum(cell.tag in _CELLS for cell in row) for row in element.iter("tr", "row")]
    cells = [cell for row in element.iter("tr", "row") for cell in row if cell.tag in _CELLS]
    return max(rows, default=0) > 1 and len(rows) > 1 and all(len(_line(cell)) <= 400 for cell in cells)


def _is_heading(text: str, runs: Sequence[_Run]) -> bool:
    """Whether a paragraph stands for a heading: bold as a whole, or named as takeaways are; a link is none."""
    words = [(link, bold) for said, link, bold in runs if said.strip()]
    if all(link for link, _ in words):
        return False
    stands_out = not text.endswith((".", "!", ",", ":", "。")) and all(bold for _, bold in words)
    return stands_out or ("\n" not in text and is_takeaway_heading(text))


def _bold_lead(runs: Sequence[_Run]) -> str:
    """The bold words in front of a paragraph where they are a takeaway heading and something follows; else ""."""
    lead = ""
    for said, _, bold in runs:
        if said.strip() and not bold:
            break
        lead += said
    else:
        return ""
    lead = " ".join(lead.split())
    return lead if len(lead) <= _LONGEST_LEAD and is_takeaway_heading(lead) else ""


def _split_at_blank_lines(runs: Sequence[_Run]) -> list[list[_Run]]:
    """Two line breaks in a row part paragraphs."""
    parts: list[list[_Run]] = [[]]
    breaks = 0
    for run in runs:
        breaks = breaks + 1 if run[0] == "\n" else (breaks if not run[0].strip() else 0)
        if breaks == 2:
            parts.append([])
        elif run[0] != "\n" or parts[-1]:
            parts[-1].append(run)
    return parts


def _text_of(runs: Sequence[_Run]) -> str:
    text = "".join([said for said, _, _ in runs])
    if "\n" not in text:
        return " ".join(text.split())
    lines = text.split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _spaced(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ") if "\n" in text or "\r" in text else text


def _raw(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext()).strip("\n")


def _line(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())
