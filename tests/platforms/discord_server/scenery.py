"""What a test sets up on the local Discord and takes away again: guilds, channels, members, permissions, messages."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord_server.gateway import Gateway
from tests.platforms.discord_server.permissions import BITS, bits
from tests.platforms.discord_server.posting import as_read
from tests.platforms.discord_server.shapes import channel_json, guild_create_json
from tests.platforms.discord_server.world import LOADING, SAID, THREADS, Channel, Guild, Message, Overwrite, User, World


class Scenery:
    """A part of `DiscordServer`."""

    world: World
    gateway: Gateway
    privileged_intents: int

    # ------------------------------------------------------------ guilds and members

    def add_guild(self, name: str = "Acme", owner: str | None = None) -> Guild:
        """The bot is a member of it, with a role."""
        guild = self.world.guild(name, owner or self.world.user("owner").id)
        self.gateway.tell("GUILD_CREATE", guild_create_json(self.world, guild), guild)
        return guild

    def remove_bot(self, guild: Guild) -> None:
        guild.kicked = True
        self.gateway.tell("GUILD_DELETE", {"id": guild.id}, guild)

    def return_bot(self, guild: Guild) -> None:
        """It is invited again."""
        guild.kicked = False
        self.gateway.tell("GUILD_CREATE", guild_create_json(self.world, guild), guild)

    def lose_guild(self, guild: Guild) -> None:
        """An outage: the guild is unavailable, and comes back by `return_bot`."""
        self.gateway.tell("GUILD_DELETE", {"id": guild.id, "unavailable": True}, guild)

    def add_member(
        self, guild: Guild, name: str, *, bot: bool = False, manage_guild: bool = False, administrator: bool = False
    ) -> str:
        """The id of a new member."""
        user = self.world.user(name, bot=bot)
        held = {"manage_guild": manage_guild, "administrator": administrator}
        allowed = bits(*(one for one, granted in held.items() if granted))
        guild.members[user.id] = [self.world.role(guild, "managers", allowed)] if allowed else []
        return user.id

    def add_emoji(self, guild: Guild, name: str) -> str:
        """A server's own emoji, as `name:id`."""
        number = self.world.snowflake()
        guild.emojis[number] = name
        return f"{name}:{number}"

    def block(self, user: str) -> None:
        """This user blocks the bot: it cannot react to what they write."""
        self.world.users[user].blocked = True

    def close_dms(self, member: str) -> None:
        self.world.users[member].takes_direct_messages = False

    # ------------------------------------------------------------ channels

    def add_channel(
        self, guild: Guild, name: str, *, kind: int = 0, slowmode: int = 0, parent: Channel | None = None
    ) -> Channel:
        """A thread (kinds 10 to 12) is under `parent`, or under a new text channel."""
        if kind in THREADS:
            parent = parent or self.add_channel(guild, f"{name}-home")
        channel = Channel(self.world.snowflake(), guild, name, kind, slowmode, parent.id if parent else None)
        channel.owner = guild.owner if channel.is_thread else None
        self.world.channels[channel.id] = channel
        event = "THREAD_CREATE" if channel.is_thread else "CHANNEL_CREATE"
        self.gateway.tell(event, channel_json(self.world, channel), guild)
        return channel

    def permit(self, channel: Channel, **permissions: bool) -> None:
        """Grants (True) or denies (False) the bot these in a channel; in a thread they are its parent's."""
        home = self.world.home(channel)
        written = home.overwrites.setdefault(self.world.bot.id, Overwrite(kind=1))
        for name, allowed in permissions.items():
            bit = BITS[name]
            written.allow = written.allow | bit if allowed else written.allow & ~bit
            written.deny = written.deny & ~bit if allowed else written.deny | bit
        self.gateway.tell("CHANNEL_UPDATE", channel_json(self.world, home), home.guild)

    def delete_channel(self, channel: Channel) -> None:
        """Its threads go with it."""
        for thread in self.world.threads(channel):
            thread.deleted = True
        channel.deleted = True
        told = channel_json(self.world, channel)
        if channel.is_thread:
            told = {name: told[name] for name in ("id", "guild_id", "parent_id", "type")}
        self.gateway.tell("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", told, channel.guild)

    def archive(self, thread: Channel, *, locked: bool = False) -> None:
        thread.archived, thread.locked, thread.archived_at = True, locked, self.world.time()
        self.gateway.tell("THREAD_UPDATE", channel_json(self.world, thread), thread.guild)

    # ------------------------------------------------------------ messages

    def messages(self, channel: str) -> list[Message]:
        """What was said in a channel and is still there, in order; without what Discord itself puts there."""
        found = self.world.visible(self.world.channels[channel])
        return [one for one in found if one.kind in SAID and not one.flags & LOADING]

    def direct_messages(self, member: str) -> list[Message]:
        place = self.world.direct.get(member)
        return self.messages(place) if place else []

    def put_message(
        self,
        channel: Channel,
        body: dict[str, Any],
        author: User | None = None,
        *,
        kind: int = 0,
        number: str | None = None,
        more: dict[str, Any] | None = None,
    ) -> Message:
        """A message of the bot's, or of a member's; `kind` and `more` are for those that are not simply said."""
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        who, world = author or self.world.bot, self.world
        message = Message(number or world.snowflake(), channel.id, who, body, nonce, world.time(), kind)
        message.more = more or {}
        channel.messages[message.id] = message
        if self.gateway.is_wanted("MESSAGE_CREATE", channel.guild):
            told = as_read(self, message, with_nonce=True) | ({"guild_id": channel.guild.id} if channel.guild else {})
            self.gateway.tell("MESSAGE_CREATE", told, channel.guild)
        return message

    def delete_message(self, channel: str, message: str) -> None:
        home = self.world.channels[channel]
        home.messages[message].deleted = True
        told = {"id": message, "channel_id": channel} | ({"guild_id": home.guild.id} if home.guild else {})
        self.gateway.tell("MESSAGE_DELETE", told, home.guild)
