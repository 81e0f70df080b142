"""Channels by the Web API: what there is, what was said in them, and who is in them."""

from __future__ import annotations

import re

from tests.platforms.slack_server.calls import Answer, Call, Refused, made_cursor
from tests.platforms.slack_server.shapes import channel_json, message_json
from tests.platforms.slack_server.world import Message

_KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
_NUMBER = re.compile(r"\d+(\.\d+)?")
_PAGE = 999


def info(call: Call) -> Answer:
    channel = call.channel(scope="read")
    told = channel_json(channel, locale=call.flag("include_locale"), members=call.flag("include_num_members"))
    return {"ok": True, "channel": told}


def listed(call: Call) -> Answer:
    kinds = [one.strip() for one in (call.text("types") or "public_channel").split(",")]
    if unknown := [one for one in kinds if one not in _KINDS]:
        raise Refused("invalid_types", fault=f"conversations.list: {unknown[0]}")
    for one in kinds:
        call.need(f"{_KINDS[one]}:read")
    wanted = {_KINDS[one] for one in kinds}
    found = [
        one
        for one in call.world.places(call.workspace)
        if one.kind in wanted
        and (one.bot_in or not one.private)
        and not (one.archived and call.flag("exclude_archived"))
    ]
    page, after = call.page(found)
    channels = [channel_json(one, members=True) for one in page]
    return {"ok": True, "channels": channels, "response_metadata": {"next_cursor": after}}


def history(call: Call) -> Answer:
    channel = call.channel(scope="history", member=True)
    found = [one for one in reversed(call.world.said(channel)) if _between(call, one.ts)]
    from_oldest = bool(_bound(call, "oldest")) and not _bound(call, "latest")
    page, after = _paged(
        call, found[::-1] if from_oldest else found
    )  # where only `oldest` is given, those closest to it
    page = page[::-1] if from_oldest else page
    metadata = call.flag("include_all_metadata")
    shown = [message_json(call.world, channel, one, metadata=metadata) for one in page]
    told = {"ok": True, "messages": shown, "has_more": bool(after), "pin_count": 0}
    told |= {"channel_actions_ts": None, "channel_actions_count": 0}
    return told | ({"response_metadata": {"next_cursor": after}} if after else {})


def replies(call: Call) -> Answer:
    """The parent first, then what was answered, the oldest first; of an answer, its thread."""
    channel = call.channel(scope="history", member=True)
    parent = channel.messages.get(call.text("ts"))
    if parent is None or (parent.deleted and not parent.replies):
        raise Refused("thread_not_found")
    if parent.thread_ts:
        parent = channel.messages.get(parent.thread_ts, parent)
    answers = [one for one in call.world.thread(channel, parent) if _between(call, one.ts)]
    page, after = _paged(call, [*([] if parent.deleted else [parent]), *answers])
    metadata = call.flag("include_all_metadata")
    shown = [message_json(call.world, channel, one, metadata=metadata) for one in page]
    told = {"ok": True, "messages": shown, "has_more": bool(after)}
    return told | ({"response_metadata": {"next_cursor": after}} if after else {})


def members(call: Call) -> Answer:
    channel = call.channel(scope="read")
    page, after = call.page(list(channel.members))
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": after}}


def join(call: Call) -> Answer:
    channel = call.channel(open_=True)
    if channel.private or channel.im_with:
        raise Refused("method_not_supported_for_channel_type")
    if channel.bot_in:
        warned = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return {"ok": True, "channel": channel_json(channel), **warned}
    call.server.join(channel, call.workspace.bot_user)
    return {"ok": True, "channel": channel_json(channel)}


def open_(call: Call) -> Answer:
    if call.text("channel"):
        channel = call.channel()
        return {"ok": True, "channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = [one for one in call.text("users").split(",") if one]
    if not users:
        raise Refused("users_list_not_supplied", fault="conversations.open: neither channel nor users")
    if len(users) > 1:
        raise Refused("method_not_supported_for_channel_type")  # of groups there are none here
    user = call.world.users.get(users[0])
    if user is None or user.workspace_id != call.workspace.id:
        raise Refused("user_not_found")
    channel = call.world.direct(call.workspace, user.id)
    return {"ok": True, "channel": channel_json(channel) if call.flag("return_im") else {"id": channel.id}}


def _between(call: Call, ts: str) -> bool:
    """Whether a time stamp is in what is asked for; its ends are only with `inclusive`."""
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    if call.flag("inclusive"):
        return (not oldest or _padded(ts) >= oldest) and (not latest or _padded(ts) <= latest)
    return (not oldest or _padded(ts) > oldest) and (not latest or _padded(ts) < latest)


def _bound(call: Call, name: str) -> str:
    text = call.text(name)
    if text in ("", "0", "now"):
        return ""
    if not _NUMBER.fullmatch(text):
        raise Refused(f"invalid_ts_{name}", fault=f"{call.method}: {name} {text}")
    return _padded(text)


def _padded(ts: str) -> str:
    """So that texts compare as numbers do."""
    seconds, _, rest = ts.partition(".")
    return f"{seconds:0>12}.{rest:0<6}"


def _paged(call: Call, found: list[Message]) -> tuple[list[Message], str]:
    most = call.server.gate.limits.history_page
    limit = call.number("limit", most or 100)
    if limit < 1:
        raise Refused("invalid_limit", fault=f"{call.method}: limit {limit}")
    start = call.cursor()
    end = start + min(limit, most or _PAGE)
    return found[start:end], made_cursor(end) if end < len(found) else ""
