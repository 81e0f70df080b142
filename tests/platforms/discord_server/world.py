"""What the local Discord knows: guilds, channels, members, messages, and who may do what where. Serves nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.platforms.discord_server import permissions
from tests.platforms.discord_server.permissions import BITS

TEXT, DIRECT, ANNOUNCEMENT, FORUM = 0, 1, 5, 15
THREADS = (10, 11, 12)
SAID = (0, 19, 20, 23)  # kinds of messages that somebody wrote; the others are the channel's own
LOADING = 1 << 7  # "… is thinking": a flag of a message
_EPOCH = 1_420_070_400_000  # Discord's, in milliseconds


@dataclass
class User:
    id: str
    name: str
    bot: bool = False
    takes_direct_messages: bool = True
    blocked: bool = False  # whether they blocked the bot


@dataclass
class Role:
    id: str
    name: str
    permissions: int
    of_bot: str | None = None


@dataclass
class Guild:
    """`roles` by id; the one with the guild's own id is everyone's. `members`: user -> their roles.

    `removed`: the guild is gone; `kicked`: the bot is.
    """

    id: str
    name: str
    owner: str
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    emojis: dict[str, str] = field(default_factory=dict)  # id -> name
    removed: bool = False
    kicked: bool = False

    @property
    def open(self) -> bool:
        """Whether the bot is there."""
        return not self.removed and not self.kicked


@dataclass
class Overwrite:
    """What a channel grants and denies a role (kind 0) or a member (kind 1)."""

    kind: int
    allow: int = 0
    deny: int = 0


@dataclass
class Message:
    """As stored. `reactions`: emoji -> user -> the kinds held, "normal" and "burst", in the order they came.

    `more` is what its JSON has beside the usual.
    """

    id: str
    channel_id: str
    author: User
    payload: dict[str, Any]
    nonce: str | None
    at: datetime
    kind: int = 0
    edited: datetime | None = None
    reactions: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    deleted: bool = False
    thread: str | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def author_id(self) -> str:
        return self.author.id

    @property
    def flags(self) -> int:
        return self.payload.get("flags") or 0


@dataclass
class Channel:
    id: str
    guild: Guild | None
    name: str
    kind: int
    slowmode: int = 0  # seconds
    parent: str | None = None
    topic: str | None = None
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    deleted: bool = False
    archived: bool = False
    locked: bool = False
    auto_archive: int = 1440  # minutes
    archived_at: datetime | None = None
    owner: str | None = None  # of a thread
    recipient: User | None = None
    messages: dict[str, Message] = field(default_factory=dict)  # in order of their ids
    last_by_bot: float = float("-inf")

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS


class World:
    """Ids are snowflakes of the real time; `scale` is how much faster the server's seconds go."""

    def __init__(self, *, scale: float = 1.0) -> None:
        self.scale = scale
        self._last = 0
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.direct: dict[str, str] = {}  # user -> channel
        self.commands: dict[tuple[str | None, int, str], str] = {}  # (guild, kind, name) -> id
        self.bot = self.user("digestbot", bot=True)
        self.application_id = self.snowflake()

    def now(self) -> float:
        """Seconds, `scale` times as fast as the real ones."""
        return time.monotonic() * self.scale

    def time(self) -> datetime:
        return datetime.now(UTC)

    def snowflake(self) -> str:
        self._last = max(self._last + 1, (int(time.time() * 1000) - _EPOCH) << 22)
        return str(self._last)

    # ------------------------------------------------------------ people

    def user(self, name: str, *, bot: bool = False) -> User:
        user = User(self.snowflake(), name, bot)
        self.users[user.id] = user
        return user

    def guild(self, name: str, owner: str) -> Guild:
        """A new one, with the bot as a member that has a role."""
        guild = Guild(self.snowflake(), name, owner)
        self.role(guild, "@everyone", permissions.EVERYONE, number=guild.id)
        guild.members[owner] = []
        guild.members[self.bot.id] = [self.role(guild, "digestbot", permissions.BOT, of_bot=self.bot.id)]
        self.guilds[guild.id] = guild
        return guild

    def role(
        self, guild: Guild, name: str, allowed: int, *, number: str | None = None, of_bot: str | None = None
    ) -> str:
        role = Role(number or self.snowflake(), name, allowed, of_bot)
        guild.roles[role.id] = role
        return role.id

    # ------------------------------------------------------------ permissions

    def permissions(self, channel: Channel, user: str | None = None) -> int:
        """A member's in a channel, the bot's by default; a thread has its parent's."""
        user, guild = user or self.bot.id, channel.guild
        if guild is None:
            return permissions.DIRECT
        roles = guild.members.get(user)
        if roles is None:
            return 0
        held = guild.roles[guild.id].permissions
        for role in roles:
            held |= guild.roles[role].permissions
        if guild.owner == user or held & BITS["administrator"]:
            return permissions.ALL
        written = self.home(channel).overwrites
        if written:
            held = _overwritten(held, [written.get(guild.id)])
            held = _overwritten(held, [written.get(role) for role in roles])
            held = _overwritten(held, [written.get(user)])
        return held if held & BITS["view_channel"] else 0

    def may(self, channel: Channel, *names: str) -> bool:
        """Whether the bot may do all that in a channel."""
        have = self.permissions(channel)
        return all(have & BITS[name] for name in names)

    def home(self, channel: Channel) -> Channel:
        """A thread's parent; any other channel itself."""
        return self.channels[channel.parent] if channel.is_thread and channel.parent else channel

    # ------------------------------------------------------------ messages

    def visible(self, channel: Channel) -> list[Message]:
        return [message for message in channel.messages.values() if not message.deleted]

    def threads(self, parent: Channel) -> list[Channel]:
        here = self.channels.values()
        return [one for one in here if one.is_thread and one.parent == parent.id and not one.deleted]


def _overwritten(held: int, overwrites: list[Overwrite | None]) -> int:
    allow, deny = 0, 0
    for one in overwrites:
        if one is not None:
            allow, deny = allow | one.allow, deny | one.deny
    return held & ~deny | allow
