"""An article's text as passages in which the evidence of its takeaways is marked. Pure; drawing is the templates'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.model import Article, Block, BlockKind, Span, StoredArticle, Takeaway


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text, the numbers of the takeaways that it bears out, and the names of the evidence that begins here."""

    text: str
    takeaways: tuple[int, ...] = ()
    anchors: tuple[str, ...] = ()
    ends: tuple[int, ...] = ()  # the takeaways whose evidence ends with this piece


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of the text; `lines` are a list's items or a table's rows, else there is one."""

    kind: BlockKind
    level: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A shown takeaway, its number, and where its evidence begins on the page."""

    number: int
    text: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    takeaway: int
    anchor: str


def claims_of(stored: StoredArticle) -> tuple[Claim, ...]:
    """The shown takeaways, numbered from 1 in reading order."""
    size = len(stored.article.text)
    return tuple(
        Claim(number, takeaway.text, tuple(mark.anchor for mark in _marks_of(number, takeaway, size)))
        for number, takeaway in enumerate((one for one in stored.takeaways if one.shown), 1)
    )


def hidden_of(stored: StoredArticle) -> tuple[Takeaway, ...]:
    return tuple(takeaway for takeaway in stored.takeaways if not takeaway.shown)


def passages_of(stored: StoredArticle) -> tuple[Passage, ...]:
    """The body in reading order with the evidence of the shown takeaways marked; all of its text, each once."""
    article = stored.article
    shown = [takeaway for takeaway in stored.takeaways if takeaway.shown]
    marks = [mark for n, takeaway in enumerate(shown, 1) for mark in _marks_of(n, takeaway, len(article.text))]
    placed: set[str] = set()
    return tuple(
        Passage(
            block.kind, block.level, tuple(_pieces(article.text, span, marks, placed) for span in _line_spans(block))
        )
        for block in _body(article)
    )


def _marks_of(number: int, takeaway: Takeaway, size: int) -> list[_Mark]:
    """Evidence in reading order; a span that is not in the text is left out."""
    spans = [(start, end) for start, end in sorted(takeaway.evidence) if 0 <= start < end <= size]
    return [_Mark(start, end, number, f"e{number}-{part}") for part, (start, end) in enumerate(spans, 1)]


def _body(article: Article) -> Iterator[Block]:
    """The blocks that are body, and what lies between them as paragraphs."""
    at = 0
    for block in sorted(article.blocks, key=lambda block: block.start):
        if not at <= block.start < block.end <= len(article.text):
            continue  # not body, or inside a block that was shown
        yield from _paragraphs(article.text, at, block.start)
        yield block
        at = block.end
    yield from _paragraphs(article.text, at, len(article.text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    for found in re.finditer(r"\S(?:(?!\n\s*\n).)*", text[start:end], re.DOTALL):
        words = found[0].rstrip()
        begin = start + found.start()
        yield Block(kind="paragraph", text=words, start=begin, end=begin + len(words))


def _line_spans(block: Block) -> tuple[Span, ...]:
    """Where the items of a block stand in the article's text; the block as one line where they are not found in it."""
    spans, at = [], 0
    for item in block.items:
        found = block.text.find(item, at)
        if found < 0 or len(block.text) != block.end - block.start:
            return ((block.start, block.end),)
        at = found + len(item)
        spans.append((block.start + found, block.start + at))
    return tuple(spans) or ((block.start, block.end),)


def _pieces(text: str, line: Span, marks: Sequence[_Mark], placed: set[str]) -> Line:
    """A line cut wherever evidence begins or ends. `placed` are the anchors that earlier lines took."""
    first, last = line
    here = [mark for mark in marks if mark.start < last and mark.end > first]
    cuts = sorted({first, last, *(cut for mark in here for cut in (mark.start, mark.end) if first < cut < last)})
    pieces = []
    for start, end in pairwise(cuts):
        over = [mark for mark in here if mark.start <= start and end <= mark.end]
        anchors = tuple(mark.anchor for mark in over if mark.anchor not in placed)
        placed.update(anchors)
        pieces.append(
            Piece(
                text[start:end],
                tuple(sorted({mark.takeaway for mark in over})),
                anchors,
                tuple(sorted({mark.takeaway for mark in over if not text[end : mark.end].strip()})),
            )
        )
    return tuple(pieces)
