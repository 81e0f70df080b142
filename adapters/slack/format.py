"""Posting, reply or receipt -> the arguments that Slack takes: blocks within every limit, and a text. Sends nothing.

What is fetched stands in rich text or plain text alone, where Slack parses nothing; it is cut while it is drawn, and
each block's size is known, so no message is ever too long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from adapters.slack.mrkdwn import clipped, drawn_to, escaped, inert, safe_url, units_of
from bot.model import Ballot, BallotOption, Link, Message, Posting, Reply

EVENT_TYPE = "digestbot_posting"
VOTE = "vote:"  # how the action_id of our buttons begins

# Slack's limits; the sum over a message's blocks is not documented, and was seen at about 13,200 characters.
_ROOM, _MOST_BLOCKS, _MOST_PAYLOADS, _MOST_TEXT = 12_000, 50, 5, 4000
_HEADER, _BUTTON, _ACTION, _VALUE = 150, 75, 100, 2000

# How long each part may get, in UTF-16 units; what they leave of _ROOM is for the takeaways.
_TITLE, _LINE, _ALSO_TITLE, _TAKEAWAY, _WORDS, _CELL, _CELLS, _EMOJI = 300, 200, 120, 600, 2400, 300, 6, 60
_ALSO, _BUTTONS, _ROWS = 2400, 4000, 8000  # of JSON
_MOST_LINES, _MOST_OPTIONS = 4, 10
_ENDING = 400  # for what holds the takeaways, and "… +12" where something was left out

_CUSTOM_EMOJI = re.compile(r"<a?:([\w-]{1,100}):\d+>|:([\w+'-]{1,100}):", re.ASCII)
_NUMBER = re.compile(r"[\d.,%]+")

Block = dict[str, object]
Piece = dict[str, object]  # of rich text, or a button
Group = tuple[str, list[Block]]  # blocks that stay together, and what they say


def payload_of(posting: Posting) -> dict[str, object]:
    """The arguments of chat.postMessage but for the channel and thread; empty for a posting without a message."""
    message = posting.message
    if message is None:
        return {}
    blocks = _article(message) if message.kind == "article" else _heading(message)
    return {
        **_body(_text_of(message), blocks),
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": posting.key}},
    }


def reply_payloads(reply: Reply) -> tuple[dict[str, object], ...]:
    """Bodies for a command's response_url, in their order: one, or up to five where the reply is long."""
    groups = [*_answer(reply), *((_text_of(message), _article(message)) for message in reply.messages)]
    pages, left = _paged(groups or [("—", [_small("—")])])
    bodies = []
    for number, page in enumerate(pages, 1):
        blocks = [block for _, group in page for block in group]
        if left and number == len(pages):
            blocks.append(_small(f"… +{left}"))
        text = _fitting((text for text, _ in page), _MOST_TEXT) or "—"
        bodies.append(_answering(_body(text, blocks[blocks[0]["type"] == "divider" :]), reply.private))
    return tuple(bodies)


