"""Messages by the Web API: chat.postMessage and its kin, with Slack's rules for what may be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.platforms.slack_server import blocks
from tests.platforms.slack_server.calls import Answer, Call, Refused
from tests.platforms.slack_server.pings import pings
from tests.platforms.slack_server.shapes import message_json
from tests.platforms.slack_server.world import SYSTEM, Channel, Message, World

if TYPE_CHECKING:
    from tests.platforms.slack_server import SlackServer

_PARSED = ("blocks", "attachments", "metadata")
_LOOKS = frozenset(("username", "icon_emoji", "icon_url"))
_UPDATE_TEXT = 4000
_OTHER_FAULTS = (  # what begins so is another error than invalid_blocks
    ("no_text", "no_text"),
    ("msg_too_long", "msg_too_long"),
    ("msg_blocks_too_long", "msg_blocks_too_long"),
    ("markdown_text_conflict", "markdown_text_conflict"),
    ("invalid_metadata", "invalid_metadata_format"),
)


def post_message(call: Call) -> Answer:
    channel = _place(call)
    if not channel.bot_in and "chat:write.public" not in call.workspace.scopes:
        raise Refused("not_in_channel")
    if channel.archived:
        raise Refused("is_archived")
    if channel.restricted:
        raise Refused("restricted_action")
    payload = _said(call)
    _look_like_somebody(call, payload)
    _check_thread(channel, payload)
    message = call.world.put(channel, payload)
    call.server.pings += pings(payload)
    call.server.tell.posted(channel, message)
    shown = message_json(call.world, channel, message, metadata=True)
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(call: Call) -> Answer:
    channel = call.channel(open_=True, member=True)
    user = call.text("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    payload = _said(call)
    call.server.pings += pings(payload)
    made = call.world.whisper(channel, user, payload)
    call.server.tell.whispered(made)
    return {"ok": True, "message_ts": made.ts}


def update(call: Call) -> Answer:
    channel = call.channel(open_=True)
    message = call.message(channel, "ts")
    if message.user != call.workspace.bot_user or message.subtype in SYSTEM:
        raise Refused("cant_update_message")
    if len(call.text("text")) > _UPDATE_TEXT:
        raise Refused("msg_too_long", fault="chat.update: the text is longer than 4,000")
    change(call.world, message, _said(call))
    call.server.pings += pings(message.payload)
    shown = message_json(call.world, channel, message, metadata=True)
    shown.pop("ts")
    return {"ok": True, "channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def change(world: World, message: Message, payload: dict[str, Any]) -> None:
    """What is not given stays as it was."""
    message.payload = {**message.payload, **{name: one for name, one in payload.items() if name != "thread_ts"}}
    message.blocks = world.with_ids(message.payload.get("blocks"))
    message.edited = world.ts()


def delete(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel, "ts")
    if message.user != call.workspace.bot_user:
        raise Refused("cant_delete_message")
    remove(call, channel, message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def remove(call: Call, channel: Channel, message: Message) -> None:
    message.deleted = True
    call.server.tell.message_deleted(channel, message)


def permalink(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    address = f"https://{call.workspace.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": address}


def _said(call: Call) -> dict[str, Any]:
    """What a call says, without its channel, where Slack lets that be said."""
    payload: dict[str, Any] = {}
    for name, value in call.args.items():
        if value is not None and name not in ("channel", "user", "ts"):
            payload[name] = call.parsed(name) if name in _PARSED else value
    refuse(call.server, call.method, payload)
    return payload


def refuse(server: SlackServer, method: str, payload: dict[str, Any]) -> None:
    """Raises what Slack says of a message that it does not take; what it only cuts is noted."""
    wrong = blocks.faults(payload)
    if wrong and wrong[0].startswith("text_cut"):
        server.violations.append(f"{method}: {wrong.pop(0)}")
    if not wrong:
        return
    for start, error in _OTHER_FAULTS:
        if wrong[0].startswith(start):
            raise Refused(error, fault=f"{method}: {wrong[0]}")
    messages = [f"[ERROR] {one}" for one in wrong]
    raise Refused("invalid_blocks", fault=f"{method}: {wrong[0]}", response_metadata={"messages": messages})


def _place(call: Call) -> Channel:
    """The channel of the call: by id, by name, or somebody's direct messages."""
    name = call.text("channel")
    user = call.world.users.get(name)
    if user is not None and user.workspace_id == call.workspace.id:
        return call.world.direct(call.workspace, user.id)
    if name not in call.world.channels:
        for one in call.world.places(call.workspace):
            if one.name and one.name == name.removeprefix("#"):
                call.args["channel"] = one.id
    return call.channel()


def _look_like_somebody(call: Call, payload: dict[str, Any]) -> None:
    if _LOOKS & payload.keys():
        call.need("chat:write.customize")


def _check_thread(channel: Channel, payload: dict[str, Any]) -> None:
    thread = payload.get("thread_ts")
    if thread is None:
        return
    parent = channel.messages.get(str(thread))
    if parent is None or (parent.deleted and not parent.replies):
        raise Refused("thread_not_found")
    if parent.subtype in SYSTEM or parent.thread_ts not in (None, parent.ts):
        raise Refused("cannot_reply_to_message")
