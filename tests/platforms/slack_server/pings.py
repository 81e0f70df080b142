"""Whom a message pings or links, after Slack has read its markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TOKEN = re.compile(r"<([^<>]*)>")
_SPECIAL = re.compile(r"!(channel|here|everyone|group)|!subteam\^\w+|@[UWB]\w+")
_BARE = re.compile(r"(?<![\w@])@[\w.-]+")
_ATTACHED = ("pretext", "text", "title", "fallback", "footer", "author_name")
_RICH = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}


def pings(payload: Mapping[str, Any]) -> list[str]:
    """As in `<!channel>`, `<@U…>`; with `link_names` or `parse` "full" also the bare `@name`."""
    bare = payload.get("link_names") in (True, 1, "1", "true") or payload.get("parse") == "full"
    found: list[str] = []
    for text in _texts(payload):
        found += _in_text(text, bare=bare)
    blocks = payload.get("blocks")
    if isinstance(blocks, list):
        found += _in_blocks(blocks, bare=bare)
    return found


def _texts(payload: Mapping[str, Any]) -> Iterator[str]:
    for name in ("text", "markdown_text"):
        if isinstance(payload.get(name), str):
            yield payload[name]
    attachments = payload.get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        if isinstance(one, Mapping):
            yield from (one[name] for name in _ATTACHED if isinstance(one.get(name), str))


def _in_text(text: str, *, bare: bool) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        if _SPECIAL.fullmatch(token.partition("|")[0]):
            yield f"<{token}>"
    if bare:
        yield from _BARE.findall(_TOKEN.sub(" ", text))


def _in_blocks(value: Any, *, bare: bool) -> Iterator[str]:
    """Markup counts in mrkdwn and in markdown; plain text is shown as it is."""
    if isinstance(value, Mapping):
        kind = value.get("type")
        if kind in ("mrkdwn", "markdown") and isinstance(value.get("text"), str):
            yield from _in_text(value["text"], bare=bare)
        elif kind in _RICH and isinstance(value.get(_RICH[kind]), str):
            yield f"<{kind}:{value[_RICH[kind]]}>"
        for one in value.values():
            yield from _in_blocks(one, bare=bare)
    elif isinstance(value, list):
        for one in value:
            yield from _in_blocks(one, bare=bare)
