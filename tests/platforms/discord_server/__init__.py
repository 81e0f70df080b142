"""A local Discord: REST v10 and gateway, for the real discord.py. It is held to the published specification.

Ask it for guilds, channels and members, let members react and command, break what you like, and look at what is there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.platforms.discord_server import gateway as gateway_room
from tests.platforms.discord_server.faults import Faults, Rule
from tests.platforms.discord_server.gateway import Gateway
from tests.platforms.discord_server.interactions import Answer, Interactions
from tests.platforms.discord_server.limits import Gate, Limits
from tests.platforms.discord_server.rest import BASE, Request, Rest
from tests.platforms.discord_server.spec import Spec
from tests.platforms.discord_server.world import (
    EVERYTHING,
    PERMISSIONS,
    Channel,
    Guild,
    Message,
    User,
    World,
    emoji_json,
)

__all__ = ["Answer", "DiscordServer", "Limits", "Message", "Request", "Spec"]
_COMMAND, _BUTTON, _AUTOCOMPLETE = 2, 3, 4


class DiscordServer:
    """`latency` in seconds is added to every request; `spec` None judges nothing."""

    def __init__(self, *, latency: float = 0.0, limits: Limits | None = None, spec: Spec | None = None) -> None:
        limits = limits or Limits()
        self.latency = latency
        self.spec = spec
        self.world = World(scale=limits.scale)
        self.gate = Gate(limits, self.world.now)
        self.faults = Faults()
        self.gateway = Gateway(self)
        self.interactions = Interactions(self)
        self.token = "the.local.token"
        self.shards = 1
        self.starts_left = 1000
        self.heartbeat_interval = 41_250  # milliseconds
        self.honour_nonce = True
        self.nonce_window = 120.0  # seconds
        self.nonces: dict[tuple[str, str], tuple[Message, float]] = {}
        self.on_commit: Callable[[str, str, Any], None] | None = None
        self.commands: list[dict[str, Any]] = []
        self.command_syncs = 0
        self.gateway_asks = 0
        self.requests: list[Request] = []
        self.too_many = 0
        self.invalid_requests = 0
        self.violations: list[str] = []
        self.pings: list[str] = []
        self._runner: web.AppRunner | None = None
        self.port = 0

    # ------------------------------------------------------------ running

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=25 * 1024 * 1024)
        app.router.add_route("*", BASE + "/{path:.*}", Rest(self).handle)
        app.router.add_get(gateway_room.PATH, self.gateway.handle)
        app.router.add_get(gateway_room.PATH + "/", self.gateway.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self.gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BASE}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{gateway_room.PATH}"

    @property
    def bot_id(self) -> str:
        return self.world.bot.id

    @property
    def application_id(self) -> str:
        return self.world.application_id

    def time(self) -> datetime:
        return datetime.now(UTC)

    # ------------------------------------------------------------ the world

    def add_guild(self, name: str = "Acme", owner: str | None = None) -> Guild:
        guild = Guild(self.world.snowflake(), name, owner or self.world.user("owner").id)
        guild.members[guild.owner] = EVERYTHING | PERMISSIONS["manage_guild"]
        self.world.guilds[guild.id] = guild
        self.gateway.tell("GUILD_CREATE", self.world.guild_create_json(guild), guild)
        return guild

    def add_channel(self, guild: Guild, name: str, *, kind: int = 0, slowmode: int = 0) -> Channel:
        channel = Channel(self.world.snowflake(), guild, name, kind, slowmode)
        self.world.channels[channel.id] = channel
        self.gateway.tell("CHANNEL_CREATE", self.world.channel_json(channel), guild)
        return channel

    def add_member(self, guild: Guild, name: str, *, bot: bool = False, manage_guild: bool = False) -> str:
        user = self.world.user(name, bot=bot)
        guild.members[user.id] = PERMISSIONS["manage_guild"] if manage_guild else 0
        return user.id

    def permit(self, channel: Channel, **permissions: bool) -> None:
        """Grants (True) or denies (False) the bot these in a channel."""
        for name, allowed in permissions.items():
            bit = PERMISSIONS[name]
            channel.denied = channel.denied & ~bit if allowed else channel.denied | bit
        self.gateway.tell("CHANNEL_UPDATE", self.world.channel_json(channel), channel.guild)

    def delete_channel(self, channel: Channel) -> None:
        channel.deleted = True
        self.gateway.tell("CHANNEL_DELETE", self.world.channel_json(channel), channel.guild)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        thread.archived, thread.locked = True, locked
        self.gateway.tell("THREAD_UPDATE", self.world.channel_json(thread), thread.guild)

    def remove_bot(self, guild: Guild) -> None:
        guild.removed = True
        self.gateway.tell("GUILD_DELETE", {"id": guild.id}, guild)

    def revoke_token(self) -> None:
        self.token = "another.token"

    def close_dms(self, member: str) -> None:
        self.world.users[member].takes_direct_messages = False

    def direct_messages(self, member: str) -> list[Message]:
        place = self.world.direct.get(member)
        return self.messages(place) if place else []

    def messages(self, channel: str) -> list[Message]:
        return self.world.visible(self.world.channels[channel])

    def put_message(self, channel: Channel, body: dict[str, Any], author: User | None = None) -> Message:
        """A message of the bot's, or of a member's."""
        author = author or self.world.bot
        nonce = body.get("nonce")
        nonce = None if nonce is None else str(nonce)
        message = Message(self.world.snowflake(), channel.id, author, body, nonce, self.time())
        channel.messages[message.id] = message
        if author is self.world.bot:
            channel.last_by_bot = self.world.now()
        self.gateway.tell("MESSAGE_CREATE", self.world.message_json(message, with_nonce=True), channel.guild)
        return message

    def delete_message(self, channel: str, message: str) -> None:
        self.world.channels[channel].messages[message].deleted = True

    # ------------------------------------------------------------ what members do

    async def react(
        self, channel: str, message: str, member: str, emoji: str, *, burst: bool = False, with_member: bool = True
    ) -> None:
        self.react_now(channel, message, member, emoji, burst=burst, with_member=with_member)

    def react_now(
        self, channel: str, message: str, member: str, emoji: str, *, burst: bool = False, with_member: bool = True
    ) -> None:
        found = self.world.channels[channel].messages[message]
        kind = "burst" if burst else "normal"
        found.reactions.setdefault(emoji, {}).setdefault(member, set()).add(kind)
        user = self.world.users[member]
        self.tell_reaction("MESSAGE_REACTION_ADD", found, user, emoji, burst=burst, with_member=with_member)

    async def unreact(self, channel: str, message: str, member: str, emoji: str, *, burst: bool = False) -> None:
        found = self.world.channels[channel].messages[message]
        held = found.reactions.get(emoji, {})
        kinds = held.get(member, set())
        kinds.discard("burst" if burst else "normal")
        if not kinds:
            held.pop(member, None)
        if not held:
            found.reactions.pop(emoji, None)
        user = self.world.users[member]
        self.tell_reaction("MESSAGE_REACTION_REMOVE", found, user, emoji, burst=burst, with_member=False)

    async def clear(self, channel: str, message: str, emoji: str | None = None) -> None:
        home = self.world.channels[channel]
        found = home.messages[message]
        told = {"channel_id": channel, "message_id": message, "guild_id": home.guild.id if home.guild else None}
        if emoji is None:
            found.reactions.clear()
            self.gateway.tell("MESSAGE_REACTION_REMOVE_ALL", told, home.guild)
        else:
            found.reactions.pop(emoji, None)
            self.gateway.tell("MESSAGE_REACTION_REMOVE_EMOJI", told | {"emoji": emoji_json(emoji)}, home.guild)

    def tell_reaction(
        self, event: str, message: Message, user: User, emoji: str, *, burst: bool, with_member: bool
    ) -> None:
        home = self.world.channels[message.channel_id]
        told: dict[str, Any] = {
            "user_id": user.id,
            "channel_id": message.channel_id,
            "message_id": message.id,
            "emoji": emoji_json(emoji),
            "burst": burst,
            "type": int(burst),
        }
        if home.guild is not None:
            told["guild_id"] = home.guild.id
        if with_member and home.guild is not None:
            told |= {"member": self.world.member_json(home.guild, user), "message_author_id": message.author.id}
        self.gateway.tell(event, told, home.guild)

    async def command(
        self,
        channel: Channel,
        member: str,
        name: str,
        sub: str | None = None,
        *,
        options: dict[str, str] | None = None,
        locale: str = "en-US",
        seconds: float = 5,
    ) -> Answer:
        given = [{"name": key, "type": 3, "value": value} for key, value in (options or {}).items()]
        data = self._command_data(name, sub, given)
        return await self.interactions.ask(_COMMAND, channel, member, data, locale=locale, seconds=seconds)

    async def autocomplete(
        self, channel: Channel, member: str, name: str, sub: str | None = None, *, option: str, typed: str
    ) -> list[dict[str, Any]]:
        given = [{"name": option, "type": 3, "value": typed, "focused": True}]
        data = self._command_data(name, sub, given)
        answer = await self.interactions.ask(_AUTOCOMPLETE, channel, member, data, locale="en-US", seconds=3)
        return answer.choices or []

    async def button(
        self, channel: Channel, message: str, member: str, custom_id: str, *, seconds: float = 5
    ) -> Answer:
        data = {"component_type": 2, "custom_id": custom_id}
        return await self.interactions.ask(_BUTTON, channel, member, data, locale="en-US", seconds=seconds)

    def _command_data(self, name: str, sub: str | None, given: list[dict[str, Any]]) -> dict[str, Any]:
        options: list[dict[str, Any]] = [{"name": sub, "type": 1, "options": given}] if sub else given
        return {"id": self.world.application_id, "name": name, "type": 1, "options": options}

    # ------------------------------------------------------------ what goes wrong

    def fail(self, method: str, path: str, how: str, *, times: int = 1, seconds: float = 0.2) -> None:
        self.faults.rules.append(Rule(method, re.compile(path), how, times, seconds))

    def chaos(self, seed: int, rate: float, kinds: tuple[str, ...] = ()) -> None:
        self.faults.chance, self.faults.rate = random.Random(seed), rate
        self.faults.kinds = kinds or self.faults.kinds

    def calm(self) -> None:
        self.faults.rate = 0.0
        self.faults.rules.clear()

    def drop_gateways(self, code: int | None = 4000) -> None:
        self.gateway.drop(code)

    def reconnect_gateways(self) -> None:
        self.gateway.reconnect()

    def invalidate_sessions(self, *, resumable: bool = False) -> None:
        self.gateway.invalidate(resumable=resumable)

    def dispatch_raw(self, frame: dict[str, Any]) -> None:
        self.gateway.tell_all(frame.get("t"), frame.get("d"))

    def refuse_identify(self, code: int) -> None:
        self.gateway.refusals.append(code)

    @property
    def identifies(self) -> int:
        return self.gateway.identifies

    @property
    def resumes(self) -> int:
        return self.gateway.resumes

    @property
    def late_heartbeats(self) -> list[tuple[int, float]]:
        return self.gateway.late
