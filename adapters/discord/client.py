"""Discord for the engine: posts, finds, seeds and re-reads by REST; listens by the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import discord
import structlog

from adapters.discord.commands import Interactions, command_tree, sync
from adapters.discord.format import is_marked, payload_of
from adapters.discord.gateway import Gateway
from adapters.discord.limits import Limits
from adapters.discord.permissions import POST, THREAD, lacking
from adapters.discord.reactions import PLATFORM, emoji_of, held_on, reaction_on, route_emoji
from adapters.discord.rest import Rest
from bot.errors import (
    BotError,
    ChannelLost,
    ConfigError,
    OutcomeUnknown,
    PlatformError,
    PostingDeleted,
    PostingRejected,
)
from bot.model import Channel, ChannelEvent, MessageRef, Posting, Reaction
from bot.ports import House

_log = structlog.get_logger(__name__)
_NONCE_HOLDS = timedelta(seconds=90)  # Discord says "a few minutes"; within them the same nonce is the same message
_CLOCKS_APART = timedelta(minutes=10)  # between ours and Discord's, at most
_PAGE = 100
_THREAD_NAME = 100  # characters
_THREAD_OPEN = 1440  # minutes without a message until Discord folds it away
_LONGEST_PAUSE = 300.0  # seconds between two attempts to reach Discord at the start
_AGAIN = 30.0  # seconds until reactions that could not be stored are read again


class DiscordPlatform:
    """Implements `ports.ChatPlatform`."""

    def __init__(self, house: House, *, api_url: str, token: Callable[[], str], per_second: int) -> None:
        self._house = house
        self._limits = Limits(per_second)
        self._rest = Rest(api_url=api_url, token=token, limits=self._limits)
        self._gateway = Gateway(token=token, limits=self._limits, events=self)
        self._interactions: Interactions | None = None
        self._guilds: dict[str, str] = {}  # of each channel
        self._threads: set[str] = set()  # that are known to be there

    # ------------------------------------------------------------ driven by the engine

    async def post(self, posting: Posting) -> MessageRef:
        """Raises PlatformError."""
        guild = await self._guild_of(posting.channel)
        place = await self._thread(posting, posting.parent) if posting.parent else posting.channel.spec.place
        try:
            answer = await self._rest.send(
                "POST", "/channels/{channel_id}/messages", json=payload_of(posting), channel_id=place
            )
        except ChannelLost as error:
            if posting.parent is not None and not await self._exists(place):
                raise PostingRejected("the digest's thread was deleted") from error
            raise
        if not isinstance(answer, Mapping) or "id" not in answer:
            raise OutcomeUnknown("Discord's answer to a message was not understood")
        return MessageRef(PLATFORM, guild, place, str(answer["id"]))

    async def find(self, posting: Posting) -> MessageRef | None:
        """Our message with the posting's marker among all since its first try. Where the channel's history may not be
        read, posting again with the same nonce is still safe for as long as Discord remembers that."""
        place = posting.parent.message if posting.parent else posting.channel.spec.place
        began = posting.first_try_at or datetime.now(UTC)
        me, after = await self._rest.me(), discord.utils.time_snowflake(began - _CLOCKS_APART)
        try:
            async for message in self._history(place, after):
                if message["author"]["id"] == me and is_marked(message, posting.key):
                    return MessageRef(PLATFORM, await self._guild_of(posting.channel), place, message["id"])
            await self._check_history_is_open(place, after)
        except ChannelLost as error:
            if posting.parent is not None and not await self._exists(place):
                return None  # the thread that it belongs in was not opened yet
            if datetime.now(UTC) - began > _NONCE_HOLDS:
                raise OutcomeUnknown(f"the channel's history cannot be read ({error.reason}; {error.fix})") from error
        return None

    async def seed(self, ref: MessageRef, emoji: Sequence[str]) -> None:
        """A message that somebody deleted, or that holds all the emoji it can, is left as it is."""
        for one in emoji:
            try:
                await self._rest.send(
                    "PUT",
                    "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me",
                    channel_id=ref.place,
                    message_id=ref.message,
                    emoji=route_emoji(one),
                )
            except PostingDeleted:
                return
            except ChannelLost as error:
                fix = "give the bot the permissions Add Reactions and Read Message History there"
                raise PostingRejected(f"the reactions cannot be put there ({error.reason}): {fix}") from error
            except PostingRejected as error:
                _log.warning("a reaction was not put there", emoji=one, reason=str(error))

    async def reactions_of(self, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]:
        async for reaction in held_on(self._rest, refs):
            yield reaction

    async def tell_admin(self, channel: Channel, notice: str) -> None:
        """By direct message to the channel's configured admins, else to the owner of the server."""
        members = channel.settings.admins or await self._owner(channel)
        text = f"digestbot, channel {channel.name}: {notice}"
        for member in members:
            direct = await self._rest.send("POST", "/users/@me/channels", json={"recipient_id": member})
            body = {"content": discord.utils.escape_markdown(text)[:2000], "allowed_mentions": {"parse": []}}
            await self._rest.send("POST", "/channels/{channel_id}/messages", json=body, channel_id=str(direct["id"]))

    def routes(self) -> Sequence[object]:
        return ()

    async def run(self) -> None:
        """Until cancelled. Raises ConfigError where Discord refuses the bot at the very start."""
        self._interactions = await self._prepared()
        await self._gateway.run()

    async def _prepared(self) -> Interactions:
        """Logged in, the commands sent; while Discord is out of reach, again and again."""
        pause = 1.0
        while True:
            try:
                http = await self._rest.http()
                application = str((await self._rest.get("/oauth2/applications/@me"))["id"])
                break
            except PlatformError as error:
                if isinstance(error.__cause__, discord.LoginFailure):
                    raise ConfigError(f"[discord] {error}") from error
                _log.warning("Discord cannot be reached; the bot goes on trying", reason=str(error), pause=pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
        commands, say = self._house.commands, self._house.say
        if await sync(http, application, command_tree(commands, say), self._house.vault):
            _log.info("commands were sent to Discord")
        return Interactions(self._house.listener, commands, http=http, say=say)

    async def aclose(self) -> None:
        await self._rest.aclose()

    # ------------------------------------------------------------ driven by the gateway

    async def reacted(self, event: discord.RawReactionActionEvent, *, held: bool) -> None:
        me = await self._rest.me()
        if event.guild_id is None or str(event.user_id) == me:
            return
        if event.message_author_id is not None and str(event.message_author_id) != me:
            return
        is_bot = event.member.bot if event.member is not None else held and await self._rest.is_bot(str(event.user_id))
        if is_bot:
            return
        ref = MessageRef(PLATFORM, str(event.guild_id), str(event.channel_id), str(event.message_id))
        emoji = emoji_of(event.emoji.name, event.emoji.id)
        try:
            await self._house.listener.reacted(reaction_on(ref, member=str(event.user_id), emoji=emoji, held=held))
        except BotError as error:
            _log.warning("a reaction could not be stored; it is read again", error=str(error), again=_AGAIN)
            await asyncio.sleep(_AGAIN)
            await self.missed()

    async def interacted(self, interaction: Mapping[str, Any]) -> None:
        if self._interactions is not None:
            await self._interactions.on(interaction)

    async def missed(self) -> None:
        await self._house.listener.changed(ChannelEvent(kind="missed", platform=PLATFORM))

    async def gone(self, guild: str, channel: str | None) -> None:
        if channel is None:
            reason = "the bot was removed from the server: invite it again"
            await self._tell("workspace_gone", guild, None, reason)
        else:
            await self._tell("left", guild, channel, "the channel was deleted: set another id in config.toml")

    async def review(self, client: discord.Client, guild: discord.Guild | None) -> None:
        """Tells of the configured channels whether the bot can post there; of those that it cannot see, once all
        servers are known. Until then there is nothing to say of a single one."""
        if guild is not None and not client.is_ready():
            return
        seen = {channel: _seen(client, channel) for channel in await self._house.archive.channels(PLATFORM)}
        self._guilds |= {one.spec.place: str(found.guild.id) for one, found in seen.items() if found is not None}
        for channel, found in seen.items():
            place = channel.spec.place
            if found is not None and guild in (None, found.guild):
                await self._review_one(channel, found)
            elif guild is None and place not in self._guilds and not await self._exists(place):
                reason = "the bot sees no channel with this id: invite it to the server, or mend the id in config.toml"
                await self._tell("left", channel.spec.workspace, place, reason)

    async def _review_one(self, channel: Channel, found: discord.abc.GuildChannel | discord.Thread) -> None:
        workspace, place = str(found.guild.id), channel.spec.place
        self._guilds[place] = workspace
        missing = lacking(found.permissions_for(found.guild.me), POST)
        if missing:
            if not channel.paused:
                reason = f"the bot lacks {' and '.join(missing)} in the channel: give it back in the channel's settings"
                await self._tell("lost", workspace, place, reason)
        elif channel.lost or not channel.spec.workspace:
            await self._tell("restored" if channel.lost else "joined", workspace, place)

    async def _tell(self, kind: Any, workspace: str, place: str | None, reason: str = "") -> None:
        await self._house.listener.changed(
            ChannelEvent(kind=kind, platform=PLATFORM, workspace=workspace, place=place, reason=reason)
        )

    # ------------------------------------------------------------ places

    async def _guild_of(self, channel: Channel) -> str:
        """The server that a channel is on: known, or asked once."""
        spec = channel.spec
        if spec.workspace:
            return spec.workspace
        if spec.place not in self._guilds:
            if not spec.place.isdecimal():
                raise ChannelLost(f"{spec.place!r} is no channel id", fix="copy the id in Discord with Copy Channel ID")
            found = await self._rest.get("/channels/{channel_id}", channel_id=spec.place)
            if not found.get("guild_id"):
                raise ChannelLost("this is not a server's channel", fix="set the id of a server's text channel")
            self._guilds[spec.place] = str(found["guild_id"])
        return self._guilds[spec.place]

    async def _thread(self, posting: Posting, header: MessageRef) -> str:
        """The thread under the digest's header, opened where it is not yet; it has the header's id."""
        if header.message not in self._threads:
            settings = posting.channel.settings
            title = self._house.say("digest.title", settings.locale, channel=posting.channel.name)
            day = discord.utils.snowflake_time(int(header.message)).astimezone(ZoneInfo(settings.timezone))
            body = {"name": f"{title} · {day:%Y-%m-%d}"[:_THREAD_NAME], "auto_archive_duration": _THREAD_OPEN}
            try:
                await self._rest.send(
                    "POST",
                    "/channels/{channel_id}/messages/{message_id}/threads",
                    json=body,
                    channel_id=header.place,
                    message_id=header.message,
                )
            except ChannelLost as error:
                fix = f'give the bot {" and ".join(THREAD.values())}, or set layout = "messages"'
                raise ChannelLost(f"the digest's thread cannot be opened ({error.reason})", fix=fix) from error
            except PostingRejected:
                if not await self._exists(header.message):  # else an earlier try opened it
                    raise
            self._threads.add(header.message)
        return header.message

    async def _exists(self, place: str) -> bool:
        try:
            await self._rest.get("/channels/{channel_id}", channel_id=place)
        except ChannelLost:
            return False
        except PlatformError:  # out of reach: nothing is known against it
            return True
        return True

    async def _history(self, place: str, after: int) -> AsyncIterator[Mapping[str, Any]]:
        """Every message after that one, page by page."""
        while True:
            page = await self._rest.get(
                "/channels/{channel_id}/messages", channel_id=place, params={"after": after, "limit": _PAGE}
            )
            for message in page:
                yield message
            newest = max((int(message["id"]) for message in page), default=after)
            if len(page) < _PAGE or newest <= after:
                return
            after = newest

    async def _check_history_is_open(self, place: str, message: int) -> None:
        """Raises ChannelLost where history may not be read: Discord then shows an empty one. It refuses to look for a
        single message, though, and says of one that there is none only to who may read."""
        with suppress(PostingDeleted):
            await self._rest.get(
                "/channels/{channel_id}/messages/{message_id}", channel_id=place, message_id=str(message)
            )

    async def _owner(self, channel: Channel) -> tuple[str, ...]:
        guild = await self._rest.get("/guilds/{guild_id}", guild_id=await self._guild_of(channel))
        return (str(guild["owner_id"]),)


def _seen(client: discord.Client, channel: Channel) -> discord.abc.GuildChannel | discord.Thread | None:
    """A configured channel as the gateway shows it; None where it does not."""
    found = client.get_channel(int(channel.spec.place)) if channel.spec.place.isdecimal() else None
    return found if isinstance(found, discord.abc.GuildChannel | discord.Thread) else None
