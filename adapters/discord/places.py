"""Where messages are on Discord: a channel's server, a digest's thread, what stands in a channel's history."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

import discord

from adapters.discord.permissions import THREAD
from adapters.discord.rest import Rest
from bot.errors import ChannelLost, PlatformError, PostingDeleted, PostingRejected
from bot.model import Channel, MessageRef, Posting

_PAGE = 100
_THREAD_NAME = 100  # characters
_THREAD_OPEN = 1440  # minutes without a message until Discord folds it away


class Places:
    """`guilds`: the server of each channel, as far as it is known."""

    def __init__(self, rest: Rest, say: Callable[..., str]) -> None:
        self._rest = rest
        self._say = say
        self.guilds: dict[str, str] = {}
        self._threads: set[str] = set()  # that are known to be there

    async def guild_of(self, channel: Channel) -> str:
        """The server that a channel is on: known, or asked once."""
        spec = channel.spec
        if spec.workspace:
            return spec.workspace
        if spec.place not in self.guilds:
            if not spec.place.isdecimal():
                fix = "copy the id in Discord with Copy Channel ID"
                raise ChannelLost(f"{spec.place!r} is no channel id", fix=fix).told("lost.id", place=spec.place)
            found = await self._rest.get("/channels/{channel_id}", channel_id=spec.place)
            if not found.get("guild_id"):
                lost = ChannelLost("this is not a server's channel", fix="set the id of a server's text channel")
                raise lost.told("lost.kind")
            self.guilds[spec.place] = str(found["guild_id"])
        return self.guilds[spec.place]

    async def thread(self, posting: Posting, header: MessageRef) -> str:
        """The thread under the digest's header, opened where it is not yet; it has the header's id."""
        if header.message not in self._threads:
            settings = posting.channel.settings
            title = self._say("digest.title", settings.locale, channel=posting.channel.name)
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
                lost = ChannelLost(f"the digest's thread cannot be opened ({error.reason})", fix=fix)
                raise lost.told("lost.permission", permissions=[*THREAD.values()]) from error
            except PostingDeleted as error:
                raise PostingRejected("the digest's header was deleted") from error
            except PostingRejected:
                if not await self.exists(header.message):  # else an earlier try opened it
                    raise
            self._threads.add(header.message)
        return header.message

    async def exists(self, place: str) -> bool:
        """False only where Discord says that there is none, or none that the bot may see."""
        try:
            await self._rest.get("/channels/{channel_id}", channel_id=place)
        except ChannelLost:
            return False
        except PlatformError:  # out of reach: nothing is known against it
            pass
        return True

    async def history(self, place: str, after: int) -> AsyncIterator[Mapping[str, Any]]:
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

    async def check_history_is_open(self, place: str, message: int) -> None:
        """Raises ChannelLost where history may not be read: Discord then shows an empty one. It refuses to look for a
        single message, though, and says of one that there is none only to who may read."""
        with suppress(PostingDeleted):
            await self._rest.get(
                "/channels/{channel_id}/messages/{message_id}", channel_id=place, message_id=str(message)
            )

    async def owner(self, channel: Channel) -> tuple[str, ...]:
        guild = await self._rest.get("/guilds/{guild_id}", guild_id=await self.guild_of(channel))
        return (str(guild["owner_id"]),)
