"""Reactions by the Web API, and which names there are."""

from __future__ import annotations

import functools
import re
from typing import Any

import emoji

from tests.platforms.slack_server.calls import Answer, Call, Refused
from tests.platforms.slack_server.shapes import message_json
from tests.platforms.slack_server.world import Channel, Message

_TS = re.compile(r"\d{10}\.\d{6}")
_TONE = re.compile(r"::skin-tone-[2-6]$")
_CANONICAL = {"thumbsup": "+1", "thumbsdown": "-1"}
MOST_EMOJI = 50  # on one message
MOST_OF_ONE = 23  # by one user on one message


def add(call: Call) -> Answer:
    channel, message = _item(call)
    if channel.archived:
        raise Refused("is_archived")
    name, user = _name(call), call.workspace.bot_user
    who = message.reactions.get(name)
    if who is not None and user in who:
        raise Refused("already_reacted")
    if who is None and len(message.reactions) >= MOST_EMOJI:
        raise Refused("too_many_emoji")
    if sum(user in one for one in message.reactions.values()) >= MOST_OF_ONE:
        raise Refused("too_many_reactions")
    call.server.react(user, channel.id, message.ts, name)
    return {"ok": True}


def remove(call: Call) -> Answer:
    channel, message = _item(call)
    name, user = _name(call), call.workspace.bot_user
    if user not in message.reactions.get(name, ()):
        raise Refused("no_reaction")
    call.server.unreact(user, channel.id, message.ts, name)
    return {"ok": True}


def get(call: Call) -> Answer:
    channel, message = _item(call)
    return {"ok": True, **_shown(call, channel, message)}


def listed(call: Call) -> Answer:
    user = call.text("user") or call.workspace.bot_user
    found = [
        _shown(call, channel, message)
        for channel in call.world.places(call.workspace)
        if channel.bot_in
        for message in channel.messages.values()
        if not message.deleted and any(user in who for who in message.reactions.values())
    ]
    page, after = call.page(found)
    told = {"ok": True, "items": page, "response_metadata": {"next_cursor": after}}
    if call.text("cursor") or call.text("limit"):
        return told
    return told | {"paging": {"count": 100, "total": len(found), "page": 1, "pages": -(-len(found) // 100)}}


def _shown(call: Call, channel: Channel, message: Message) -> dict[str, Any]:
    shown = message_json(call.world, channel, message, full=call.flag("full"))
    address = f"https://{call.workspace.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"type": "message", "channel": channel.id, "message": shown | {"permalink": address}}


def canonical(name: str) -> str:
    """As Slack stores it: without an alias, with the tone of skin."""
    tone = _TONE.search(name)
    bare = name[: tone.start()] if tone else name
    return _CANONICAL.get(bare, bare) + (tone.group() if tone else "")


def is_known(name: str, custom: object = ()) -> bool:
    bare = _TONE.sub("", name)
    return bare in _names() or (isinstance(custom, dict) and bare in custom)


def _item(call: Call) -> tuple[Channel, Message]:
    if not call.text("channel") or not call.text("timestamp"):
        raise Refused("no_item_specified", fault=f"{call.method}: neither channel nor timestamp may be left out")
    channel = call.channel(member=True)
    if not _TS.fullmatch(call.text("timestamp")):
        raise Refused("bad_timestamp", fault=f"{call.method}: timestamp {call.text('timestamp')}")
    return channel, call.message(channel)


def _name(call: Call) -> str:
    name = call.text("name").strip(":")
    if not is_known(name, call.server.emoji):
        raise Refused("invalid_name", fault=f"{call.method}: there is no emoji {name!r}")
    return canonical(name)


@functools.cache
def _names() -> frozenset[str]:
    """Slack's short names are nearly those that are in use elsewhere."""
    found = set()
    for one in emoji.EMOJI_DATA.values():
        for name in [*one.get("alias", ()), one["en"]]:
            found.add(name.strip(":").lower())
    return frozenset(found)
