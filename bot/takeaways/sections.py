"""The article's own takeaways, split into items as its author wrote them. Whether they are true is not asked here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from bot.model import Block
from bot.text.outline import takeaway_lead, takeaway_ranges
from bot.text.sentences import abbreviates, sentences_of

_BULLETS = "•‣◦▪●■►➤✓✔・"
_DASHES = "-–—*·+"
_LEAD = re.compile(rf"\s*(?:[{_BULLETS}]\s*|[{_DASHES}]\s+|\(?\d{{1,2}}(?:[.)、]| \|)\s+)(?=\S)")
_BULLET = re.compile(rf"\s*[{_BULLETS}]\s*")
_DASH_AFTER_STOP = re.compile(rf"(?<=[.!?…。！？])[\"'”’»)\]」』]*(?P<dash>\s+[{_DASHES}]\s+)(?=\S)")
_NUMBER_AFTER_STOP = re.compile(r"(?<=[.!?…;。！？；])\s*\(?(?P<number>\d{1,2})[.)、]\s+(?=\S)")
_STOPS = tuple('.!?…。！？」』”"')
_LONGEST_ITEM = 400  # characters; a longer paragraph is read sentence by sentence
_MOST_ITEMS = 1_000
_LONGEST_TEXT = 10_000  # characters of a paragraph or an item that are looked at
_AHEAD = 40


def section_items(blocks: Sequence[Block]) -> tuple[str, ...]:
    """The items of all of an article's own takeaway sections, in reading order: the first 1,000."""
    items = (item for start, end in takeaway_ranges(blocks) for item in _items_of(blocks[start:end]))
    return tuple(islice(items, _MOST_ITEMS))


def _items_of(section: Sequence[Block]) -> Iterator[str]:
    """A section's items. Where it has any list, the prose around the list only leads in."""
    blocks = [*_without_heading(section)]
    split = [(block, [*_split(block)]) for block in blocks if block.kind != "heading"]
    has_list = any(_is_list(block, items) for block, items in split)
    for block, items in split:
        if _is_list(block, items) or not has_list:
            yield from filter(None, map(_cleaned, items))


def _without_heading(section: Sequence[Block]) -> Iterable[Block]:
    """The section's blocks without its heading; of "TL;DR: it works." what follows the colon remains."""
    first, rest = section[0], section[1:]
    if first.kind == "heading":
        return rest
    lead = None if first.items else takeaway_lead(first.text)
    return (replace(first, text=first.text[lead:]), *rest) if lead is not None else section


def _is_list(block: Block, items: Sequence[str]) -> bool:
    return bool(block.items) or len(items) > 1 or _LEAD.match(block.text) is not None


def _split(block: Block) -> Iterable[str]:
    """A block's items as written."""
    if block.items:
        return [item[:_LONGEST_TEXT] for item in block.items[:_MOST_ITEMS]]
    text = block.text[:_LONGEST_TEXT]
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(_LEAD.match(line) for line in lines):
        return lines
    return _run_together(text)


def _run_together(text: str) -> Iterable[str]:
    """The items of bullets run together in one paragraph, or the paragraph itself where it is just prose.

    A real bullet always begins an item. A dash or a number does only after the end of a sentence, since both are
    at home inside one.
    """
    parts = [part for part in _BULLET.split(text) if part.strip()] if len(_BULLET.findall(text)) > 1 else [text]
    parts = [item for part in parts for item in _split_at_dashes(part)]
    if len(parts) == 1:
        parts = _split_at_numbers(text)
    if len(parts) == 1 and len(text) > _LONGEST_ITEM:
        return [text[start:end] for start, end in sentences_of(text)]
    return parts


def _split_at_dashes(text: str) -> Iterator[str]:
    start = 0
    for match in _DASH_AFTER_STOP.finditer(text):
        stop = match.start() - 1
        if text[stop] == "." and abbreviates(text, stop, text[match.end() : match.end() + _AHEAD]):
            continue
        yield text[start : match.start("dash")]
        start = match.end()
    yield text[start:]


def _split_at_numbers(text: str) -> list[str]:
    """Splits "1. One. 2. Two." where the numbers count up from one."""
    first = re.match(r"\s*\(?1[.)、]\s+", text)
    if first is None:
        return [text]
    parts: list[str] = []
    start = first.end()
    for match in _NUMBER_AFTER_STOP.finditer(text):
        if int(match["number"]) == len(parts) + 2:
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


def _without_lead(line: str) -> str:
    lead = _LEAD.match(line)
    return line[lead.end() :] if lead is not None else line


def _cleaned(item: str) -> str:
    """An item without its marks, in one line; "" where nothing is said.

    What stands under an item (a nested list, a second line) belongs to it, as long as the whole is not too long to
    read; then the upper line stands for itself.
    """
    lines = [" ".join(_without_lead(line).split()) for line in item.splitlines() if line.strip()]
    if not lines:
        return ""
    first, under = lines[0], lines[1:]
    text = first
    if under and first.endswith(_STOPS):
        text = " ".join(lines)
    elif under:
        told = "; ".join(line.rstrip(".;") for line in under[:-1]) + "; " if len(under) > 1 else ""
        text = f"{first if first.endswith((':', '：')) else f'{first}:'} {told}{under[-1].rstrip(';')}"
    if len(text) > _LONGEST_ITEM and not first.endswith((":", "：")):
        text = first
    return text if any(character.isalpha() for character in text) else ""
