"""An article page -> Article: its main text, its own takeaways, and what its head says. Raises ParseError, no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.errors import ParseError
from bot.model import Article, Block, When
from bot.sources.assembly import article_of, told_by
from bot.sources.dateline import dateline_of
from bot.sources.dates import when_of
from bot.sources.decoding import decoded
from bot.sources.elements import tree_of
from bot.sources.markup import blocks_of
from bot.sources.metadata import head_of
from bot.sources.stated import stated_takeaways
from bot.sources.walls import wall_of, without_pleas
from bot.text.outline import takeaway_ranges

if TYPE_CHECKING:
    from lxml import html

_LONGEST = 3_000_000  # characters of markup; what is beyond is not an article's
_MOST_TAGS = 20_000  # the same; of three hundred real pages the longest has 7,140
_MOST_SECTIONS = 20
_NEAR = 6  # blocks; a takeaway section further from the article than this is another's
_SHORTEST_PROSE = 80  # characters of a line
_PROSE_SHARE = 0.9  # of the characters between the article and a section further down that belongs to it


def read(html: bytes, url: str) -> Article:
    """The article of a page; `url` is its address, or the path of a file. Raises ParseError where it holds none."""
    markup = decoded(html)[:_LONGEST]
    if markup.count("<") > _MOST_TAGS:
        markup = "<".join(markup.split("<", _MOST_TAGS)[:_MOST_TAGS])
    tree = tree_of(markup)
    if tree is None:
        raise ParseError("there is no text in it")
    url = url if _is_address(url) else ""
    head = head_of(tree, url)
    whole, facts = told_by(blocks_of(tree))
    stated = Article(
        title=head.title or "",
        url=head.canonical or (url if "://" in url else None),
        author=facts.author or head.author,
        published=head.published or facts.published or dateline_of(whole, head.title or "") or _date_of(tree, url),
        generated=facts.generated,
        category=facts.category or head.category,
        language=head.language,
        summary=head.summary,
        rating=facts.rating or head.rating,
        site=head.site,
        image=head.image,
    )
    alone = () if takeaway_ranges(whole) or not whole else stated_takeaways(tree)
    main = _main_of(tree)
    wall = wall_of(main, whole, url=url, free=head.free)
    if wall == "consent":  # its words are the wall's alone
        return article_of(replace(stated, partial=wall), ())
    read = without_pleas(main or whole) if wall else main or whole
    article = article_of(replace(stated, partial=wall), [*alone, *_with_sections(read, whole)])
    if not article.blocks:
        raise ParseError("there is no article in it: no text was found")
    return article


def _is_address(url: str) -> bool:
    try:
        return urlsplit(url).hostname is not None
    except ValueError:
        return False


def _main_of(tree: html.HtmlElement) -> list[Block]:
    """What trafilatura takes for the article; empty where it finds none."""
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(tree, fast=True, with_metadata=False, include_comments=False, include_tables=True)
    except Exception as error:  # a library over hostile input: whatever it raises, the page is one it cannot read
        raise ParseError(f"the page cannot be read ({type(error).__name__})") from error
    return [] if found is None or isinstance(found, dict) else blocks_of(found.body)


def _date_of(tree: html.HtmlElement, url: str) -> When | None:
    """The date that htmldate reads off a page whose head states none. Its longer search takes a second and more."""
    from htmldate import find_date

    try:
        return when_of(find_date(tree, extensive_search=False, original_date=True, url=url if "://" in url else None))
    except Exception:  # as above; the page can do without
        return None


def _with_sections(main: Sequence[Block], whole: Sequence[Block]) -> list[Block]:
    """The main text with the takeaway sections that the whole page holds near it, each in its place and once."""
    blocks = list(main)
    places = {_mark(block.text): number for number, block in enumerate(whole)}
    known = [places[mark] for block in main if (mark := _mark(block.text)) in places]
    for start, end in takeaway_ranges(whole)[:_MOST_SECTIONS]:
        if known and not _is_near(start, known, whole):
            continue
        section = whole[start:end]
        said = {
            _mark(line)
            for block in section
            for text in (block.text, *block.items)
            for line in (text, *text.split("\n"))
        }
        inside = [number for number, block in enumerate(blocks) if _is_said(block, said)]
        at = inside[0] if inside else _place_of(start, blocks, places)
        blocks = [block for number, block in enumerate(blocks) if number < at and number not in inside] + [
            *section,
            *(block for number, block in enumerate(blocks) if number >= at and number not in inside),
        ]
    return blocks


def _is_near(start: int, known: Sequence[int], whole: Sequence[Block]) -> bool:
    """Whether a section that begins at this block of the page stands beside the article, or where its prose leads to:
    of a page of several parts trafilatura may take the first alone."""
    if min(known) - _NEAR <= start <= max(known) + _NEAR:
        return True
    between = [line for block in whole[max(known) + 1 : start] for line in block.items or (block.text,)]
    prose = sum(len(line) for line in between if len(line) >= _SHORTEST_PROSE)
    return prose > 0 and prose >= _PROSE_SHARE * sum(map(len, between))


def _is_said(block: Block, said: set[str]) -> bool:
    lines = block.items or block.text.split("\n")
    return _mark(block.text) in said or sum(_mark(line) in said for line in lines) > len(lines) / 2


def _place_of(start: int, blocks: Sequence[Block], places: dict[str, int]) -> int:
    """Where a section goes that begins at this block of the page: after the last block that stands before it."""
    before = (number for number, block in enumerate(blocks) if places.get(_mark(block.text), start) < start)
    return max(before, default=-1) + 1


def _mark(text: str) -> str:
    return "".join(text.split()).casefold()
