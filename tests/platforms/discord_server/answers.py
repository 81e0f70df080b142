"""Routes by which the bot answers interactions: the first word, what follows it, and changes of both."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.platforms.discord_server import posting
from tests.platforms.discord_server.interactions import AUTOCOMPLETE, BUTTON, COMMAND, Asking
from tests.platforms.discord_server.routing import Call, Refused, Told, invalid
from tests.platforms.discord_server.rules import pings_of
from tests.platforms.discord_server.shapes import message_json, user_json
from tests.platforms.discord_server.world import LOADING, Message

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer

_MESSAGE, _DEFERRED, _QUIETLY, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_ANSWERS = {  # what may be answered to what
    COMMAND: (_MESSAGE, _DEFERRED, _MODAL),
    BUTTON: (_MESSAGE, _DEFERRED, _QUIETLY, _UPDATE, _MODAL),
    AUTOCOMPLETE: (_CHOICES,),
}
_EPHEMERAL, _V2 = 1 << 6, 1 << 15
_MOST_CHOICES = 25
_COMMAND_REPLY = 20  # the kind of message that answers a slash command
_USERS = ("users",)  # whom an answer pings where it says nothing


def first(call: Call) -> Told:
    """Too late it is refused, and so is a second one."""
    server, body = call.server, call.fields()
    asking = server.interactions.waiting(call.ids["interaction_id"], call.ids["interaction_token"])
    kind, data = body.get("type"), body.get("data") or {}
    if kind not in _ANSWERS[asking.kind]:
        raise invalid("type", f"An interaction of type {asking.kind} is not answered by {kind}.", "BASE_TYPE_CHOICES")
    answer = asking.answer
    message = _first_message(server, asking, kind, data)
    answer.acked_after = time.monotonic() - asking.began
    answer.deferred = kind == _DEFERRED
    answer.ephemeral = bool((data.get("flags") or 0) & _EPHEMERAL)
    asking.gather()
    if call.query.get("with_response") not in ("1", "true"):
        return Told(204)
    told: dict[str, Any] = {"id": asking.id, "type": asking.kind}
    if message is None:
        return Told(200, {"interaction": told})
    told |= {
        "response_message_id": message.id,
        "response_message_loading": kind == _DEFERRED,
        "response_message_ephemeral": answer.ephemeral,
    }
    if kind == _DEFERRED:  # there is nothing to show yet
        return Told(200, {"interaction": told})
    shown = message_json(server.world, message)
    return Told(200, {"interaction": told, "resource": {"type": kind, "message": shown}})


def _first_message(server: DiscordServer, asking: Asking, kind: int, data: dict[str, Any]) -> Message | None:
    """What the first word puts there, if anything."""
    if kind == _CHOICES:
        asking.answer.choices = _checked(data.get("choices") or [])
    elif kind == _MODAL:
        asking.answer.modal = data
    elif kind == _MESSAGE:
        posting.check_body(server, data, parse=_USERS)
        message = _put(server, asking, data)
        asking.original = message.id
        return message
    elif kind == _DEFERRED:
        if (data.get("flags") or 0) & _V2:
            raise invalid("data.flags", "Only EPHEMERAL may be set when an answer is put off.")
        message = _put(server, asking, {"flags": (data.get("flags") or 0) | LOADING})
        asking.original = message.id
        return message
    elif kind == _UPDATE and asking.source is not None:
        posting.edit(server, asking.where, asking.source, data)
        asking.shown[asking.source.id] = asking.source
        asking.original = asking.source.id
        return asking.source
    return None


def _checked(choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(choices) > _MOST_CHOICES:
        raise invalid("data.choices", f"Must be {_MOST_CHOICES} or fewer in length.", "BASE_TYPE_BAD_LENGTH")
    for number, one in enumerate(choices):
        if not 1 <= len(one["name"]) <= 100 or len(str(one["value"])) > 100:
            raise invalid(f"data.choices.{number}", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
    return choices


def _put(server: DiscordServer, asking: Asking, body: dict[str, Any]) -> Message:
    """What is for one member only stands in no channel."""
    world = server.world
    owners = {"0": asking.where.guild.id if asking.where.guild else asking.user.id}
    about = {"id": asking.id, "type": asking.kind, "user": user_json(asking.user)}
    more: dict[str, Any] = {"webhook_id": world.application_id, "application_id": world.application_id}
    if asking.kind == COMMAND and asking.original is None:
        more["interaction_metadata"] = about | {"authorizing_integration_owners": owners}
    kind = _COMMAND_REPLY if asking.kind == COMMAND and asking.original is None else 0
    if (body.get("flags") or 0) & _EPHEMERAL:
        message = Message(world.snowflake(), asking.where.id, world.bot, body, None, world.time(), kind, more=more)
    else:
        message = server.put_message(asking.where, body, kind=kind, more=more)
    asking.shown[message.id] = message
    return message


# ------------------------------------------------------------ what follows


def follow_up(call: Call) -> Told:
    """The first one after an answer that was put off takes that one's place."""
    asking, body = _asking(call), call.fields()
    original = asking.shown.get(asking.original or "")
    if original is not None and original.flags & LOADING and not original.deleted:
        return _edited(call, asking, original)
    posting.check_body(call.server, body, parse=_USERS)
    asking.original = asking.original or ""
    message = _put(call.server, asking, body)
    asking.gather()
    return Told(200, message_json(call.world, message))


def read(call: Call) -> Told:
    return Told(200, message_json(call.world, _message(call, _asking(call))))


def change(call: Call) -> Told:
    asking = _asking(call)
    return _edited(call, asking, _message(call, asking))


def delete(call: Call) -> Told:
    asking = _asking(call)
    message = _message(call, asking)
    if message.id == asking.original:
        asking.answer.deleted = True
    if message.id in asking.where.messages:
        call.server.delete_message(asking.where.id, message.id)
    message.deleted = True
    asking.gather()
    return Told(204)


def _edited(call: Call, asking: Asking, message: Message) -> Told:
    server, body = call.server, call.fields()
    was = message.payload
    message.payload = was | {"flags": message.flags & ~LOADING}
    try:
        posting.edit(server, asking.where, message, body)
    except Refused:
        message.payload = was
        raise
    if was.get("flags", 0) & LOADING:
        server.pings += pings_of(body, parse=_USERS)
    asking.gather()
    return Told(200, message_json(server.world, message))


def _asking(call: Call) -> Asking:
    if call.ids["webhook_id"] != call.world.application_id:
        raise Refused(404, 10015, "Unknown Webhook")
    return call.server.interactions.known(call.ids["webhook_token"])


def _message(call: Call, asking: Asking) -> Message:
    """That of the path; without one there, the first answer."""
    message = asking.shown.get(call.ids.get("message_id") or asking.original or "")
    if message is None or message.deleted:
        raise Refused(404, 10008, "Unknown Message")
    return message