def receipt_payload(text: str) -> dict[str, object]:
    """A small note to one member, for chat.postEphemeral, a direct message or a response_url."""
    line = clipped(inert(text), _MOST_TEXT // 4) or "—"
    return {"text": escaped(line), "blocks": [_small(line)]}


def is_marked(message: Mapping[str, object], key: str) -> bool:
    """Whether a message, as history returns it with its metadata, is the one with this key."""
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return False
    payload = metadata.get("event_payload")
    return isinstance(payload, Mapping) and payload.get("key") == key


def vote_of_action(action: Mapping[str, object]) -> tuple[int | None, str] | None:
    """The article and the emoji of a pressed vote button; None for any other action."""
    name, value = action.get("action_id"), action.get("value")
    if not isinstance(name, str) or not name.startswith(VOTE) or not isinstance(value, str) or len(value) > _VALUE:
        return None
    try:
        vote = json.loads(value)
    except (ValueError, RecursionError):
        return None
    article, emoji = (vote.get("article"), vote.get("emoji")) if isinstance(vote, dict) else (None, None)
    if not isinstance(emoji, str) or not 0 < len(emoji) <= _EMOJI or inert(emoji) != emoji:
        return None
    if article is not None and (type(article) is not int or not 0 < article < 1 << 63):
        return None
    return article, emoji


def _body(text: str, blocks: Sequence[Block]) -> dict[str, object]:
    return {"text": text, "blocks": list(blocks), "unfurl_links": False, "unfurl_media": False}


def _answering(body: dict[str, object], private: bool) -> dict[str, object]:
    return {**body, "response_type": "ephemeral" if private else "in_channel", "replace_original": False}


def _heading(message: Message) -> list[Block]:
    """The day's headline, and under it what is to be known of the digest; a note is a line."""
    title = inert(message.title) or "—"
    if message.kind == "note":
        head = _rich([_section([_words(clipped(title, _TITLE))])])
    else:
        head = {"type": "header", "text": _plain(clipped(title, _HEADER))}
    return [head, *map(_small, _lines([message.byline, *message.footer]))]


def _article(message: Message) -> list[Block]:
    """Title and byline, takeaways, what is not the article itself, and the buttons."""
    address, title = safe_url(message.url), clipped(inert(message.title) or "—", _TITLE)
    rank = [_words(f"{message.rank}. ", bold=True)] if message.rank else []
    head = [_rich([_section([*rank, _linked(title, address, bold=True)])]), *map(_small, _lines([message.byline]))]
    foot = [*_also(message.also_lead, message.also), *_ballots(message, title)]
    foot += map(_small, _lines([message.why, *message.footer]))
    return [{"type": "divider"}, *head, *_points(message.takeaways, _ROOM - _ENDING - _size(head) - _size(foot)), *foot]


def _points(takeaways: Sequence[str], room: int) -> list[Block]:
    """A list of as many as have room, the last line saying how many have not."""
    texts = [clipped(text, _TAKEAWAY) for text in map(inert, takeaways) if text]
    items = _within(room, ([_section([_words(text)])] for text in texts))
    left = len(texts) - len(items)
    lists = [_bullets(items)] if items else []
    more = [_section([_words(f"… +{left}", italic=True)])] if left else []
    return [_rich([*lists, *more])] if lists or more else []


def _also(lead: str, also: Sequence[Link]) -> list[Block]:
    """The lead and as many links as have room, in one line."""
    titled = [(clipped(title, _ALSO_TITLE), safe_url(link.url)) for link in also if (title := inert(link.title))]
    links = _within(_ALSO, ([_words(" · "), _linked(*one)] for one in titled))[1:]
    if not links:
        return []
    line, left = clipped(inert(lead), _LINE), len(titled) - (len(links) + 1) // 2
    more = [_words(f" · +{left}")] if left else []
    return [_rich([_section([*([_words(f"{line} ")] if line else []), *links, *more])])]


def _ballots(message: Message, title: str) -> Iterator[Block]:
    """For each ballot its question, and a button for each answer that has room."""
    room = _BUTTONS
    for ballot in message.ballots:
        faces = [(face, option) for option in ballot.options if (face := _face(option))][:_MOST_OPTIONS]
        drawn = (
            [_button(ballot, number, face, option, message.article, title)]
            for number, (face, option) in enumerate(faces)
        )
        buttons = _within(room, drawn)
        if buttons:
            room -= _size(buttons) + 2 * _LINE
            yield from map(_small, _lines([ballot.question]))
            yield {"type": "actions", "elements": buttons}


def _button(ballot: Ballot, number: int, face: str, option: BallotOption, article: int | None, title: str) -> Piece:
    label = inert(option.label)
    # ASCII without a sign that Slack escapes, so that it comes back as it went
    value = json.dumps({"article": article, "emoji": clipped(inert(option.emoji), _EMOJI)})
    return {
        "type": "button",
        "action_id": clipped(f"{VOTE}{inert(ballot.name)}", _ACTION) + f":{number}",
        "text": {"type": "plain_text", "text": clipped(f"{face} {label}".rstrip(), _BUTTON), "emoji": True},
        "value": value.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
        "accessibility_label": clipped(f"{label or face}: {title}", _BUTTON),
    }


def _face(option: BallotOption) -> str:
    own = _CUSTOM_EMOJI.fullmatch(option.emoji)
    return f":{own[1] or own[2]}:" if own else clipped(inert(option.emoji), _EMOJI // 2)


def _answer(reply: Reply) -> Iterator[Group]:
    """The words of a reply, a warning sign before them where it failed, then its rows, some to a block.

    Rows are a list, but where they begin with a mark of their own.
    """
    words = clipped("\n".join(filter(None, map(inert, reply.text.splitlines()))), _WORDS)
    if words or reply.failed:
        sign: list[Piece] = [{"type": "emoji", "name": "warning"}, _words(" ")] if reply.failed else []
        yield (
            drawn_to(words or "—", _MOST_TEXT // 2),
            [_rich([_section([*sign, _words(words or "—", bold=bool(reply.rows))])])],
        )
    rows = [pieces for row in reply.rows if (pieces := _row(reply.columns, row))]
    while rows:
        lines = _within(_ROWS, ([_section(row)] for row in rows))
        said = ("".join(str(piece["text"]) for piece in row) for row in rows[: len(lines)])
        block = _rich([_bullets(lines)] if all(name.strip("# ") for name in reply.columns) else lines)
        yield _fitting((drawn_to(line, _TAKEAWAY) for line in said), _MOST_TEXT), [block]
        rows = rows[len(lines) :]


def _row(columns: Sequence[str], row: Sequence[str]) -> list[Piece]:
    """A line for each row, as a phone has no room for columns: the first cell bold, numbers named by their column."""
    cells = [(inert(name), inert(cell)) for name, cell in zip_longest(columns, row, fillvalue="")]
    marks = [clipped(cell, 8) for name, cell in cells if cell and not name.strip("#")]
    named = [(name, clipped(cell, _CELL)) for name, cell in cells if cell and name.strip("#")]
    rest = [f"{clipped(name, 40)} {cell}" if _NUMBER.fullmatch(cell) else cell for name, cell in named[1:]]
    pieces = [_words(" ".join(marks[:_CELLS]) + " ")] if marks else []
    pieces += [_words(cell, bold=True) for _, cell in named[:1]]
    return [*pieces, *([_words(" — " + " · ".join(rest[:_CELLS]))] if rest else [])]


def _paged(groups: Sequence[Group]) -> tuple[list[list[Group]], int]:
    """The groups dealt out to messages, and how many had no place in the most that may be sent."""
    pages: list[list[Group]] = [[]]
    for number, group in enumerate(groups):
        blocks = [block for _, one in [*pages[-1], group] for block in one]
        if pages[-1] and (_size(blocks) > _ROOM - _ENDING or len(blocks) >= _MOST_BLOCKS):
            if len(pages) == _MOST_PAYLOADS:
                return pages, len(groups) - number
            pages.append([])
        pages[-1].append(group)
    return pages, 0


def _text_of(message: Message) -> str:
    """What is read aloud, and shown where blocks are not: the words without their dress."""
    rank = f"{message.rank}. " if message.rank else ""
    lines = [f"{rank}{inert(message.title) or '—'}", message.byline, *message.takeaways, *message.footer]
    return _fitting((drawn_to(line, _TAKEAWAY) for line in map(inert, lines)), _MOST_TEXT)


def _fitting(lines: Iterable[str], room: int) -> str:
    """The lines that are not empty, as long as they have room."""
    kept: list[str] = []
    for line in filter(None, lines):
        room -= units_of(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept)


def _within(room: int, groups: Iterable[list[Piece]]) -> list[Piece]:
    """The pieces of the first groups, as many as have room."""
    kept: list[Piece] = []
    for group in groups:
        room -= _size(group)
        if room < 0:
            break
        kept += group
    return kept


def _lines(texts: Iterable[str]) -> list[str]:
    return [clipped(line, _LINE) for line in map(inert, texts) if line][:_MOST_LINES]


def _size(blocks: Sequence[Block]) -> int:
    """More than any way of counting that Slack may use makes of them: their whole JSON."""
    return units_of(json.dumps(blocks, ensure_ascii=False))


def _plain(text: str) -> dict[str, object]:
    """`emoji` would turn a fetched :tada: into a picture."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _small(text: str) -> Block:
    return {"type": "context", "elements": [_plain(text)]}


def _rich(elements: Sequence[Piece]) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _bullets(items: Sequence[Piece]) -> Piece:
    return {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": list(items)}


def _section(elements: Sequence[Piece]) -> Piece:
    return {"type": "rich_text_section", "elements": list(elements)}


def _words(text: str, **style: bool) -> Piece:
    return {"type": "text", "text": text, **_styled(style)}


def _linked(text: str, address: str | None, **style: bool) -> Piece:
    """The words leading to the address; only the words where there is none to lead to."""
    if address is None:
        return _words(text, **style)
    return {"type": "link", "url": address, "text": text, **_styled(style)}


def _styled(style: Mapping[str, bool]) -> dict[str, object]:
    chosen = {name: True for name, on in style.items() if on}
    return {"style": chosen} if chosen else {}
