"""Which parts of a document are its own takeaways. What a heading says is judged in `headings.py`; splits no items."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.model import Block
from bot.text.headings import (
    LONGEST_HEADING,
    is_advertisement_heading,
    is_furniture_heading,
    is_notice,
    is_takeaway_heading,
)
from bot.text.words import folded

__all__ = [
    "is_advertisement_heading",
    "is_furniture_heading",
    "is_notice",
    "is_takeaway_heading",
    "takeaway_lead",
    "takeaway_ranges",
]

_LEAD = re.compile(r"\s*(?P<lead>[^\n:：]{2,60}?)\s*(?:[:：]\s*|\s[–—-]\s|\n)(?=\S)")
_BULLETED = re.compile(r"\s*(?:[•‣◦▪●■►➤✓✔・]|[-–—*·]\s|\(?1[.)、]\s)")
_NUMBERED = re.compile(r"\s*\(?\d{1,2}[.)、]\s")
_TOLD = re.compile(r"[.!?…。！？]\W*$")
_WIDE = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]")
_SPECIFICATION = re.compile(r"[^:：|]{1,30}(?:[:：]|\s\|)\s*.{0,29}[^.!?…。！？]")

_LONGEST_PROSE_SECTION = 6  # paragraphs
_PROSE_SHARE = 0.4  # of the document, that takeaways told in prose may be
_SHORTEST_PROSE, _SHORTEST_UNSTOPPED = 12, 60  # characters; a third in scripts of syllables and ideographs
_LEAD_IN = 2  # paragraphs before a section's list


def takeaway_lead(text: str) -> int | None:
    """Where what follows an inline takeaway heading begins ("TL;DR: it works" -> 7); None: there is none."""
    start = text[: 2 * LONGEST_HEADING]
    if not any(mark in start for mark in ":：–—-\n"):
        return None
    match = _LEAD.match(start)
    return match.end() if match is not None and is_takeaway_heading(match["lead"]) else None


def takeaway_ranges(blocks: Sequence[Block]) -> tuple[tuple[int, int], ...]:
    """The document's own takeaway sections as half-open ranges of blocks.

    A section is a heading block with what belongs to it, or one paragraph or callout that opens with such a heading.
    Menus, link lists and tables of specifications under such a heading are none.
    """
    whole = sum(len(block.text) for block in blocks)
    ranges: list[tuple[int, int]] = []
    at = 0
    while at < len(blocks):
        end = _section_end(blocks, at, whole)
        if end > at:
            ranges.append((at, end))
        at = max(end, at + 1)
    return tuple(ranges)


def _section_end(blocks: Sequence[Block], at: int, whole: int) -> int:
    """One past the section that begins at this block; `at` itself where none does."""
    block = blocks[at]
    if block.kind in ("paragraph", "callout"):
        lead = takeaway_lead(block.text)
        is_told = lead is not None and (len(block.items) > 1 or _is_told(block.text[lead:]))
        return at + 1 if is_told and not _is_menu(block) else at
    if block.kind != "heading" or not is_takeaway_heading(block.text):
        return at
    run = at + 1
    while run < len(blocks) and blocks[run].kind not in ("heading", "data"):
        run += 1
    content = blocks[at + 1 : run]
    first = next((number for number, one in enumerate(content) if _is_listed(one)), None)
    if first is not None and first <= _LEAD_IN:
        last = first
        while last < len(content) and (_is_listed(content[last]) or _NUMBERED.match(content[last].text)):
            last += 1
        return at if all(_is_menu(one) for one in content[first:last]) else at + 1 + last
    prose = sum(len(one.text) for one in content)
    if not content or not _is_told(content[0].text):
        return at
    if len(content) <= _LONGEST_PROSE_SECTION and prose <= _PROSE_SHARE * whole:
        return run
    return at + 2


def _is_listed(block: Block) -> bool:
    return block.kind in ("list", "table") or bool(block.items) or _BULLETED.match(block.text) is not None


def _is_told(text: str) -> bool:
    """Whether a text says something, and is not but a label or the title of something else."""
    text = text.strip()
    scale = 3 if _WIDE.search(text) else 1
    shortest = _SHORTEST_PROSE if _TOLD.search(text, max(0, len(text) - 8)) else _SHORTEST_UNSTOPPED
    return len(text) * scale >= shortest


def _is_menu(block: Block) -> bool:
    """Whether the items are bare words as in a menu, or pairs as in a specification."""
    items = block.items
    if len(items) < 2:  # a single item may be anything
        return False
    words = sum(len(item) < 60 and len(item.split()) <= 2 and folded(item).isascii() for item in items)
    pairs = sum(_SPECIFICATION.fullmatch(item) is not None for item in items)
    return max(words, pairs) > 0.7 * len(items)
