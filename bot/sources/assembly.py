"""The blocks of a document -> an article's text and blocks with their spans. The same for every kind of document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.model import Article, Block
from bot.sources.facts import Facts, byline_facts, info_facts
from bot.text.harmless import harmless_line, harmless_text
from bot.text.outline import (
    is_advertisement_heading,
    is_furniture_heading,
    is_notice,
    takeaway_ranges,
)
from bot.text.sentences import sentences_of
from bot.text.words import folded, words_of

_BETWEEN = "\n\n"
_LONGEST_INFO = 160  # characters of a line in an info box, a teaser or an advertisement
_CUT_TITLE = 100  # characters of a title that is made of the first sentence
_MOST_ADVERTISED = 2  # blocks under "Sponsored" that may belong to it


def article_of(stated: Article, blocks: Sequence[Block]) -> Article:
    """The article with the text of these blocks, and with what they tell where it does not state it itself."""
    kept, facts = told_by(blocks)
    kept = kept or tuple(blocks)  # what is all that there is can hardly be furniture
    title = stated.title or title_from("\n\n".join(block.text for block in kept)) or stated.url or "Untitled"
    text, placed = body_of(kept, title)
    return replace(
        stated,
        title=title,
        text=text,
        author=stated.author or _line(facts.author),
        published=stated.published or facts.published,
        generated=stated.generated or facts.generated,
        category=stated.category or _line(facts.category),
        rating=facts.rating or stated.rating,
        blocks=placed,
    )


def title_from(text: str) -> str:
    """A title for a text that has none: its first sentence, cut at a word where it is long."""
    spans = sentences_of(text[: 10 * _CUT_TITLE])
    if not spans:
        return harmless_line(text[:_CUT_TITLE])
    sentence = harmless_line(text[slice(*spans[0])])
    if len(sentence) <= _CUT_TITLE:
        return sentence
    cut = sentence[:_CUT_TITLE]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"


def told_by(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], Facts]:
    """The blocks without the furniture (advertisements, info boxes, teasers, votes), and what the furniture told."""
    kept: list[Block] = []
    facts = Facts()
    at = 0
    while at < len(blocks):
        block = blocks[at]
        end = _furniture_end(blocks, at)
        if end > at:
            facts = facts.over(info_facts(line for one in blocks[at + 1 : end] for line in one.text.split("\n")))
        elif block.kind not in ("heading", "paragraph"):
            kept.append(block)
        elif (byline := byline_facts(block.text)) is not None:
            facts = facts.over(byline)
        elif not is_notice(block.text) and not _is_widget(block.text):
            kept.append(block)
        at = max(end, at + 1)
    return tuple(kept), facts


def body_of(blocks: Iterable[Block], title: str) -> tuple[str, tuple[Block, ...]]:
    """The article's text, and its blocks with their spans in it, all made harmless.

    Repetitions of the title are left out. Lists of links (`data`) and takeaway sections are no body: they have no span.
    Blocks of the body are parted by a blank line; an item of a list has a line of its own.
    """
    tidy = filter(lambda block: block.text, map(_harmless, blocks))
    kept = [block for block in tidy if not _repeats(block, title)]
    own = {number for start, end in takeaway_ranges(kept) for number in range(start, end)}
    parts: list[str] = []
    placed: list[Block] = []
    length = 0
    for number, block in enumerate(kept):
        if number in own or block.kind == "data":
            placed.append(_placed(block, 0, 0))
            continue
        start = length + len(_BETWEEN) if parts else 0
        length = start + len(block.text)
        parts.append(block.text)
        placed.append(_placed(block, start, length))
    return _BETWEEN.join(parts), tuple(placed)


def callout_of(inner: Sequence[Block]) -> Block:
    """A box as one block. Its items are what it lists, else its paragraphs; a heading in front is in its text alone."""
    content = inner[1:] if inner[0].kind == "heading" else inner
    listed = [item for block in content for item in block.items]
    text = "\n".join(block.text for block in inner)
    return Block(kind="callout", text=text, items=tuple(listed or [block.text for block in content]))


def _line(text: str | None) -> str | None:
    return harmless_line(text) or None if text else None


def _harmless(block: Block) -> Block:
    items = tuple(filter(None, map(harmless_text, block.items))) if block.items else ()
    text = "\n".join(items) if block.kind == "list" else harmless_text(block.text)
    return block if text == block.text and items == block.items else replace(block, text=text, items=items)


def _placed(block: Block, start: int, end: int) -> Block:
    """The block at its place. `replace` takes three times as long, and every block of every feed comes by here."""
    return Block(kind=block.kind, text=block.text, level=block.level, items=block.items, start=start, end=end)


def _repeats(block: Block, title: str) -> bool:
    """Whether a block says the title and no more."""
    length = len(block.text)
    if block.kind not in ("heading", "paragraph") or not len(title) / 3 - 20 <= length <= min(3 * len(title) + 20, 299):
        return False
    return _begin_alike(block.text, title) and words_of(block.text) == words_of(title)


def _begin_alike(text: str, title: str) -> bool:
    """Whether the words of both may be the same; a number may be written either way."""
    first, other = (folded(next(filter(str.isalnum, one), "")) for one in (text, title))
    return first == other or first.isdigit() or other.isdigit()


def _furniture_end(blocks: Sequence[Block], at: int) -> int:
    """One past the furniture that this heading opens; `at` itself where it opens none."""
    block = blocks[at]
    if block.kind != "heading":
        return at
    if is_advertisement_heading(block.text):
        limit = _MOST_ADVERTISED
    elif is_furniture_heading(block.text):
        limit = len(blocks)
    else:
        return at
    end = at + 1
    while end < len(blocks) and end - at <= limit and _is_small(blocks[end]):
        end += 1
    return end


def _is_small(block: Block) -> bool:
    """Whether a block may belong to furniture: nothing in it is as long as an article's paragraph."""
    return block.kind != "heading" and all(len(line) <= _LONGEST_INFO for line in block.text.split("\n"))


def _is_widget(text: str) -> bool:
    """Whether a line is made of signs and counts alone, as a row of reactions is."""
    return len(text) <= _LONGEST_INFO and not any(character.isalpha() for character in text)
