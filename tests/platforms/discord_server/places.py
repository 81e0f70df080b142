"""Routes about who and where: the bot, its guilds, channels, threads and direct messages."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord_server.posting import check_body, said
from tests.platforms.discord_server.routing import Call, Refused, Told, invalid
from tests.platforms.discord_server.shapes import (
    channel_json,
    guild_json,
    member_json,
    message_json,
    my_guild_json,
    user_json,
)
from tests.platforms.discord_server.world import ANNOUNCEMENT, FORUM, TEXT, Channel

_THREAD_NAME = 100
_STARTER, _CREATED = 21, 18  # kinds of messages that tell of a thread, in it and above it

# ------------------------------------------------------------ the bot


def me(call: Call) -> Told:
    return Told(200, user_json(call.world.bot) | {"mfa_enabled": False, "locale": "en-US"})


def user(call: Call) -> Told:
    found = call.world.users.get(call.ids["user_id"])
    if found is None:
        raise Refused(404, 10013, "Unknown User")
    return Told(200, user_json(found))


def application(call: Call) -> Told:
    world = call.world
    told: dict[str, Any] = {
        "id": world.application_id,
        "name": world.bot.name,
        "description": "",
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "owner": user_json(world.bot),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "rpc_origins": [],
        "bot_public": True,
        "bot_require_code_grant": False,
    }
    nothing = ("icon", "type", "interactions_endpoint_url", "role_connections_verification_url", "team")
    return Told(200, told | dict.fromkeys(nothing))


def gateway(call: Call) -> Told:
    return Told(200, {"url": call.server.gateway_url})


def gateway_bot(call: Call) -> Told:
    server = call.server
    server.gateway_asks += 1
    limit = {"total": 1000, "remaining": server.starts_left, "reset_after": 14_400_000, "max_concurrency": 1}
    return Told(200, {"url": server.gateway_url, "shards": server.shards, "session_start_limit": limit})


# ------------------------------------------------------------ guilds


def my_guilds(call: Call) -> Told:
    return Told(200, [my_guild_json(call.world, one) for one in call.world.guilds.values() if one.open])


def guild(call: Call) -> Told:
    return Told(200, guild_json(call.guild()))


def guild_channels(call: Call) -> Told:
    world, here = call.world, call.guild()
    found = [one for one in world.channels.values() if one.guild is here and not one.deleted and not one.is_thread]
    return Told(200, [channel_json(world, one) for one in found])


def member(call: Call) -> Told:
    here, found = call.guild(), call.world.users.get(call.ids["user_id"])
    if found is None:
        raise Refused(404, 10013, "Unknown User")
    if found.id not in here.members:
        raise Refused(404, 10007, "Unknown Member")
    return Told(200, member_json(here, found))


# ------------------------------------------------------------ channels


def channel(call: Call) -> Told:
    return Told(200, channel_json(call.world, call.channel()))


def change_channel(call: Call) -> Told:
    here, body = call.channel(), call.fields()
    if here.guild is None:
        raise Refused(403, 50003, "Cannot execute action on a DM channel")
    if here.is_thread:
        _change_thread(call, here, body)
    elif not call.world.may(here, "manage_channels"):
        raise Refused(403, 50013, "Missing Permissions")
    here.name = body.get("name") or here.name
    here.topic = body.get("topic", here.topic)
    here.slowmode = body.get("rate_limit_per_user") or here.slowmode
    event = "THREAD_UPDATE" if here.is_thread else "CHANNEL_UPDATE"
    call.server.gateway.tell(event, channel_json(call.world, here), here.guild)
    return Told(200, channel_json(call.world, here))


def _change_thread(call: Call, thread: Channel, body: dict[str, Any]) -> None:
    manages = call.world.may(thread, "manage_threads")
    if not manages and (thread.owner != call.world.bot.id or thread.locked or "locked" in body):
        raise Refused(403, 50013, "Missing Permissions")
    if thread.archived and body.get("archived", True):
        raise Refused(400, 50083, "Thread is archived")
    if body.get("archived") and not thread.archived:
        thread.archived_at = call.world.time()
    thread.archived = bool(body.get("archived", thread.archived))
    thread.locked = bool(body.get("locked", thread.locked))
    thread.auto_archive = body.get("auto_archive_duration") or thread.auto_archive


def delete_channel(call: Call) -> Told:
    here = call.channel()
    if here.guild is not None:
        call.channel("manage_threads" if here.is_thread else "manage_channels")
        call.server.delete_channel(here)
    return Told(200, channel_json(call.world, here))


def direct_channel(call: Call) -> Told:
    world = call.world
    recipient = world.users.get(str(call.fields().get("recipient_id")))
    if recipient is None:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    known = recipient.id in world.direct
    if not known:
        made = Channel(world.snowflake(), None, recipient.name, 1, recipient=recipient)
        world.channels[made.id] = made
        world.direct[recipient.id] = made.id
    return Told(200, channel_json(world, world.channels[world.direct[recipient.id]]), committed=not known)


def typing(call: Call) -> Told:
    here = call.channel()
    call.channel("send_messages_in_threads" if here.is_thread else "send_messages")
    return Told(204, committed=False)


# ------------------------------------------------------------ threads


def open_thread_of(call: Call) -> Told:
    """Under a message; the thread has the message's id."""
    here = call.channel("create_public_threads")
    message, world = call.message(here), call.world
    if here.kind not in (TEXT, ANNOUNCEMENT):
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    if message.thread is not None:
        raise Refused(400, 160004, "A thread has already been created for this message")
    made = _thread(call, here, message.id, kind=10 if here.kind == ANNOUNCEMENT else 11)
    message.thread = made.id
    reference = {"type": 0, "channel_id": here.id, "message_id": message.id}
    reference |= {"guild_id": here.guild.id} if here.guild else {}
    server = call.server
    server.put_message(made, {}, kind=_STARTER, more={"message_reference": reference})
    server.gateway.tell("THREAD_CREATE", channel_json(world, made) | {"newly_created": True}, made.guild)
    server.gateway.tell("MESSAGE_UPDATE", message_json(world, message), made.guild)
    return Told(201, channel_json(world, made))


