"""Routes of messages: posting, history, changing and deleting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.platforms.discord_server import rules
from tests.platforms.discord_server.routing import Call, Refused, Told
from tests.platforms.discord_server.shapes import channel_json, message_json
from tests.platforms.discord_server.world import ANNOUNCEMENT, TEXT, THREADS, Channel, Message

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer
    from tests.platforms.discord_server.scenery import Scenery

_WRITABLE = (TEXT, 1, 2, 3, ANNOUNCEMENT, *THREADS, 13)
_EPHEMERAL = 1 << 6
_MESSAGE_CONTENT = 1 << 15
_KEPT = rules.COMPONENTS_V2  # a flag that cannot be taken from a message


def check_body(
    server: DiscordServer, body: dict[str, Any], *, parse: Sequence[str] = ("users", "roles", "everyone")
) -> None:
    """Refuses what Discord refuses, and notes whom the message pings."""
    if rules.is_empty(body):
        raise Refused(400, 50006, "Cannot send an empty message", fault="message: empty")
    faults = rules.body_faults(body)
    if faults:
        told = "; ".join(f"{path}: {message}" for path, _, message in faults)
        errors = rules.nested(faults)
        raise Refused(400, 50035, "Invalid Form Body", fault=f"message: {told}", errors=errors)
    server.pings += rules.pings_of(body, parse=parse)


def said(server: DiscordServer, here: Channel, body: dict[str, Any], *, number: str | None = None) -> Message:
    """A message of the bot's that is let through."""
    here.last_by_bot = server.world.now()
    return server.put_message(here, body, number=number)


# ------------------------------------------------------------ posting


def post(call: Call) -> Told:
    body, server, world = call.fields(), call.server, call.world
    here = call.channel()
    call.channel("send_messages_in_threads" if here.is_thread else "send_messages")
    _check_place(call, here, body)
    nonce = None if body.get("nonce") is None else str(body["nonce"])
    earlier = server.nonces.get((here.id, nonce)) if nonce is not None else None
    if body.get("enforce_nonce") and server.honour_nonce and earlier is not None:
        message, at = earlier
        if world.now() - at < server.nonce_window:
            if message.deleted:
                raise Refused(404, 10008, "Unknown Message")
            return Told(200, message_json(world, message, with_nonce=True), committed=False)
    check_body(server, body)
    if here.archived:  # a message opens a thread that is only folded away
        here.archived = False
        server.gateway.tell("THREAD_UPDATE", channel_json(world, here), here.guild)
    message = said(server, here, body)
    if nonce is not None:
        server.nonces[here.id, nonce] = (message, world.now())
    return Told(200, message_json(world, message, with_nonce=True))


def _check_place(call: Call, here: Channel, body: dict[str, Any]) -> None:
    """What a channel itself has against a message."""
    world = call.world
    if here.kind not in _WRITABLE:
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    if here.locked and not world.may(here, "manage_threads"):
        raise Refused(403, 160005, "Thread is locked")
    for name, needed in (("embeds", "embed_links"), ("attachments", "attach_files")):
        if body.get(name):
            call.channel(needed)
    if here.recipient is not None and not here.recipient.takes_direct_messages:
        raise Refused(403, 50007, "Cannot send messages to this user")
    wait = here.slowmode - (world.now() - here.last_by_bot)
    exempt = any(world.may(here, one) for one in ("manage_messages", "manage_channels", "bypass_slowmode"))
    if wait > 0 and not exempt:
        text = "This action cannot be performed due to slowmode rate limit."
        raise Refused(429, 20016, text, retry_after=round(wait / world.scale, 3), **{"global": False})


# ------------------------------------------------------------ history


def history(call: Call) -> Told:
    """Newest first, as Discord has it."""
    here, world, limit = call.channel(), call.world, call.limit(50)
    if not world.may(here, "read_message_history"):
        return Told(200, [])  # so Discord does: it shows an empty one
    found = world.visible(here)
    if "around" in call.query:
        middle = int(call.query["around"])
        before = [one for one in found if int(one.id) < middle]
        after = [one for one in found if int(one.id) >= middle]
        found = before[max(len(before) - limit // 2, 0) :] + after[: limit - limit // 2]
    elif "after" in call.query:
        found = [one for one in found if int(one.id) > int(call.query["after"])][:limit]
    elif "before" in call.query:
        found = [one for one in found if int(one.id) < int(call.query["before"])][-limit:]
    else:
        found = found[-limit:]
    return Told(200, [as_read(call.server, one) for one in reversed(found)])


def one(call: Call) -> Told:
    return Told(200, as_read(call.server, call.message(call.channel("read_message_history"))))


def as_read(server: Scenery, message: Message, *, with_nonce: bool = False) -> dict[str, Any]:
    """A message as the bot may read it: what others wrote only with the privileged intent, or where it is meant."""
    world = server.world
    told = message_json(world, message, with_nonce=with_nonce)
    direct = world.channels[message.channel_id].guild is None
    meant = any(person["id"] == world.bot.id for person in told["mentions"])
    if message.author is world.bot or direct or meant or server.privileged_intents & _MESSAGE_CONTENT:
        return told
    return told | {"content": "", "embeds": [], "components": [], "attachments": []}


# ------------------------------------------------------------ changing


def change(call: Call) -> Told:
    here, message = call.message_to_change()
    if message.author is not call.world.bot:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    edit(call.server, here, message, call.fields())
    return Told(200, message_json(call.world, message))


def edit(server: DiscordServer, here: Channel, message: Message, body: dict[str, Any]) -> None:
    """Puts a change into a message, where Discord lets it."""
    flags = (body.get("flags", message.flags) or 0) | message.flags & (_KEPT | _EPHEMERAL)
    whole = message.payload | body | {"flags": flags}
    check_body(server, whole | {"allowed_mentions": {"parse": []}, "nonce": None})  # a change pings nobody
    message.payload, message.edited = whole, server.world.time()
    if not flags & _EPHEMERAL:
        server.gateway.tell("MESSAGE_UPDATE", message_json(server.world, message), here.guild)


def delete(call: Call) -> Told:
    here, message = call.message_to_change()
    if message.author is not call.world.bot:
        call.channel("manage_messages")
    call.server.delete_message(here.id, message.id)
    return Told(204)
