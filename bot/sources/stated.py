"""Takeaways that a page states in its JSON-LD alone, as blocks. What it says of the article is in `metadata.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from lxml.html import HtmlElement

from bot.model import Block
from bot.text.harmless import harmless_line
from bot.text.headings import is_takeaway_heading

_KEYS = re.compile(
    r"(?:key|main|article)?_?-?(?:take-?aways?|points|highlights|facts|findings)|tl_?;?dr", re.IGNORECASE
)
_WRAPPING = re.compile(r"\s*+(?:/\*|//)?+\s*+<!(?:--|\[CDATA\[)\s*+(?:\*/)?+")
_COMMA = re.compile(r",(?=\s*[}\]])")
_ABSTRACT = "abstract"
_NAMES = ("name", "headline", "alternateName")
_TEXTS = ("text", "description", "name", "item", "itemListElement")
_HEADING = "Key Takeaways"
_DEEPEST = 8
_MOST = 100  # items
_MOST_NODES = 2000


def stated_takeaways(tree: HtmlElement) -> tuple[Block, ...]:
    """A heading and a list of what the page's JSON-LD gives as takeaways; empty where it gives none.

    They are a property of that name (`keyTakeaways`), a part or list whose name is a takeaway heading, or else the
    `abstract` of a work (schema.org).
    """
    abstract: tuple[str, ...] = ()
    for node in _nodes(tree):
        named = any(is_takeaway_heading(name) for key in _NAMES if isinstance(name := node.get(key), str))
        for key, value in node.items():
            if _KEYS.fullmatch(key) or (named and key in ("itemListElement", "text", "articleBody")):
                items = tuple(_items(value, 0))[:_MOST]
                if items:
                    return _section(items)
            elif key == _ABSTRACT and not abstract:
                abstract = tuple(_items(value, 0))[:_MOST]
    return _section(abstract) if abstract else ()


def json_ld_of(tree: HtmlElement) -> Iterator[object]:
    """What the JSON-LD scripts of a page hold; one may be wrapped in a comment, or have commas too many."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        told = script.text or ""
        if (wrapping := _WRAPPING.match(told)) is not None:
            end = max(told.rfind("-->"), told.rfind("]]>"))
            told = told[wrapping.end() : end].rstrip().removesuffix("/*").removesuffix("//")
        for text in (told, _COMMA.sub("", told)):
            with suppress(ValueError, RecursionError):
                yield json.loads(text, strict=False)
                break


def _section(items: tuple[str, ...]) -> tuple[Block, ...]:
    kind = Block(kind="list", text="\n".join(items), items=items)
    return Block(kind="heading", text=_HEADING, level=2), kind


def _nodes(tree: HtmlElement) -> Iterator[Mapping[str, object]]:
    """Every object in the page's JSON-LD, outer ones first."""
    left = _MOST_NODES
    for data in json_ld_of(tree):
        waiting: list[tuple[object, int]] = [(data, 0)]
        for one, depth in waiting:
            if left == 0:
                return
            left -= 1
            if isinstance(one, dict):
                yield one
            if depth < _DEEPEST and isinstance(one, (dict, list)):
                inner = one.values() if isinstance(one, dict) else one
                waiting += [(value, depth + 1) for value in inner if isinstance(value, (dict, list))]


def _items(value: object, depth: int) -> Iterator[str]:
    """The texts of a string, a list or an ItemList, in order; a string of several lines is as many items."""
    if isinstance(value, str):
        yield from filter(None, map(harmless_line, value.splitlines()))
    elif depth < _DEEPEST and isinstance(value, list):
        for one in value[:_MOST]:
            yield from _items(one, depth + 1)
    elif depth < _DEEPEST and isinstance(value, dict):
        key = next((key for key in _TEXTS if value.get(key)), None)
        if key is not None:
            yield from _items(value[key], depth + 1)
