"""An HTML tree -> blocks, without spans. Which of them are the article is judged in `page.py` and `assembly.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from bot.model import Block
from bot.sources.assembly import callout_of
from bot.sources.elements import (
    BOLD,
    CELLS,
    HEADINGS,
    ITEMS,
    LISTS,
    PROSE_BOXES,
    ROLES,
    Run,
    fragment,
    is_data_table,
    is_hidden,
    is_linked,
    line,
    phrases_in,
    raw,
    spaced,
    text_of,
)
from bot.text.headings import LONGEST_HEADING, is_takeaway_heading

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


def blocks_of(root: etree._Element) -> list[Block]:
    """The blocks of everything under an element, in reading order."""
    walker = _Walker()
    walker.visit(root, depth=0, link=False, bold=False)
    walker.flush()
    return walker.blocks


def fragment_blocks(markup: str) -> list[Block]:
    """The blocks of a piece of HTML, as feeds carry it."""
    tree = fragment(markup) if markup.strip() else None
    return [] if tree is None else blocks_of(tree)


def fragment_text(markup: str) -> str:
    """The words of a piece of HTML that is no document: a title, a name, an abstract."""
    if "<" not in markup and "&" not in markup:
        return markup
    tree = fragment(markup)
    if tree is None:
        return ""
    etree.strip_elements(tree, "script", "style", with_tail=False)
    return line(tree)


class _Walker:
    """Visits elements in order and gathers their blocks; runs of inline text are held until a block ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._runs: list[Run] = []

    def visit(self, element: etree._Element, *, depth: int, link: bool, bold: bool) -> None:
        tag = element.tag
        if not isinstance(tag, str):
            return
        role = ROLES.get(tag, "inline")
        if role == "skipped" or depth > _DEEPEST or is_hidden(element):
            return
        if role == "inline" and not (tag == "code" and "\n" in (element.text or "")):
            self._inside(element, depth=depth, link=link or tag == "a", bold=bold or tag in BOLD)
        elif role == "break":
            self._runs.append(("\n", link, bold))
        elif role == "heading":
            self._heading(element, tag, depth)
        elif role == "list":
            self._list(element, depth)
        elif tag == "table" and is_data_table(element):
            self._table(element)
        elif tag in ("pre", "code"):
            self.flush()
            self._add("data" if tag == "code" or element.find(".//code") is not None else "paragraph", raw(element))
        else:
            self.flush()
            start = len(self.blocks)
            if role == "block" and not link and not bold and (runs := phrases_in(element)) is not None:
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
            self._runs.append((spaced(text), link, bold))
        for child in element:
            self.visit(child, depth=depth + 1, link=link, bold=bold)
            if text := child.tail:
                self._runs.append((spaced(text), link, bold))

    def _add(self, kind: str, text: str, *, level: int = 0, items: Sequence[str] = ()) -> None:
        if text:
            self.blocks.append(Block(kind=kind, text=text, level=level, items=tuple(items)))  # type: ignore[arg-type]

    def _paragraph(self, runs: Sequence[Run]) -> None:
        text = text_of(runs)
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
        level = HEADINGS.get(element.get("rend", ""), HEADINGS[tag])
        self._add("heading", " ".join(text_of(runs).split()), level=level)

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
        lines = [" | ".join(filter(None, (line(cell) for cell in row if cell.tag in CELLS))) for row in rows]
        told = [line for row, line in zip(rows, lines, strict=True) if line and any(cell.tag != "th" for cell in row)]
        self._add("table", "\n".join(filter(None, lines)), items=told)

    def _box(self, element: etree._Element, tag: str, start: int) -> None:
        """Makes one callout of a box of takeaways, so that where the section ends is known."""
        inner = self.blocks[start:]
        if not inner or sum(len(block.text) for block in inner) > _LONGEST_BOX:
            return
        named = _TAKEAWAY_BOX.search(f"{element.get('class', '')} {element.get('id', '')}") is not None
        if named and inner[0].kind != "heading":
            self._name_box(start)
        elif is_takeaway_heading(inner[0].text) and _is_section(inner, prose=3 if named or tag in PROSE_BOXES else 1):
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
        if child.tag in LISTS:
            yield from _items_in(child)
        elif child.tag in ITEMS and not is_hidden(child):
            yield child


def _entry(element: etree._Element, depth: int) -> tuple[list[Block], bool]:
    """The blocks of a list's item, and whether it is nothing but a link."""
    if (runs := phrases_in(element)) is not None:
        text = text_of(runs)
        linked = any(link for _, link, _ in runs) and (
            all(link for said, link, _ in runs if said.strip()) or is_linked(element)
        )
        return [Block(kind="paragraph", text=text)] if text else [], linked
    walker = _Walker()
    walker._inside(element, depth=depth, link=False, bold=False)
    linked = not walker.blocks and bool(walker._runs) and all(link for said, link, _ in walker._runs if said.strip())
    linked = linked or is_linked(element)
    walker.flush()
    return walker.blocks, linked


def _is_heading(text: str, runs: Sequence[Run]) -> bool:
    """Whether a paragraph stands for a heading: bold as a whole, or named as takeaways are; a link is none."""
    words = [(link, bold) for said, link, bold in runs if said.strip()]
    if all(link for link, _ in words):
        return False
    stands_out = not text.endswith((".", "!", ",", ":", "。")) and all(bold for _, bold in words)
    return stands_out or ("\n" not in text and is_takeaway_heading(text))


def _bold_lead(runs: Sequence[Run]) -> str:
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


def _split_at_blank_lines(runs: Sequence[Run]) -> list[list[Run]]:
    """Two line breaks in a row part paragraphs."""
    parts: list[list[Run]] = [[]]
    breaks = 0
    for run in runs:
        breaks = breaks + 1 if run[0] == "\n" else (breaks if not run[0].strip() else 0)
        if breaks == 2:
            parts.append([])
        elif run[0] != "\n" or parts[-1]:
            parts[-1].append(run)
    return parts
