"""The connection that Discord's events come by: discord.py's client, supervised. What an event means, others decide."""

from __future__ import annotations

import asyncio
import functools
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import discord
import structlog
from discord.gateway import DiscordWebSocket
from yarl import URL

from adapters.discord.errors import error_of
from adapters.discord.limits import Limits
from adapters.discord.shards import Shards
from bot.errors import BotError, ConfigError

_log = structlog.get_logger(__name__)
INTENTS = discord.Intents(guilds=True, guild_reactions=True)  # neither is privileged
_FRESH = URL("ws://ask-for-the-address.invalid/")  # what discord.py takes for the constant of a fresh connection
_LONGEST_PAUSE = 300.0  # seconds between two attempts to start
_STEADY = 600.0  # seconds of work after which an end counts as the first again
_GRACE = 2.0  # seconds that handling the last events may take at the end
_FEWEST_STARTS = 5  # that are left of the day's 1,000: when they are used up Discord resets the token

_FATAL = {  # close codes that trying again does not mend
    4004: "Discord refuses the token: set DISCORD_TOKEN to the token in the Developer Portal, tab Bot",
    4010: "Discord refuses the shard: look at [discord] shards, or gateway --shards",
    4011: "the bot is on so many servers that it needs more shards",
    4012: "Discord refuses this version of its gateway: upgrade digestbot",
    4013: "Discord refuses the bot's intents: upgrade digestbot",
    4014: "Discord refuses the bot's intents: see whether the application is limited in the Developer Portal, tab Bot",
}


class Events(Protocol):
    """What the gateway tells; each is awaited in a task of its own, begun in the order of the events."""

    async def reacted(self, event: discord.RawReactionActionEvent, *, held: bool) -> None: ...
    async def interacted(self, interaction: Mapping[str, Any]) -> None: ...
    async def missed(self) -> None:
        """A new session began: events may have been missed."""

    async def review(self, client: discord.Client, guild: discord.Guild | None) -> None:
        """The channels of a guild, or of all, may have changed."""

    async def gone(self, guild: str, channel: str | None) -> None:
        """A channel was deleted, or a guild removed the bot."""


class Gateway:
    def __init__(
        self, *, token: Callable[[], str], limits: Limits, events: Events, shards: Shards | None = None
    ) -> None:
        self._shards = shards
        self._token = token
        self._limits = limits
        self._events = events
        self.client: discord.AutoShardedClient | None = None

    async def run(self) -> None:
        """Until cancelled. A client that ends is made anew, a little later each time.

        Raises ConfigError where the very first start is refused for a reason that only the admin can mend.
        """
        logging.getLogger("discord").setLevel(logging.CRITICAL)  # what matters of it is told here, in our words
        loop = asyncio.get_running_loop()
        failures, ever = 0, False
        while True:
            began = loop.time()
            client = _Client(self._events, self._limits, self._shards)
            self.client = client
            try:
                DiscordWebSocket.DEFAULT_GATEWAY = _FRESH
                await client.start(self._token())
                reason = "the connection was closed"
            except ConfigError:
                raise
            except Exception as error:  # one malformed event ends discord.py's client
                reason = self._reason(error, first=not (ever or client.was_ready))
            finally:
                await client.end()
            ever = ever or client.was_ready
            failures = 1 if loop.time() - began > _STEADY else failures + 1
            pause = min(2.0 ** (failures - 1), _LONGEST_PAUSE)
            _log.warning("Discord's gateway ended; it is started again", reason=reason, pause=pause)
            await asyncio.sleep(pause)

    def _reason(self, error: Exception, *, first: bool) -> str:
        told = None
        if isinstance(error, discord.LoginFailure):
            told = _FATAL[4004]
        elif isinstance(error, discord.PrivilegedIntentsRequired):
            told = _FATAL[4014]
        elif isinstance(error, discord.ConnectionClosed):
            told = _FATAL.get(error.code)
        if told is not None and first:
            raise ConfigError(f"[discord] {told}") from error
        if told is None and not isinstance(error, discord.DiscordException | OSError | TimeoutError):
            _log.error("an event of Discord's could not be read", error=f"{type(error).__name__}: {error}")
        return told or str(error_of(error))


