"""Discord for the engine: posts, finds, seeds and re-reads by REST; listens by the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import structlog

from adapters.discord.commands import Interactions, command_tree, sync
from adapters.discord.format import is_marked, payload_of
from adapters.discord.gateway import Gateway
from adapters.discord.permissions import trouble_in
from adapters.discord.places import Places
from adapters.discord.reactions import PLATFORM, emoji_of, held_on, reaction_on, route_emoji
from adapters.discord.rest import Rest
from adapters.discord.shards import Shards
from bot.errors import (
    BotError,
    ChannelLost,
    ConfigError,
    OutcomeUnknown,
    PlatformError,
    PostingDeleted,
    PostingRejected,
    StorageError,
)
from bot.model import Channel, ChannelEvent, MessageRef, Posting, Reaction
from bot.ports import House

_log = structlog.get_logger(__name__)
_NONCE_HOLDS = timedelta(seconds=90)  # Discord says "a few minutes"; within them the same nonce is the same message
_CLOCKS_APART = timedelta(minutes=10)  # between ours and Discord's, at most
_LONGEST_PAUSE = 300.0  # seconds between two attempts to reach Discord at the start
_AGAIN = 30.0  # seconds until reactions that could not be stored are read again


class DiscordPlatform:
    """Implements `ports.ChatPlatform` and `ports.Limited`."""

    def __init__(self, house: House, rest: Rest, *, token: Callable[[], str], shards: Shards | None = None) -> None:
        """`shards`: those whose events come here; None: all."""
        self._house = house
        self._rest = rest
        self._shards = shards
        self._gateway = Gateway(token=token, limits=rest.limits, events=self, shards=shards)
        self._interactions: Interactions | None = None
        self._reads_again = False  # soon
        self._places = Places(self._rest, house.say)

    def limits_used(self) -> Mapping[str, float]:
        return self._rest.limits.used()

    # ------------------------------------------------------------ driven by the engine

    async def post(self, posting: Posting) -> MessageRef:
        """Raises PlatformError."""
        guild = await self._places.guild_of(posting.channel)
        place = await self._places.thread(posting, posting.parent) if posting.parent else posting.channel.spec.place
        try:
            answer = await self._rest.send(
                "POST", "/channels/{channel_id}/messages", json=payload_of(posting), channel_id=place
            )
        except ChannelLost as error:
            if posting.parent is not None and not await self._places.exists(place):
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
            async for message in self._places.history(place, after):
                if message["author"]["id"] == me and is_marked(message, posting.key):
                    return MessageRef(PLATFORM, await self._places.guild_of(posting.channel), place, message["id"])
            await self._places.check_history_is_open(place, after)
        except ChannelLost as error:
            if not await self._places.exists(place):
                if posting.parent is None:
                    raise
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

    async def remove(self, ref: MessageRef) -> None:
        """One's own messages need no permission, but the channel has to be seen. Raises PlatformError."""
        with suppress(PostingDeleted):
            await self._rest.send(
                "DELETE",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=ref.place,
                message_id=ref.message,
            )

    async def reactions_of(self, refs: Sequence[MessageRef]) -> AsyncIterator[Reaction]:
        async for reaction in held_on(self._rest, refs):
            yield reaction

    async def tell_admin(self, channel: Channel, notice: str) -> None:
        """By direct message to the channel's configured admins, else to the owner of the server."""
        members = channel.settings.admins or await self._places.owner(channel)
        text = f"digestbot, channel {channel.name}: {notice}"
        refusals = []
        for member in members:
            try:
                await self._tell_member(member, text)
            except PlatformError as error:
                refusals.append(error)
        if len(refusals) == len(members):
            raise refusals[0]

    async def _tell_member(self, member: str, text: str) -> None:
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
        me, member = await self._rest.me(), str(event.user_id)
        if event.guild_id is None or member == me:
            return
        if event.message_author_id is not None and str(event.message_author_id) != me:
            return
        ref = MessageRef(PLATFORM, str(event.guild_id), str(event.channel_id), str(event.message_id))
        emoji = emoji_of(event.emoji.name, event.emoji.id)
        try:
            is_bot = event.member.bot if event.member is not None else held and await self._rest.is_bot(member)
            if not is_bot:
                await self._house.listener.reacted(reaction_on(ref, member=member, emoji=emoji, held=held))
        except BotError as error:
            _log.warning("a reaction could not be stored; it is read again", error=str(error), again=_AGAIN)
            await self._read_again()

    async def _read_again(self) -> None:
        """What could not be stored, all of it at once."""
        if self._reads_again:
            return
        self._reads_again = True
        try:
            await asyncio.sleep(_AGAIN)
        finally:
            self._reads_again = False
        await self.missed()

    async def interacted(self, interaction: Mapping[str, Any]) -> None:
        if self._interactions is not None:
            await self._interactions.on(interaction)

    async def missed(self) -> None:
        """Asks until it is heard that what was missed be read again."""
        while True:
            try:
                return await self._house.listener.changed(ChannelEvent(kind="missed", platform=PLATFORM))
            except StorageError as error:
                _log.warning("reactions cannot be read again yet", error=str(error), again=_AGAIN)
                await asyncio.sleep(_AGAIN)

    async def gone(self, guild: str, channel: str | None) -> None:
        if channel is None:
            lost = ChannelLost("the bot was removed from the server", fix="invite it again")
            await self._tell("workspace_gone", guild, None, lost.told("lost.server"))
        else:
            lost = ChannelLost("the channel was deleted", fix="set another id in config.toml")
            await self._tell("left", guild, channel, lost.told("lost.channel"))

    async def review(self, client: discord.Client, guild: discord.Guild | None) -> None:
        """Tells of the configured channels whether the bot can post there; of those that it cannot see, once all
        servers are known. Until then there is nothing to say of a single one."""
        if guild is not None and not client.is_ready():
            return
        seen = {channel: _seen(client, channel) for channel in await self._house.archive.channels(PLATFORM)}
        self._places.guilds |= {one.spec.place: str(found.guild.id) for one, found in seen.items() if found is not None}
        for channel, found in seen.items():
            place = channel.spec.place
            if found is not None and guild in (None, found.guild):
                await self._review_one(channel, found)
            elif self._is_elsewhere(channel.spec.workspace):
                continue
            elif guild is None and place not in self._places.guilds and not await self._places.exists(place):
                fix = "invite it to the server, or mend the id in config.toml"
                lost = ChannelLost("the bot sees no channel with this id", fix=fix)
                await self._tell("left", channel.spec.workspace, place, lost.told("lost.unseen"))

    def _is_elsewhere(self, guild: str) -> bool:
        """Whether another gateway hears of that server."""
        return self._shards is not None and guild.isdecimal() and not self._shards.has(guild)

    async def _review_one(self, channel: Channel, found: discord.abc.GuildChannel | discord.Thread) -> None:
        workspace, place = str(found.guild.id), channel.spec.place
        trouble = trouble_in(found, threads=channel.settings.layout == "thread")
        if trouble:
            if not channel.paused:
                await self._tell("lost", workspace, place, trouble)
        elif channel.lost or not channel.spec.workspace:
            await self._tell("restored" if channel.lost else "joined", workspace, place)

    async def _tell(self, kind: Any, workspace: str, place: str | None, lost: ChannelLost | None = None) -> None:
        await self._house.listener.changed(
            ChannelEvent(kind=kind, platform=PLATFORM, workspace=workspace, place=place, reason=lost or "")
        )


def _seen(client: discord.Client, channel: Channel) -> discord.abc.GuildChannel | discord.Thread | None:
    """A configured channel as the gateway shows it; None where it does not."""
    found = client.get_channel(int(channel.spec.place)) if channel.spec.place.isdecimal() else None
    return found if isinstance(found, discord.abc.GuildChannel | discord.Thread) else None
