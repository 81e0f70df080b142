"""The routes and what each does to the world. Limits, faults and judging are rest's part."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.discord_server import rules
from tests.platforms.discord_server.world import THREADS, Channel, Message

if TYPE_CHECKING:
    from tests.platforms.discord_server import DiscordServer

Told = tuple[int, Any]
_CUSTOM = re.compile(r"\w{2,32}:\d{5,20}")
_MOST_REACTIONS = 20


class Refused(Exception):
    def __init__(self, status: int, code: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more


@dataclass
class Call:
    """`ids` are the parts of the path."""

    server: DiscordServer
    ids: dict[str, str]
    body: Any
    query: dict[str, str]

    def channel(self, *needed: str) -> Channel:
        """The channel of the path, where the bot may see it and do what is needed."""
        world = self.server.world
        channel = world.channels.get(self.ids["channel_id"])
        if channel is None or channel.deleted or (channel.guild and channel.guild.removed):
            raise Refused(404, 10003, "Unknown Channel")
        if not world.may(channel, "view_channel"):
            raise Refused(403, 50001, "Missing Access")
        if not world.may(channel, *needed):
            raise Refused(403, 50013, "Missing Permissions")
        return channel

    def message(self, channel: Channel) -> Message:
        message = channel.messages.get(self.ids["message_id"])
        if message is None or message.deleted:
            raise Refused(404, 10008, "Unknown Message")
        return message


Handler = Callable[[Call], Awaitable[Told]]


@dataclass(frozen=True)
class Route:
    """`kind` names its limit; `open`: outside of the global limit, and its address is its key."""

    method: str
    template: str
    handler: Handler
    kind: str
    open: bool = False
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template)
        object.__setattr__(self, "pattern", re.compile(pattern))


# ------------------------------------------------------------ who and where


async def me(call: Call) -> Told:
    return 200, call.server.world.bot.json() | {"mfa_enabled": False, "locale": "en-US"}


async def user(call: Call) -> Told:
    found = call.server.world.users.get(call.ids["user_id"])
    if found is None:
        raise Refused(404, 10013, "Unknown User")
    return 200, found.json()


async def application(call: Call) -> Told:
    world = call.server.world
    return 200, {
        "id": world.application_id,
        "name": "digestbot",
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": world.bot.json(),
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "rpc_origins": [],
        "bot_public": True,
        "bot_require_code_grant": False,
    }


async def gateway_bot(call: Call) -> Told:
    server = call.server
    server.gateway_asks += 1
    limit = {"total": 1000, "remaining": server.starts_left, "reset_after": 1000, "max_concurrency": 1}
    return 200, {"url": server.gateway_url, "shards": server.shards, "session_start_limit": limit}


async def gateway(call: Call) -> Told:
    return 200, {"url": call.server.gateway_url}


async def channel(call: Call) -> Told:
    return 200, call.server.world.channel_json(call.channel())


async def guild(call: Call) -> Told:
    found = call.server.world.guilds.get(call.ids["guild_id"])
    if found is None or found.removed:
        raise Refused(404, 10004, "Unknown Guild")
    return 200, call.server.world.guild_json(found)


async def member(call: Call) -> Told:
    world = call.server.world
    here, found = world.guilds.get(call.ids["guild_id"]), world.users.get(call.ids["user_id"])
    if here is None or here.removed:
        raise Refused(404, 10004, "Unknown Guild")
    if found is None or (found.id not in here.members and found is not world.bot):
        raise Refused(404, 10007, "Unknown Member")
    return 200, world.member_json(here, found)


async def direct_channel(call: Call) -> Told:
    world = call.server.world
    recipient = world.users.get(str(call.body.get("recipient_id")))
    if recipient is None:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    if recipient.id not in world.direct:
        made = Channel(world.snowflake(), None, recipient.name, 1, recipient=recipient)
        world.channels[made.id] = made
        world.direct[recipient.id] = made.id
    return 200, world.channel_json(world.channels[world.direct[recipient.id]])


# ------------------------------------------------------------ messages


async def post_message(call: Call) -> Told:
    needed = "send_messages_in_threads" if _kind_of(call) in THREADS else "send_messages"
    here = call.channel(needed)
    _check_place(call, here)
    body = call.body or {}
    server, world = call.server, call.server.world
    earlier = server.nonces.get((here.id, str(body.get("nonce"))))
    if body.get("enforce_nonce") and server.honour_nonce and earlier is not None:
        message, at = earlier
        if world.now() - at < server.nonce_window:
            if message.deleted:
                raise Refused(404, 10008, "Unknown Message")
            return 200, world.message_json(message, with_nonce=True)
    check_body(server, body)
    message = server.put_message(here, body)
    if body.get("nonce") is not None:
        server.nonces[here.id, str(body["nonce"])] = (message, world.now())
    return 200, world.message_json(message, with_nonce=True)


def _kind_of(call: Call) -> int:
    found = call.server.world.channels.get(call.ids["channel_id"])
    return found.kind if found else 0


def _check_place(call: Call, here: Channel) -> None:
    """What a channel itself has against a message."""
    world = call.server.world
    if here.kind in (2, 4, 13, 14, 15, 16):
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    if here.locked:
        raise Refused(403, 160005, "Thread is locked")
    here.archived = False  # a message opens a thread that is only archived
    if here.recipient is not None and not here.recipient.takes_direct_messages:
        raise Refused(403, 50007, "Cannot send messages to this user")
    passed = world.now() - here.last_by_bot
    if here.slowmode and passed < here.slowmode:
        wait = here.slowmode - passed
        raise Refused(429, 20016, "This action cannot be performed due to slowmode rate limit.", retry_after=wait)


def check_body(server: DiscordServer, body: dict[str, Any]) -> None:
    """Refuses what Discord refuses, and notes whom the message pings."""
    if rules.is_empty(body):
        raise Refused(400, 50006, "Cannot send an empty message")
    faults = rules.body_faults(body)
    if faults:
        server.violations += [f"message: {path}: {message}" for path, message in faults]
        raise Refused(400, 50035, "Invalid Form Body", errors=rules.nested(faults))
    server.pings += rules.pings_of(body)


async def list_messages(call: Call) -> Told:
    here = call.channel()
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise Refused(400, 50035, "Invalid Form Body")
    world = call.server.world
    if not world.may(here, "read_message_history"):
        return 200, []  # as Discord does: it shows an empty history
    shown = world.visible(here)
    if "after" in call.query:
        shown = [one for one in shown if int(one.id) > int(call.query["after"])][:limit]
    elif "before" in call.query:
        shown = [one for one in shown if int(one.id) < int(call.query["before"])][-limit:]
    else:
        shown = shown[-limit:]
    return 200, [world.message_json(one) for one in reversed(shown)]


async def one_message(call: Call) -> Told:
    return 200, call.server.world.message_json(call.message(call.channel("read_message_history")))


async def delete_message(call: Call) -> Told:
    call.message(call.channel()).deleted = True
    return 204, None


async def open_thread(call: Call) -> Told:
    here = call.channel("create_public_threads")
    message, world = call.message(here), call.server.world
    if message.thread is not None:
        raise Refused(400, 160004, "A thread has already been created for this message")
    made = Channel(message.id, here.guild, call.body["name"], 11, parent=here.id)
    world.channels[made.id] = made
    message.thread = made.id
    call.server.gateway.tell("THREAD_CREATE", world.channel_json(made), made.guild)
    return 201, world.channel_json(made)


async def typing(call: Call) -> Told:
    call.channel("send_messages")
    return 204, None


# ------------------------------------------------------------ reactions


async def put_reaction(call: Call) -> Told:
    here = call.channel("read_message_history")
    message, emoji = call.message(here), call.ids["emoji_name"]
    if not _CUSTOM.fullmatch(emoji) and emoji.isascii():
        raise Refused(400, 10014, "Unknown Emoji")
    if emoji not in message.reactions:
        call.channel("add_reactions")
        if len(message.reactions) >= _MOST_REACTIONS:
            raise Refused(400, 30010, "Maximum number of reactions reached (20)")
    if message.author.blocked:
        raise Refused(403, 90001, "Reaction was blocked")
    bot = call.server.world.bot
    message.reactions.setdefault(emoji, {}).setdefault(bot.id, set()).add("normal")
    call.server.tell_reaction("MESSAGE_REACTION_ADD", message, bot, emoji, burst=False, with_member=True)
    return 204, None


async def reactors(call: Call) -> Told:
    here = call.channel("read_message_history")
    held = call.message(here).reactions.get(call.ids["emoji_name"], {})
    kind = {"0": "normal", "1": "burst"}[call.query.get("type", "0")]
    limit, after = int(call.query.get("limit", 25)), int(call.query.get("after") or 0)
    if not 1 <= limit <= 100:
        raise Refused(400, 50035, "Invalid Form Body")
    ids = sorted((int(one) for one, kinds in held.items() if kind in kinds and int(one) > after))[:limit]
    return 200, [call.server.world.users[str(one)].json() for one in ids]


async def take_reaction(call: Call) -> Told:
    message = call.message(call.channel())
    message.reactions.get(call.ids["emoji_name"], {}).pop(call.server.world.bot.id, None)
    return 204, None


# ------------------------------------------------------------ commands and interactions


async def list_commands(call: Call) -> Told:
    return 200, [_command_json(call.server, one) for one in call.server.commands]


async def put_commands(call: Call) -> Told:
    call.server.commands = list(call.body or [])
    call.server.command_syncs += 1
    return 200, [_command_json(call.server, one) for one in call.server.commands]


def _command_json(server: DiscordServer, command: dict[str, Any]) -> dict[str, Any]:
    world = server.world
    given = {name: value for name, value in command.items() if value is not None}
    if "default_member_permissions" in given:
        given["default_member_permissions"] = str(given["default_member_permissions"])
    return {
        "id": world.application_id,
        "application_id": world.application_id,
        "version": world.application_id,
        "default_member_permissions": None,
        "type": 1,
        "description": "",
        **given,
    }


async def callback(call: Call) -> Told:
    return call.server.interactions.first(call)


async def follow_up(call: Call) -> Told:
    return call.server.interactions.follow_up(call)


async def edit_original(call: Call) -> Told:
    return call.server.interactions.edit(call)


async def delete_original(call: Call) -> Told:
    return call.server.interactions.delete(call)


_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_REACTION = f"{_MESSAGE}/reactions/{{emoji_name}}"
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES = (
    Route("GET", "/users/@me", me, "me"),
    Route("POST", "/users/@me/channels", direct_channel, "direct"),
    Route("GET", "/users/{user_id}", user, "user"),
    Route("GET", "/oauth2/applications/@me", application, "application"),
    Route("GET", "/applications/@me", application, "application"),
    Route("GET", "/gateway/bot", gateway_bot, "gateway"),
    Route("GET", "/gateway", gateway, "gateway"),
    Route("GET", "/guilds/{guild_id}", guild, "guild"),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", member, "member"),
    Route("GET", "/channels/{channel_id}", channel, "channel"),
    Route("POST", "/channels/{channel_id}/typing", typing, "typing"),
    Route("POST", "/channels/{channel_id}/messages", post_message, "messages"),
    Route("GET", "/channels/{channel_id}/messages", list_messages, "history"),
    Route("GET", _MESSAGE, one_message, "message"),
    Route("DELETE", _MESSAGE, delete_message, "delete"),
    Route("POST", f"{_MESSAGE}/threads", open_thread, "threads"),
    Route("PUT", f"{_REACTION}/@me", put_reaction, "reactions"),
    Route("DELETE", f"{_REACTION}/@me", take_reaction, "reactions"),
    Route("GET", _REACTION, reactors, "reactors"),
    Route("GET", "/applications/{application_id}/commands", list_commands, "commands"),
    Route("PUT", "/applications/{application_id}/commands", put_commands, "commands"),
    Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", callback, "callback", open=True),
    Route("POST", _HOOK, follow_up, "hook", open=True),
    Route("PATCH", f"{_HOOK}/messages/@original", edit_original, "hook", open=True),
    Route("DELETE", f"{_HOOK}/messages/@original", delete_original, "hook", open=True),
)
