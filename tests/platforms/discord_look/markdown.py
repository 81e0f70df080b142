"""Discord's markdown -> a tree, by the rules of its clients, and where they differ by whichever makes more of a text.

Knows which words of a link the client refuses. Draws nothing; `page` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

_PHRASES = r"""
  (?P<bold>\*\*(?P<bold_in>(?:\\.|[^\\])+?)\*\*(?!\*))
| (?P<underline>__(?P<underline_in>(?:\\.|[^\\])+?)__(?!_))
| (?P<italic>\*(?!\s)(?P<italic_in>(?:\\.|\*\*|[^*\\])+?)(?<!\s)\*(?!\*)|_(?P<italic_in2>(?:\\.|__|[^_\\])+?)_(?!\w))
| (?P<strike>~~(?P<strike_in>.+?)~~)
| (?P<spoiler>\|\|(?P<spoiler_in>.+?)\|\|)
| (?P<code>(?P<ticks>`+)(?P<code_in>.+?)(?<!`)(?P=ticks)(?!`))
| (?P<time><t:-?\d+(?::[tTdDfFRsS])?>)
| (?P<emoji><a?:\w+:\d+>|:[\w+~-]{0,32}[a-zA-Z][\w+~-]{0,32}:)
"""
_WHOLE = rf"""
  (?P<fence>```(?:[\w+.-]*\n)?(?P<fence_in>.*?[^\n].*?)```)
| (?P<link>\[(?P<words>(?:\[[^\]]*\]|[^\[\]])*)\]\(\s*<?(?P<target>(?:\([^)]*\)|[^\s\\()])*?)>?(?:\s+['"].*?['"])?\s*\))
| {_PHRASES}
| (?P<mention><@[!&]?\d+>|<\#\d+>|@everyone|@here|</[^>]+:\d+>|<id:\w+>)
| (?P<address>(?:https?|steam)://[^\s<]+[^<.,:;"'\]\s]|<[^:\s>]+:/[^\s>]+>|<[^\s@>]+@[^\s@>]+>
  |\b(?:discord(?:app)?\.(?:gg|gift|new)|dis\.gd|discord(?:app)?\.com/(?:invite|channels))/?\w*)
"""
_LINES = r"""
| (?P<small>{start}-\#[ ]+(?!-\#)(?P<small_in>[^\n]+)\n?)
| (?P<heading>{start}(?P<hashes>\#{{1,3}})[ ]+(?!\#)(?P<heading_in>(?:\\\#|[^\n])+?)\#*[ ]*(?:\n|\Z))
| (?P<quote>{start}[ ]*>(?:>>)?[ ](?P<quote_in>[^\n]*)\n?)
| (?P<list>(?:{start}[ ]*(?:[*-]|\d+\.)[ ]+[^\n]+(?:\n|\Z))(?:[ ]*(?:[*-]|\d+\.)[ ]+[^\n]+(?:\n|\Z))*)
"""
_ITEM = re.compile(r"^[ ]*([*-]|\d+\.)[ ]+([^\n]+)$", re.MULTILINE)
# Every character of Unicode's emoji that the client draws as a picture, and a few neighbours.
_EMOJI = re.compile(
    "[0-9#*]\ufe0f?\u20e3|[\u203c\u2049\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2\u25aa\u25ab"
    "\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_FLAGS = re.VERBOSE | re.DOTALL

Kind = Literal[
    "text", "bold", "underline", "italic", "strike", "spoiler", "code", "fence", "time", "emoji", "mention", "address",
    "link", "small", "heading", "quote", "list", "item",
]  # fmt: skip
IN_LINKS = ("text", "bold", "underline", "italic", "strike", "spoiler", "code", "time")
_PLAIN_LINKS = (*IN_LINKS, "small", "heading", "quote", "list", "item")


@dataclass(frozen=True, slots=True)
class Node:
    """`text` is what a leaf shows, `url` where a link leads, `level` a heading's rank or a list's first number."""

    kind: Kind
    text: str = ""
    inner: tuple[Node, ...] = ()
    url: str = ""
    level: int = 0


def parsed(source: str) -> tuple[Node, ...]:
    return tuple(_nodes(source, fresh=True))


def text_of(nodes: Sequence[Node]) -> str:
    """What is read, without any dress."""
    return "".join(
        node.text + text_of(node.inner) + ("\n" if node.kind in ("small", "heading", "quote", "item") else "")
        for node in nodes
    )


def walked(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walked(node.inner)


@cache
def _rules(fresh: bool, escapes: bool, links: bool) -> re.Pattern[str]:
    """`fresh`: the source begins a line. `links` False: the words of a link, where less is obeyed."""
    if not links:
        return re.compile(_PHRASES, _FLAGS)
    lines = _LINES.format(start=r"(?:\A|(?<=\n))" if fresh else r"(?<=\n)")
    escape = r"(?P<escape>\\(?P<escaped>[^A-Za-z0-9\s])) |" if escapes else ""
    return re.compile(escape + _WHOLE + lines, _FLAGS)


def _nodes(source: str, *, fresh: bool, escapes: bool = True, links: bool = True) -> Iterator[Node]:
    rules, end = _rules(fresh, escapes, links), 0
    for found in rules.finditer(source):
        if found.start() > end:
            yield Node("text", source[end : found.start()])
        end = found.end()
        begins = fresh and not source[: found.start()].strip(" ")
        yield _node(found, fresh=begins, escapes=escapes, links=links)
    if end < len(source):
        yield Node("text", source[end:])


def _node(found: re.Match[str], *, fresh: bool, escapes: bool, links: bool) -> Node:
    kind, parts = str(found.lastgroup), found.groupdict()
    for name in ("escape", "fence", "link", "time", "emoji", "mention", "address", "code", "list"):
        if parts.get(name):
            return _special(name, found, fresh=fresh, escapes=escapes)
    kind = next(name for name in ("bold", "underline", "italic", "strike", "spoiler", *_PLAIN_LINKS) if parts.get(name))
    inside = parts[f"{kind}_in"] if parts.get(f"{kind}_in") is not None else parts.get(f"{kind}_in2")
    starts = fresh or kind in ("small", "heading", "quote")
    inner = tuple(_nodes(inside or "", fresh=starts, escapes=escapes, links=links))
    return Node(kind, inner=inner, level=len(parts.get("hashes") or ""))  # type: ignore[arg-type]


def _special(name: str, found: re.Match[str], *, fresh: bool, escapes: bool) -> Node:
    match name:
        case "escape":
            return Node("text", found["escaped"])
        case "code" | "fence":
            return Node("code" if name == "code" else "fence", found[f"{name}_in"].strip())
        case "address":
            return Node("address", found[0].strip("<>"), url=found[0].strip("<>"))
        case "list":
            return _list(found[0], escapes=escapes)
        case "link":
            return _link(found)
        case _:
            return Node(name, found[0])  # type: ignore[arg-type]


def _list(source: str, *, escapes: bool) -> Node:
    items = list(_ITEM.finditer(source))
    number = items[0][1].rstrip(".")
    inner = tuple(Node("item", inner=tuple(_nodes(item[2], fresh=True, escapes=escapes))) for item in items)
    return Node("list", inner=inner, level=int(number) if number.isdigit() else 0)


def _link(found: re.Match[str]) -> Node:
    """A link, or its source where the client refuses it: no words, or an emoji, mention or address among them."""
    words, target = found["words"], found["target"]
    tested = list(walked(tuple(_nodes(words, fresh=False, escapes=False))))
    sound = re.match(r"https?://[^\s/]", target) and text_of(tested).strip() and not _EMOJI.search(words)
    if not sound or any(node.kind not in _PLAIN_LINKS for node in tested):
        return Node("text", found[0])
    return Node("link", inner=tuple(_nodes(words, fresh=False, escapes=False, links=False)), url=target)