class _Client(discord.AutoShardedClient):
    """Hands events on. Asks for the gateway's address at every fresh connection, also after an invalid session."""

    def __init__(self, events: Events, limits: Limits, shards: Shards | None) -> None:
        super().__init__(
            shard_ids=list(shards.numbers) if shards else None,  # type: ignore[arg-type]  # None is what it has itself
            shard_count=shards.count if shards else None,
            intents=INTENTS,
            http_trace=limits.trace(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self._events = events
        self._handing: set[asyncio.Task[Any]] = set()
        self.was_ready = False
        connect = self.http.ws_connect
        self.http.ws_connect = functools.partial(self._ws_connect, connect)  # type: ignore[method-assign]

    async def _ws_connect(self, connect: Callable[..., Awaitable[Any]], url: str, **options: Any) -> Any:
        address = URL(url)
        if address.host == _FRESH.host:
            address = URL(await self._asked()).with_query(address.query)
        return await connect(str(address), **options)

    async def _asked(self) -> str:
        """The gateway's address, once Discord allows another start."""
        _, address, starts = await self.http.get_bot_gateway()
        if starts["remaining"] < _FEWEST_STARTS:
            pause = starts["reset_after"] / 1000
            _log.error("Discord allows no more starts of the gateway for now", pause=pause)
            await asyncio.sleep(pause)
        return address

    async def setup_hook(self) -> None:
        """Before the first start, whose address discord.py asks for by itself."""
        await self._asked()

    async def end(self) -> None:
        """Closes, once what the last events set going has ended."""
        if self._handing:
            _, late = await asyncio.wait(tuple(self._handing), timeout=_GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.close()

    async def _hand_on(self, work: Awaitable[None]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handing.add(task)
        try:
            await work
        finally:
            self._handing.discard(task)

    # ------------------------------------------------------------ events, by discord.py's names

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, BotError):  # expected to go wrong, as a database that is away
            _log.warning("an event was not dealt with", event_name=event_method, error=str(error))
        else:
            _log.exception("an event was not dealt with", event_name=event_method)

    async def on_shard_ready(self, _shard_id: int) -> None:
        self.was_ready = True
        await self._hand_on(self._events.missed())

    async def on_shard_disconnect(self, shard_id: int) -> None:
        _log.info("the gateway's connection ended; it is made anew", shard=shard_id)

    async def on_ready(self) -> None:
        await self._hand_on(self._events.review(self, None))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        await self._hand_on(self._events.reacted(event, held=True))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        await self._hand_on(self._events.reacted(event, held=False))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        await self._hand_on(self._events.interacted(_raw(interaction)))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self._hand_on(self._events.review(self, guild))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._hand_on(self._events.review(self, guild))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._hand_on(self._events.gone(str(guild.id), None))

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        await self._hand_on(self._events.review(self, channel.guild))

    async def on_guild_channel_update(self, _before: object, channel: discord.abc.GuildChannel) -> None:
        await self._hand_on(self._events.review(self, channel.guild))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._hand_on(self._events.gone(str(channel.guild.id), str(channel.id)))

    async def on_thread_join(self, thread: discord.Thread) -> None:
        await self._hand_on(self._events.review(self, thread.guild))

    async def on_thread_update(self, _before: object, thread: discord.Thread) -> None:
        await self._hand_on(self._events.review(self, thread.guild))

    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        await self._hand_on(self._events.gone(str(event.guild_id), str(event.thread_id)))

    async def on_guild_role_update(self, _before: object, role: discord.Role) -> None:
        await self._hand_on(self._events.review(self, role.guild))

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        await self._hand_on(self._events.review(self, role.guild))

    async def on_member_update(self, _before: object, member: discord.Member) -> None:
        if member == member.guild.me:
            await self._hand_on(self._events.review(self, member.guild))


def _raw(interaction: discord.Interaction) -> Mapping[str, Any]:
    """The parts of an interaction that commands look at, under Discord's own names."""
    channel = interaction.channel
    return {
        "id": str(interaction.id),
        "application_id": str(interaction.application_id),
        "token": interaction.token,
        "type": interaction.type.value,
        "data": interaction.data or {},
        "guild_id": interaction.guild_id and str(interaction.guild_id),
        "channel_id": interaction.channel_id and str(interaction.channel_id),
        "channel": {
            "type": channel.type.value if channel is not None else None,
            "parent_id": str(getattr(channel, "parent_id", None) or "") or None,
        },
        "member": {
            "user": {"id": str(interaction.user.id)},
            "permissions": str(interaction.permissions.value),
        },
        "locale": str(interaction.locale.value),
    }