def open_thread(call: Call) -> Told:
    """Without a message; in a forum with its first one."""
    here, body, world = call.channel(), call.fields(), call.world
    if here.kind == FORUM:
        call.channel("send_messages")
        first = body.get("message")
        if not isinstance(first, dict):
            raise invalid("message", "This field is required", "BASE_TYPE_REQUIRED")
        check_body(call.server, first)
        made = _thread(call, here, world.snowflake(), kind=11)
        message = said(call.server, made, first, number=made.id)
        told = channel_json(world, made)
        call.server.gateway.tell("THREAD_CREATE", told | {"newly_created": True}, made.guild)
        return Told(201, told | {"message": message_json(world, message)})
    kind = body.get("type", 12)
    call.channel("create_private_threads" if kind == 12 else "create_public_threads")
    if here.kind not in (TEXT, ANNOUNCEMENT):
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    made = _thread(call, here, world.snowflake(), kind=kind)
    if kind != 12:
        call.server.put_message(here, {"content": made.name}, kind=_CREATED)
    call.server.gateway.tell("THREAD_CREATE", channel_json(world, made) | {"newly_created": True}, made.guild)
    return Told(201, channel_json(world, made))


def _thread(call: Call, parent: Channel, number: str, *, kind: int) -> Channel:
    body = call.fields()
    name = body.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= _THREAD_NAME:
        raise invalid("name", f"Must be between 1 and {_THREAD_NAME} in length.", "BASE_TYPE_BAD_LENGTH")
    made = Channel(number, parent.guild, name, kind, parent=parent.id, owner=call.world.bot.id)
    made.auto_archive = body.get("auto_archive_duration") or made.auto_archive
    made.slowmode = body.get("rate_limit_per_user") or 0
    call.world.channels[made.id] = made
    return made
