"""Lists of feeds, OPML 1 and 2: bytes -> outlines, sources -> text. Fetches nothing.

A list may come from anywhere, and real ones are often broken, so no XML parser looks at it: tags are found by a pattern
that never looks at a character twice, whatever stands between them, and no entity means more than a sign.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from itertools import islice
from urllib.parse import urlsplit

from bot.errors import ParseError
from bot.model import Source
from bot.sources.decoding import decoded
from bot.text.harmless import harmless_line

_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|(?P<end></outline\s*>)
    |<outline(?P<attributes>(?=[\s/>])(?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>|(?P<broken><outline\b[^<]*(?:<(?!/?outline\b)[^<]*)*+)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
# Where markup stands unescaped in an attribute, as real lists have it, the rest of its outline is still looked through.
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++))""")
_OPML = re.compile(r"<(?:opml|outline)\b", re.IGNORECASE)
_MOST = 250_000  # tags of one list
_LONGEST = 200  # characters of a category
_FEEDS = frozenset({"rss", "rss1", "atom", "feed", "pie"})  # what lists have called a feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed, or a site, of a list. `problem` says why it cannot be read."""

    line: int
    address: str
    title: str | None
    category: str | None
    problem: str | None = None


@dataclass(slots=True)
class _Folder:
    name: str | None
    comment: bool  # it and all in it is commented out


def outlines_of(body: bytes) -> tuple[Outline, ...]:
    """The feeds of a list, in its order, each in the category that its nearest folder names, else in its own. Outlines
    that are no feed are passed over. Raises ParseError where this is no OPML."""
    text = decoded(body)
    if not _OPML.search(text):
        raise ParseError("this is no OPML: there is no outline in it")
    found: list[Outline] = []
    folders: list[_Folder] = []
    tags = [*islice(_TAG.finditer(text), _MOST + 1)]
    if len(tags) > _MOST:
        raise ParseError(f"this list has more than {_MOST:,} tags; import it in parts")
    line, at = 1, 0
    for tag in tags:
        line, at = line + text.count("\n", at, tag.start()), tag.start()
        if tag["end"] and folders:
            folders.pop()
            continue
        whole, written = tag["attributes"], tag["broken"] or tag["attributes"]
        if written is None:  # a comment
            continue
        stated = _attributes_of(written)
        above = folders[-1] if folders else _Folder(None, comment=False)
        hidden = above.comment or stated.get("iscomment", "").lower() == "true"
        outline = None if hidden else _outline_of(stated, line=line, folder=above.name)
        if outline is not None:
            found.append(outline)
        if not written.rstrip().endswith(("/", "/>")) and (whole is not None or ">" in written):
            name = above.name if outline else _category_of(stated.get("text") or stated.get("title")) or above.name
            folders.append(_Folder(name, hidden))
    return tuple(found)


def opml_of(sources: Iterable[Source], title: str) -> str:
    """Sources of the web as OPML 2.0, in a folder for each category. The same sources give the same text."""
    folders: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        if not source.spec.local:
            name = _quoted(source.title or source.spec.address)
            address = escape("".join(filter(str.isprintable, source.spec.address)))
            outline = f'<outline type="rss" text={name} title={name} xmlUrl="{address}"/>'
            folders[source.spec.category or ""].append(outline)
    lines = [*folders.pop("", ())]
    for category, outlines in sorted(folders.items()):
        name = _quoted(category)
        lines += [f"<outline text={name} title={name}>", *(f"  {outline}" for outline in outlines), "</outline>"]
    head = f"<head>\n    <title>{escape(harmless_line(title))}</title>\n  </head>"
    body = "".join(f"    {line}\n" for line in lines)
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">'
    return f"{declared}\n  {head}\n  <body>\n{body}  </body>\n</opml>\n"


def _attributes_of(text: str) -> Mapping[str, str]:
    """By name in small letters; of one that is stated twice the first."""
    return {name.lower(): unescape("".join(value)) for name, *value in reversed(_ATTRIBUTE.findall(text))}


def _outline_of(stated: Mapping[str, str], *, line: int, folder: str | None) -> Outline | None:
    """None: it is no feed."""
    told = stated.get("xmlurl", "")
    if not told and stated.get("type", "").strip().lower() in _FEEDS:
        told = stated.get("url") or stated.get("htmlurl") or ""
    elif "xmlurl" not in stated:
        return None
    address = address_of(told)
    title = harmless_line(stated.get("text") or stated.get("title") or "") or None
    own = stated.get("category", "").split(",")[0].rstrip("/").rpartition("/")[2]
    return Outline(
        line=line,
        address=address,
        title=title,
        category=folder or _category_of(own),
        problem=_problem_of(address),
    )


def address_of(told: str) -> str:
    """An address as lists write it, with `feed:` for a web address; scheme and host in small letters."""
    address = "".join(told.split())
    scheme, _, rest = address.partition(":")
    if scheme.lower() == "feed":
        address = f"http:{rest}" if rest.startswith("//") else rest
    head, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{head.lower()}{mark}{host.lower() if '@' not in host else host}{slash}{path}" if mark else address


def _problem_of(address: str) -> str | None:
    if not address:
        return "it names no address (xmlUrl)"
    try:
        parts = urlsplit(address)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        fine = fine and address.isprintable()
    except ValueError:  # a port that is none, brackets that do not close
        fine = False
    return None if fine else f"{harmless_line(address)[:200]} is no web address"


def _category_of(name: str | None) -> str | None:
    return harmless_line(name or "")[:_LONGEST].strip() or None


def _quoted(text: str) -> str:
    return f'"{escape(harmless_line(text))}"'
