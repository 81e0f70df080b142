"""Posting or reply -> the JSON bodies that Discord takes: components v2 within every limit. Sends nothing.

A message's parts are `_Block`s of known size; what is fetched is cut while it is drawn, so no body is ever too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import zip_longest

from adapters.discord.markdown import clipped, drawn_to, escaped, inert, link, safe_url, units_of
from bot.model import Ballot, BallotOption, Link, Message, Posting, Reply

_TEXT, _SEPARATOR, _CONTAINER = 10, 14, 17
_EPHEMERAL, _SILENT, _COMPONENTS_V2 = 1 << 6, 1 << 12, 1 << 15
_ROOM, _MOST_COMPONENTS, _MOST_PAYLOADS = 4000, 40, 5
_ACCENT, _FAILED = 0x4C8DDB, 0xD9434E

# How long each part may get, in UTF-16 units of the source; what title and foot leave of _ROOM is for the takeaways.
_TITLE, _LINE, _ALSO, _ALSO_LINK, _FOOT = 300, 200, 700, 400, 1600
_TAKEAWAY, _LEAST = 500, 120
_WORDS, _CELL, _CELLS = 1600, 300, 6
_ENDING = 60  # for "… +12" under what was left out

_CUSTOM_EMOJI = re.compile(r"<a?:\w{2,32}:\d{15,21}>", re.ASCII)
_NUMBER = re.compile(r"[\d.,%]+")

Component = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Block:
    """A component and what it takes of its message's limits."""

    component: Component
    units: int
    components: int


def payload_of(posting: Posting) -> dict[str, object]:
    """The body of `POST /channels/{id}/messages`; empty for a posting that carries no message.

    Articles are silent: a digest of a header and five of them notifies once, not six times.
    """
    message = posting.message
    if message is None:
        return {}
    silent = _SILENT if message.kind == "article" else 0
    return {
        "nonce": posting.key,
        "enforce_nonce": True,
        "allowed_mentions": {"parse": []},
        "flags": _COMPONENTS_V2 | silent,
        "components": _marked([block.component for block in _blocks(message)], posting.key),
    }


def reply_payloads(reply: Reply) -> tuple[dict[str, object], ...]:
    """Bodies of interaction responses, in their order: one, or up to five where the reply is long."""
    blocks = [*_answer(reply), *(_article(message, ballots=False) for message in reply.messages)]
    pages, left = _paged(blocks or [_text("—")])
    if left:
        pages[-1].append(_text(f"-# … +{left}"))
    return tuple(
        {
            "allowed_mentions": {"parse": []},
            "flags": _COMPONENTS_V2 | (_EPHEMERAL if reply.private else 0),
            "components": [block.component for block in page],
        }
        for page in pages
    )


def marker_of(key: str) -> tuple[int, int]:
    """The ids of the first two components of the message with this key: 31 bits of a hash in each.

    Discord gives them back with the message, which it does not do with the nonce. They are larger than any id that it
    gives itself to the other components, which it numbers from one.
    """
    number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
    first, second = (half & 0x7FFFFFFF for half in (number >> 32, number))
    first, second = (half if half > _MOST_COMPONENTS else half + 0x10000 for half in (first, second))
    return first, second if second != first else second ^ 0x10000


def is_marked(message: Mapping[str, object], key: str) -> bool:
    """Whether a message, as history returns it, is the one with this key."""
    return set(marker_of(key)) <= set(_ids(message.get("components")))


def _ids(components: object) -> Iterator[object]:
    for component in components if isinstance(components, list) else ():
        if isinstance(component, dict):
            yield component.get("id")
            yield from _ids(component.get("components"))


def _marked(components: Sequence[Component], key: str) -> list[Component]:
    """The components with the marker on the first two, outermost first."""
    first, second = marker_of(key)
    head, *rest = components
    inner = head.get("components")
    if isinstance(inner, list):
        return [{**head, "id": first, "components": [{**inner[0], "id": second}, *inner[1:]]}, *rest]
    return [{**head, "id": first}, {**rest[0], "id": second}, *rest[1:]]


def _blocks(message: Message) -> list[_Block]:
    """Two components at least, for the marker."""
    if message.kind == "article":
        return [_article(message, ballots=True)]
    small = _fitting(map(_small, message.footer), _FOOT)
    if message.kind == "note":
        return [_container(_text(_title(message.title)), *map(_text, filter(None, [small])))]
    head = f"## {_title(message.title)}"
    lines = "\n".join(filter(None, [_line(message.byline), small]))
    return [_text(head), _text(lines) if lines else _separator(divider=False)]


def _article(message: Message, *, ballots: bool) -> _Block:
    """One container: title and byline, takeaways, then under a line all that is not the article itself.

    `ballots` False where a reaction would be no vote.
    """
    head = "\n".join(filter(None, [_heading(message), _small(message.byline)]))
    foot = _fitting(
        [
            _also(message.also_lead, message.also),
            _small(message.why),
            *(_ballot(ballot) for ballot in (message.ballots if ballots else ())),
            *map(_small, message.footer),
        ],
        _FOOT,
    )
    points = _points(message.takeaways, _ROOM - _ENDING - units_of(head) - units_of(foot))
    under = [_separator(divider=True), _text(foot)] if foot else []
    return _container(_text(head), *([_text(points)] if points else []), *under, accent=_ACCENT)


def _heading(message: Message) -> str:
    title = inert(message.title) or "—"
    # the dot after the rank must not begin a list
    rank = f"{message.rank}\\. " if message.rank else ""
    address = safe_url(message.url)
    words = _TITLE if address is None else _TITLE + len(address)
    return f"### {rank}{drawn_to(title, words, partial(_linked, url=address))}"


