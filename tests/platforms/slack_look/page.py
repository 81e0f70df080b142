"""Message payloads -> a page that looks as Slack's client shows them. Judges nothing and sends nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from adapters.slack.emoji import emoji_of

Payload = Mapping[str, Any]
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code", "underline": "u"}
_SHORTCODE = re.compile(r":([a-z0-9_+'-]+):")
_PHRASES = re.compile(
    r"<(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>|(?P<code>`[^`\n]+`)"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])|(?<![\w_])_(?P<italic>[^_\n]+)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^~\n]+)~(?![\w~])"
)


def page_of(
    messages: Sequence[Payload],
    *,
    reactions: Mapping[str, int] | None = None,
    dark: bool = False,
    width: int = 760,
    title: str = "",
    lang: str = "en",
) -> str:
    """The messages in a channel, oldest first. `command` in a payload says what was asked, which Slack does not show.

    `reactions`, emoji to count, stand under every message that has buttons: the articles.
    """
    shown = "".join(_message(one, reactions or {}, first=number == 0) for number, one in enumerate(messages))
    style = Path(__file__).with_name("look.css").read_text()
    channel = f'<div class="channel"><span>#</span> {escape(title)}</div>' if title else ""
    return (
        f'<!doctype html><html lang="{lang}" class="{"dark" if dark else "light"}"><meta charset="utf-8">'
        f'<style>{style}</style><body style="width:{width}px">{channel}<main>{shown}</main></body></html>'
    )


def mrkdwn(source: str) -> str:
    """Slack's own markup as HTML; `&`, `<` and `>` in it are escaped already, or mean something."""
    shown, end = "", 0
    for found in _PHRASES.finditer(source):
        shown += _emojis(source[end : found.start()]) + _phrase(found)
        end = found.end()
    return (shown + _emojis(source[end:])).replace("\n", "<br>")


def _phrase(found: re.Match[str]) -> str:
    if target := found["target"]:
        if target[0] in "@#!":
            return f"<code>{escape(found[0])}</code>"
        return f'<a title="{target}">{_emojis(found["label"] or target)}</a>'
    if found["code"]:
        return f"<code>{found['code'].strip('`')}</code>"
    kind = next(name for name in ("bold", "italic", "strike") if found[name])
    return f"<{_TAGS[kind]}>{mrkdwn(found[kind])}</{_TAGS[kind]}>"


def _emojis(source: str) -> str:
    return _SHORTCODE.sub(lambda found: emoji_of(found[1]), source)


def _message(payload: Payload, reactions: Mapping[str, int], *, first: bool) -> str:
    command, private = payload.get("command"), payload.get("response_type") == "ephemeral"
    asked = f'<div class="asked">{escape(command)}</div>' if command else ""
    starts = first or bool(command)
    who = (
        '<div class="avatar">d</div><div class="who"><b>digestbot</b><span class="app">APP</span>'
        "<time>9:00 AM</time></div>"
        if starts
        else ""
    )
    only = '<div class="private">Only visible to you</div>' if private and starts else ""
    body = _blocks(payload.get("blocks") or ()) or f'<div class="block">{mrkdwn(payload["text"])}</div>'
    for attached in payload.get("attachments") or ():
        inner = _blocks(attached.get("blocks") or ())
        body += f'<div class="attached" style="--accent:{attached.get("color", "#ddd")}">{inner}</div>'
    if reactions and any(block["type"] == "actions" for block in payload.get("blocks") or ()):
        pills = "".join(f"<span>{escape(emoji)}<b>{count}</b></span>" for emoji, count in reactions.items())
        body += f'<div class="reactions">{pills}</div>'
    return f'{asked}<div class="message{"" if starts else " follows"}">{only}{who}<div class="body">{body}</div></div>'


def _blocks(blocks: Iterable[Payload]) -> str:
    return "".join(map(_block, blocks))


def _block(block: Payload) -> str:
    kind = block["type"]
    return f'<div class="block {"rich" if kind == "rich_text" else kind}">{_DRAWN[kind](block)}</div>'


def _text(part: Payload | None) -> str:
    if not part:
        return ""
    if part["type"] == "mrkdwn":
        return mrkdwn(part["text"])
    plain = escape(part["text"]).replace("\n", "<br>")
    return _emojis(plain) if part.get("emoji") else plain


def _button(button: Payload) -> str:
    return f'<button title="{escape(button.get("accessibility_label", ""))}">{_text(button["text"])}</button>'


def _container(block: Payload) -> str:
    title = _rich(block["rich_text_title"]) if block.get("rich_text_title") else _text(block.get("title"))
    subtitle = f'<div class="subtitle">{_text(block["subtitle"])}</div>' if block.get("subtitle") else ""
    return f'<div class="title rich">{title}</div>{subtitle}{_blocks(block["child_blocks"])}'


def _table(block: Payload) -> str:
    settings = block.get("column_settings") or ()
    rows = ""
    for row in block["rows"]:
        cells = ""
        for number, cell in enumerate(row):
            wrapped = number < len(settings) and settings[number].get("is_wrapped")
            drawn = _rich(cell) if cell["type"] == "rich_text" else escape(cell["text"])
            cells += f'<td class="{"wrapped" if wrapped else ""}">{drawn}</td>'
        rows += f"<tr>{cells}</tr>"
    return f"<table>{rows}</table>"


def _rich(block: Payload) -> str:
    return "".join(map(_element, block["elements"]))


def _element(part: Payload) -> str:
    inner = part.get("elements", ())
    match part["type"]:
        case "rich_text_section":
            return f"<p>{_pieces(inner)}</p>"
        case "rich_text_list":
            tag = "ol" if part["style"] == "ordered" else "ul"
            items = (f"<li>{_pieces(item['elements'])}</li>" for item in inner)
            return f"<{tag}>{''.join(items)}</{tag}>"
        case "rich_text_quote":
            return f"<blockquote>{_pieces(inner)}</blockquote>"
        case "rich_text_preformatted":
            return f"<pre>{_pieces(inner)}</pre>"
    raise ValueError(f"no look for rich text of type {part['type']}")


def _pieces(pieces: Iterable[Payload]) -> str:
    return "".join(map(_piece, pieces))


def _piece(piece: Payload) -> str:
    match piece["type"]:
        case "text":
            shown = escape(piece["text"]).replace("\n", "<br>")
        case "link":
            shown = f'<a title="{escape(piece["url"])}">{escape(piece.get("text") or piece["url"])}</a>'
        case "emoji":
            shown = emoji_of(piece["name"])
        case _:
            raise ValueError(f"no look for a piece of type {piece['type']}")
    for style in piece.get("style") or ():
        shown = f"<{_TAGS[style]}>{shown}</{_TAGS[style]}>"
    return shown


_DRAWN = {
    "header": lambda block: _text(block["text"]),
    "section": lambda block: _text(block["text"]),
    "context": lambda block: "".join(f"<span>{_text(one)}</span>" for one in block["elements"]),
    "actions": lambda block: "".join(map(_button, block["elements"])),
    "divider": lambda _: "",
    "markdown": lambda block: _emojis(MarkdownIt("commonmark", {"html": False}).render(block["text"])),
    "rich_text": _rich,
    "table": _table,
    "container": _container,
}
