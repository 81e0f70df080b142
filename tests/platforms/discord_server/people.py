"""What members do on the local Discord: they react, use commands, press buttons, and type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.platforms.discord_server.emoji import emoji_json
from tests.platforms.discord_server.gateway import Gateway
from tests.platforms.discord_server.interactions import AUTOCOMPLETE, BUTTON, COMMAND, IN_TIME, Answer, Interactions
from tests.platforms.discord_server.shapes import member_json
from tests.platforms.discord_server.world import Channel, Message, User, World


class People:
    """A part of `DiscordServer`. What ends with `_now` does not need to be awaited, and is the same otherwise."""

    world: World
    gateway: Gateway
    interactions: Interactions

    # ------------------------------------------------------------ reactions

    async def react(
        self, channel: str, message: str, member: str, emoji: str, *, burst: bool = False, with_member: bool = True
    ) -> None:
        """Stores a reaction and tells of it; without `with_member` with less, as Discord sometimes does."""
        self.react_now(channel, message, member, emoji, burst=burst, with_member=with_member)

    def react_now(
        self, channel: str, message: str, member: str, emoji: str, *, burst: bool = False, with_member: bool = True
    ) -> None:
        found = self.world.channels[channel].messages[message]
        found.reactions.setdefault(emoji, {}).setdefault(member, set()).add("burst" if burst else "normal")
        user = self.world.users[member]
        self.tell_reaction("MESSAGE_REACTION_ADD", found, user, emoji, burst=burst, with_member=with_member)

    async def unreact(self, channel: str, message: str, member: str, emoji: str, *, burst: bool = False) -> None:
        self.unreact_now(channel, message, member, emoji, burst=burst)

    def unreact_now(self, channel: str, message: str, member: str, emoji: str, *, burst: bool = False) -> None:
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
        """A moderator takes all reactions away, or all with one emoji."""
        self.clear_now(channel, message, emoji)

    def clear_now(self, channel: str, message: str, emoji: str | None = None) -> None:
        home = self.world.channels[channel]
        found = home.messages[message]
        told: dict[str, Any] = {"channel_id": channel, "message_id": message}
        told |= {"guild_id": home.guild.id} if home.guild else {}
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
        if burst and event.endswith("_ADD"):
            told["burst_colors"] = ["#f4b03e"]
        if with_member and home.guild is not None:
            told |= {"member": member_json(home.guild, user), "message_author_id": message.author.id}
        self.gateway.tell(event, told, home.guild)

    # ------------------------------------------------------------ commands

    async def command(
        self,
        channel: Channel,
        member: str,
        name: str,
        sub: str | None = None,
        *,
        options: Mapping[str, Any] | None = None,
        locale: str = "en-US",
        timeout: float = 5,  # noqa: ASYNC109
    ) -> Answer:
        """Until the bot has said nothing more for a moment, or for `timeout` seconds."""
        data = self.interactions.command_data(channel, name, sub, options or {})
        return await self.interactions.ask(COMMAND, channel, member, data, locale=locale, seconds=timeout)

    async def autocomplete(
        self,
        channel: Channel,
        member: str,
        name: str,
        sub: str | None = None,
        *,
        option: str,
        typed: str,
        others: Mapping[str, Any] | None = None,
        locale: str = "en-US",
    ) -> list[dict[str, Any]]:
        """The choices for an option that is half typed; none where the bot did not answer in time."""
        options = {**(others or {}), option: typed}
        data = self.interactions.command_data(channel, name, sub, options, focused=option)
        answer = await self.interactions.ask(AUTOCOMPLETE, channel, member, data, locale=locale, seconds=IN_TIME)
        return answer.choices or []

    async def button(
        self,
        channel: Channel,
        message: str,
        member: str,
        custom_id: str,
        *,
        locale: str = "en-US",
        timeout: float = 5,  # noqa: ASYNC109
    ) -> Answer:
        data = {"component_type": 2, "custom_id": custom_id}
        source = channel.messages[message]
        return await self.interactions.ask(BUTTON, channel, member, data, locale=locale, seconds=timeout, source=source)
