"""Message payloads -> a page that looks as Discord's client shows them. Judges nothing and sends nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from tests.platforms.discord_look.markdown import Node, parsed

Payload = Mapping[str, Any]
_EPHEMERAL = 1 << 6
_TAGS = {"bold": "strong", "underline": "u", "italic": "em", "strike": "s", "item": "li", "quote": "blockquote"}


def page_of(
    messages: Sequence[Payload],
    *,
    reactions: Mapping[str, int] | None = None,
    dark: bool = True,
    width: int = 760,
    title: str = "",
    lang: str = "en",
) -> str:
    """The messages in a channel, oldest first. `command` in a payload is the slash command that it answers.

    `reactions`, emoji to count, stand under every message that carries an accent colour: the articles.
    """
    shown = "".join(_message(one, reactions or {}, first=number == 0) for number, one in enumerate(messages))
    style = Path(__file__).with_name("look.css").read_text()
    channel = f'<div class="channel"><span>#</span> {escape(title)}</div>' if title else ""
    return (
        f'<!doctype html><html lang="{lang}" class="{"dark" if dark else "light"}"><meta charset="utf-8">'
        f'<style>{style}</style><body style="width:{width}px">{channel}<main>{shown}</main></body></html>'
    )


def drawn(source: str) -> str:
    """Markdown as HTML."""
    return "".join(map(_html, parsed(source)))


def _message(payload: Payload, reactions: Mapping[str, int], *, first: bool) -> str:
    private = bool(int(payload.get("flags", 0)) & _EPHEMERAL)
    command = payload.get("command")
    asked = f'<div class="asked"><i></i><b>mira</b> used <span>{escape(command)}</span></div>' if command else ""
    who = (
        '<div class="avatar">d</div><div class="who"><b>digestbot</b><span class="app">APP</span>'
        "<time>Today at 09:00</time></div>"
        if first or command
        else ""
    )
    body = f'<div class="content">{drawn(payload["content"])}</div>' if payload.get("content") else ""
    body += "".join(map(_embed, payload.get("embeds") or ()))
    body += "".join(map(_component, payload.get("components") or ()))
    accented = any(part.get("accent_color") for part in payload.get("components") or ()) or any(
        embed.get("url") for embed in payload.get("embeds") or ()
    )
    if reactions and accented and not private:
        pills = "".join(f"<span>{escape(emoji)} <b>{count}</b></span>" for emoji, count in reactions.items())
        body += f'<div class="reactions">{pills}</div>'
    if private:
        body += '<div class="private">👁 Only you can see this · <a>Dismiss message</a></div>'
    classes = f"message{' begins' if who else ''}{' ephemeral' if private else ''}"
    return f'<div class="{classes}">{asked}{who}<div class="body">{body}</div></div>'


def _component(part: Payload) -> str:
    match part["type"]:
        case 10:
            return f'<div class="text">{drawn(part["content"])}</div>'
        case 14:
            return (
                f'<div class="separator{" line" if part.get("divider", True) else ""} s{part.get("spacing", 1)}"></div>'
            )
        case 17:
            accent = part.get("accent_color")
            bar = f' style="--accent:#{accent:06x}"' if accent is not None else ""
            inner = "".join(map(_component, part["components"]))
            return f'<div class="container{" accented" if bar else ""}"{bar}>{inner}</div>'
    raise ValueError(f"no look for a component of type {part['type']}")


def _embed(embed: Payload) -> str:
    title = escape(embed.get("title", ""))
    if embed.get("url"):
        title = f"<a>{title}</a>"
    author = f'<div class="author">{escape(embed["author"]["name"])}</div>' if "author" in embed else ""
    fields = "".join(
        f'<div class="field"><b>{escape(field["name"])}</b><div>{drawn(field["value"])}</div></div>'
        for field in embed.get("fields") or ()
    )
    footer = f'<div class="footer">{escape(embed["footer"]["text"])}</div>' if "footer" in embed else ""
    return (
        f'<div class="embed" style="--accent:#{embed.get("color", 0x1E1F22):06x}">{author}'
        f'<div class="title">{title}</div><div class="text">{drawn(embed.get("description", ""))}</div>'
        f"{fields}{footer}</div>"
    )


def _html(node: Node) -> str:
    inner = escape(node.text) + "".join(map(_html, node.inner))
    match node.kind:
        case "text":
            return inner.replace("\n", "<br>")
        case "heading":
            return f"<h{node.level}>{inner}</h{node.level}>"
        case "small":
            return f"<small>{inner}</small>"
        case "list":
            return f'<ol start="{node.level}">{inner}</ol>' if node.level else f"<ul>{inner}</ul>"
        case "link" | "address":
            return f'<a title="{escape(node.url)}">{inner}</a>'
        case "mention" | "time":
            return f'<span class="mention">{inner}</span>'
        case "code" | "fence":
            return f"<code>{inner}</code>"
        case "spoiler" | "emoji":
            return f'<span class="{node.kind}">{inner}</span>'
    tag = _TAGS[node.kind]
    return f"<{tag}>{inner}</{tag}>"
