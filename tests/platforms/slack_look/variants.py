"""The same message in other blocks, as well as they can be: only to be compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.slack import format as chosen
from adapters.slack.mrkdwn import escaped, safe_url
from bot.model import Message, Reply

Payload = dict[str, Any]


def _plain(text: str) -> Payload:
    return {"type": "plain_text", "text": text}


def _context(text: str) -> Payload:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _link(url: str | None, title: str) -> str:
    address = safe_url(url)
    return f"<{escaped(address)}|{escaped(title)}>" if address else escaped(title)


def _also(message: Message) -> str:
    return (
        f"{message.also_lead} {' · '.join(_link(one.url, one.title) for one in message.also)}" if message.also else ""
    )


def _buttons(message: Message) -> list[Payload]:
    return [
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": {**_plain(f"{option.emoji} {option.label}"), "emoji": True}}
                for option in ballot.options
            ],
        }
        for ballot in message.ballots
    ]


def _small(message: Message) -> list[Payload]:
    lines = [_also(message), escaped(message.why), *(ballot.question for ballot in message.ballots)]
    return [_context("\n".join(filter(None, lines)))]


def _headline(message: Message) -> list[Payload]:
    return [
        {"type": "header", "text": _plain(message.title)},
        _context("\n".join(map(escaped, filter(None, [message.byline, *message.footer])))),
    ]


def _sections(message: Message) -> Payload:
    """A: what most apps do: sections of mrkdwn, with bullets that are characters."""
    if message.kind != "article":
        return {"blocks": _headline(message)}
    title = f"*{message.rank}. {_link(message.url, message.title)}*"
    points = "\n".join(f"•  {escaped(one)}" for one in message.takeaways)
    return {
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": title}},
            _context(escaped(message.byline)),
            {"type": "section", "text": {"type": "mrkdwn", "text": points}},
            *_small(message),
            *_buttons(message),
        ]
    }


def _chosen(message: Message) -> Payload:
    """B: rich text."""
    blocks = chosen._article(message) if message.kind == "article" else chosen._heading(message)
    return {"blocks": blocks}


def _markdown(message: Message) -> Payload:
    """C: the markdown block."""
    if message.kind != "article":
        return {"blocks": _headline(message)}
    points = "\n".join(f"- {one}" for one in message.takeaways)  # no escape of all its signs is documented
    source = f"### {message.rank}\\. [{message.title}]({message.url})\n{message.byline}\n{points}"
    return {"blocks": [{"type": "markdown", "text": source}, *_small(message), *_buttons(message)]}


def _container(message: Message) -> Payload:
    """D: the container block of 2026."""
    if message.kind != "article":
        return {"blocks": _headline(message)}
    title, points = (block for block in chosen._article(message)[:4] if block["type"] == "rich_text")
    container = {
        "type": "container",
        "rich_text_title": title,
        "subtitle": _plain(message.byline),
        "child_blocks": [points, *_small(message), *_buttons(message)],
    }
    return {"blocks": [container]}


# Words that mean something to one markup or another, as titles of programmers' articles do.
SIGNS = Message(
    kind="article",
    title="What *args and **kwargs cost in __init__.py: ~/.cache, ~/.config & Vec<T> :fire:",
    url="https://example.org/a",
    byline="snake_case_weekly · __main__",
    takeaways=("Of 2 * 3 * 4 calls, `x` and A_B_C took [most](#fn1).", "1. No @here, no #general, no <!channel>."),
    why="Why: new today",
    rank=2,
)

VARIANTS: dict[str, Callable[[Message], Payload]] = {
    "A  sections of mrkdwn": _sections,
    "B  rich text (chosen)": _chosen,
    "C  the markdown block": _markdown,
    "D  the container block": _container,
}


def tabled(reply: Reply) -> Payload:
    """A reply's rows as a table block."""
    rows = [[{"type": "raw_text", "text": cell or " "} for cell in row] for row in (reply.columns, *reply.rows)]
    settings = [{"is_wrapped": number > 1} for number, _ in enumerate(reply.columns)]
    words = {"type": "section", "text": {"type": "mrkdwn", "text": escaped(reply.text) or " "}}
    return {
        "command": "a table",
        "response_type": "ephemeral",
        "blocks": [words, {"type": "table", "rows": rows, "column_settings": settings}],
    }