def _linked(title: str, url: str | None) -> str:
    return link(title, url) if url else _unhashed(escaped(title))


def _title(text: str) -> str:
    return _unhashed(drawn_to(inert(text) or "—", _TITLE))


def _unhashed(heading: str) -> str:
    """Without the hash at its end that Discord would take for the end of a heading: `C#`."""
    return f"{heading[:-2]}＃" if heading.endswith("\\#") else heading


def _points(takeaways: Sequence[str], room: int) -> str:
    """A list of as many as have room, the last line saying how many have not."""
    lines: list[str] = []
    texts = list(filter(None, map(inert, takeaways)))
    for number, text in enumerate(texts):
        if room < _LEAST:
            return "\n".join([*lines, f"-# … +{len(texts) - number}"])
        lines.append(f"- {drawn_to(text, min(_TAKEAWAY, room - _ENDING))}")
        room -= units_of(lines[-1]) + 1
    return "\n".join(lines)


def _also(lead: str, also: Sequence[Link], room: int = _ALSO) -> str:
    """The lead and as many links as have room, in one small line."""
    links: list[str] = []
    line = f"-# {_line(lead, _LINE // 2)} "
    room -= units_of(line)
    for number, one in enumerate(also):
        title = inert(one.title)
        drawn = drawn_to(title, _ALSO_LINK, partial(link, url=one.url)) if title else ""
        if units_of(drawn) + 3 > room:
            links.append(f"+{len(also) - number}")
            break
        if drawn:
            links.append(drawn)
            room -= units_of(drawn) + 3
    return line + " · ".join(links) if links else ""


def _ballot(ballot: Ballot) -> str:
    """What reacting means: the question, then each emoji with its words."""
    options = " · ".join(map(_option, ballot.options[:8]))
    return "-# " + "  ".join(filter(None, [_line(ballot.question, 80), options])) if options else ""


def _option(option: BallotOption) -> str:
    custom = _CUSTOM_EMOJI.fullmatch(option.emoji)
    return f"{option.emoji if custom else _line(option.emoji, 40)} {_line(option.label, 40)}".rstrip()


def _small(text: str) -> str:
    line = _line(text)
    return f"-# {line}" if line else ""


def _line(text: str, units: int = _LINE) -> str:
    return drawn_to(inert(text), units)


def _fitting(lines: Iterable[str], room: int) -> str:
    """The lines that are not empty, as long as they have room."""
    kept: list[str] = []
    for line in filter(None, lines):
        room -= units_of(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept)


def _answer(reply: Reply) -> Iterator[_Block]:
    """The words and the table of a reply in one container, or the words bare where that is all and all is well."""
    lines = [line for line in map(inert, reply.text.splitlines()) if line]
    bold = "**" if reply.rows else ""
    words = _fitting((f"{bold}{drawn_to(line, _WORDS)}{bold}" for line in lines), 2 * _WORDS)
    table = _table(reply.columns, reply.rows, _ROOM - _ENDING - units_of(words) - _ENDING)
    texts = [_text(text) for text in (words, table) if text]
    if texts and (reply.failed or table):
        yield _container(*texts, accent=_FAILED if reply.failed else None)
    else:
        yield from texts


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> str:
    """A line for each row, as a phone has no room for columns: the first cell bold, numbers named by their column."""
    lines: list[str] = []
    for number, row in enumerate(rows):
        line = _row(columns, row)
        if not line:
            continue
        if units_of(line) + 1 > room:
            return "\n".join([*lines, f"-# … +{len(rows) - number}"])
        lines.append(line)
        room -= units_of(line) + 1
    return "\n".join(lines)


def _row(columns: Sequence[str], row: Sequence[str]) -> str:
    """Cells under no name or a bare sign are marks and stand before the name."""
    cells = [(inert(name), inert(cell)) for name, cell in zip_longest(columns, row, fillvalue="")]
    marks = [escaped(clipped(cell, 8)) for name, cell in cells if cell and not name.strip("#")]
    named = [(name, cell) for name, cell in cells if cell and name.strip("#")]
    lead = [f"**{drawn_to(cell, _CELL)}**" for _, cell in named[:1]]
    rest = [_line(f"{name} {cell}" if _NUMBER.fullmatch(cell) else cell, _CELL) for name, cell in named[1:]]
    return " — ".join(filter(None, [" ".join([*marks, *lead]), " · ".join(rest[:_CELLS])]))


def _paged(blocks: Sequence[_Block]) -> tuple[list[list[_Block]], int]:
    """The blocks dealt out to messages, and how many had no place in the most that may be sent."""
    pages: list[list[_Block]] = [[]]
    for number, block in enumerate(blocks):
        units = sum(one.units for one in pages[-1]) + block.units
        components = sum(one.components for one in pages[-1]) + block.components
        if pages[-1] and (units > _ROOM - _ENDING or components >= _MOST_COMPONENTS):
            if len(pages) == _MOST_PAYLOADS:
                return pages, len(blocks) - number
            pages.append([])
        pages[-1].append(block)
    return pages, 0


def _text(content: str) -> _Block:
    return _Block({"type": _TEXT, "content": content}, units_of(content), 1)


def _separator(*, divider: bool) -> _Block:
    return _Block({"type": _SEPARATOR, "divider": divider, "spacing": 1}, 0, 1)


def _container(*blocks: _Block, accent: int | None = None) -> _Block:
    colour = {} if accent is None else {"accent_color": accent}
    component: Component = {"type": _CONTAINER, **colour, "components": [block.component for block in blocks]}
    return _Block(component, sum(block.units for block in blocks), 1 + sum(block.components for block in blocks))
