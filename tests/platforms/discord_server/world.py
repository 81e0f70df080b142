"""What the local Discord knows: guilds, channels, members, messages, and who may do what where. Serves nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

PERMISSIONS = {
    "add_reactions": 1 << 6,
    "administrator": 1 << 3,
    "create_public_threads": 1 << 35,
    "embed_links": 1 << 14,
    "manage_guild": 1 << 5,
    "manage_messages": 1 << 13,
    "manage_threads": 1 << 34,
    "read_message_history": 1 << 16,
    "send_messages": 1 << 11,
    "send_messages_in_threads": 1 << 38,
    "use_external_emojis": 1 << 18,
    "view_channel": 1 << 10,
}
_BOT_HAS = ("view_channel", "send_messages", "read_message_history", "add_reactions", "create_public_threads")
_BOT_HAS_TOO = ("send_messages_in_threads", "embed_links")
EVERYTHING = sum(PERMISSIONS[name] for name in (*_BOT_HAS, *_BOT_HAS_TOO))
THREADS = (10, 11, 12)
_EPOCH = 1_420_070_400_000  # Discord's, in milliseconds


@dataclass
class User:
    id: str
    name: str
    bot: bool = False
    takes_direct_messages: bool = True
    blocked: bool = False  # whether they blocked the bot

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "username": self.name,
            "global_name": None,
            "discriminator": "0",
            "avatar": None,
            "public_flags": 0,
            "flags": 0,
            "bot": self.bot,
            "primary_guild": None,
        }


@dataclass
class Guild:
    id: str
    name: str
    owner: str
    members: dict[str, int] = field(default_factory=dict)  # permissions that a member has beside everyone's
    removed: bool = False  # the bot was removed


@dataclass
class Message:
    """As stored. `reactions`: emoji -> user -> the kinds held, "normal" and "burst", in the order they came."""

    id: str
    channel_id: str
    author: User
    payload: dict[str, Any]
    nonce: str | None
    at: datetime
    reactions: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    deleted: bool = False
    thread: str | None = None

    @property
    def author_id(self) -> str:
        return self.author.id


@dataclass
class Channel:
    id: str
    guild: Guild | None
    name: str
    kind: int
    slowmode: int = 0
    parent: str | None = None
    denied: int = 0  # of the bot, by an overwrite
    deleted: bool = False
    archived: bool = False
    locked: bool = False
    recipient: User | None = None
    messages: dict[str, Message] = field(default_factory=dict)  # in order of their ids
    last_by_bot: float = float("-inf")


class World:
    """`clock` counts seconds and may be wound in tests; ids are snowflakes of the real time."""

    def __init__(self, *, scale: float = 1.0) -> None:
        self.scale = scale
        self._last = 0
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.direct: dict[str, str] = {}
        self.bot = self.user("digestbot", bot=True)
        self.application_id = self.snowflake()

    def now(self) -> float:
        """Seconds, `scale` times as fast as the real ones."""
        return time.monotonic() * self.scale

    def snowflake(self) -> str:
        self._last = max(self._last + 1, (int(time.time() * 1000) - _EPOCH) << 22)
        return str(self._last)

    def user(self, name: str, *, bot: bool = False) -> User:
        user = User(self.snowflake(), name, bot)
        self.users[user.id] = user
        return user

    # ------------------------------------------------------------ permissions

    def permissions(self, channel: Channel) -> int:
        """The bot's, in a channel; a thread has its parent's."""
        home = self.channels[channel.parent] if channel.parent and channel.kind in THREADS else channel
        if channel.guild is None:
            return EVERYTHING
        return EVERYTHING & ~home.denied

    def may(self, channel: Channel, *names: str) -> bool:
        have = self.permissions(channel)
        return all(have & PERMISSIONS[name] for name in names)

    # ------------------------------------------------------------ as JSON

    def channel_json(self, channel: Channel) -> dict[str, Any]:
        if channel.guild is None:
            recipient = channel.recipient
            assert recipient is not None
            return {"id": channel.id, "type": 1, "flags": 0, "recipients": [recipient.json()], "last_message_id": None}
        shown: dict[str, Any] = {
            "id": channel.id,
            "type": channel.kind,
            "guild_id": channel.guild.id,
            "name": channel.name,
            "flags": 0,
            "parent_id": channel.parent,
            "rate_limit_per_user": channel.slowmode,
            "last_message_id": next(reversed(channel.messages), None),
        }
        if channel.kind in THREADS:
            count = len(self.visible(channel))
            return shown | {
                "owner_id": self.bot.id,
                "message_count": count,
                "member_count": 1,
                "total_message_sent": count,
                "thread_metadata": {
                    "archived": channel.archived,
                    "locked": channel.locked,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": datetime.now(UTC).isoformat(),
                    "create_timestamp": datetime.now(UTC).isoformat(),
                },
            }
        denied = [{"id": self.bot.id, "type": 1, "allow": "0", "deny": str(channel.denied)}] if channel.denied else []
        return shown | {"position": 0, "nsfw": False, "topic": None, "permission_overwrites": denied}

    def guild_json(self, guild: Guild) -> dict[str, Any]:
        nothing = [
            "icon",
            "description",
            "home_header",
            "splash",
            "discovery_splash",
            "banner",
            "application_id",
            "afk_channel_id",
            "system_channel_id",
            "widget_channel_id",
            "vanity_url_code",
            "rules_channel_id",
            "safety_alerts_channel_id",
            "public_updates_channel_id",
            "incidents_data",
            "max_presences",
        ]
        zero = [
            "system_channel_flags",
            "verification_level",
            "default_message_notifications",
            "mfa_level",
            "explicit_content_filter",
            "premium_tier",
            "premium_subscription_count",
            "nsfw_level",
        ]
        return {
            "id": guild.id,
            "name": guild.name,
            "owner_id": guild.owner,
            "roles": [_role(guild.id, "@everyone", EVERYTHING)],
            "features": [],
            "emojis": [],
            "stickers": [],
            "region": "deprecated",
            "afk_timeout": 300,
            "widget_enabled": False,
            "max_members": 500_000,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "premium_progress_bar_enabled": False,
            "preferred_locale": "en-US",
            "nsfw": False,
            **dict.fromkeys(nothing),
            **dict.fromkeys(zero, 0),
        }

    def member_json(self, guild: Guild, user: User) -> dict[str, Any]:
        return {
            "user": user.json(),
            "roles": [],
            "nick": None,
            "avatar": None,
            "banner": None,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }

    def guild_create_json(self, guild: Guild) -> dict[str, Any]:
        """As the gateway tells of a guild: with its channels, threads and the bot as a member."""
        here = [channel for channel in self.channels.values() if channel.guild is guild and not channel.deleted]
        return self.guild_json(guild) | {
            "joined_at": "2026-01-01T00:00:00+00:00",
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members) + 1,
            "voice_states": [],
            "members": [self.member_json(guild, self.bot)],
            "channels": [self.channel_json(one) for one in here if one.kind not in THREADS],
            "threads": [self.channel_json(one) for one in here if one.kind in THREADS and not one.archived],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def message_json(self, message: Message, *, with_nonce: bool = False) -> dict[str, Any]:
        payload = message.payload
        shown: dict[str, Any] = {
            "id": message.id,
            "channel_id": message.channel_id,
            "type": 0,
            "author": message.author.json(),
            "content": payload.get("content") or "",
            "embeds": [{"type": "rich", **embed} for embed in payload.get("embeds") or ()],
            "components": with_ids(payload.get("components") or []),
            "flags": payload.get("flags") or 0,
            "timestamp": message.at.isoformat(),
            "edited_timestamp": None,
            "attachments": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
        }
        if message.reactions:
            shown["reactions"] = [self._reaction_json(emoji, held) for emoji, held in message.reactions.items()]
        if with_nonce and message.nonce is not None:
            shown["nonce"] = message.nonce
        return shown

    def _reaction_json(self, emoji: str, held: dict[str, set[str]]) -> dict[str, Any]:
        normal = sum("normal" in kinds for kinds in held.values())
        burst = sum("burst" in kinds for kinds in held.values())
        mine = held.get(self.bot.id, set())
        return {
            "emoji": emoji_json(emoji),
            "count": normal + burst,
            "count_details": {"normal": normal, "burst": burst},
            "burst_colors": [],
            "me": "normal" in mine,
            "me_burst": "burst" in mine,
        }

    def visible(self, channel: Channel) -> list[Message]:
        return [message for message in channel.messages.values() if not message.deleted]


def _role(role: str, name: str, permissions: int) -> dict[str, Any]:
    return {
        "id": role,
        "name": name,
        "permissions": str(permissions),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def emoji_json(emoji: str) -> dict[str, Any]:
    """An emoji, or `name:id`."""
    name, _, number = emoji.partition(":")
    return {"id": number or None, "name": name}


def walked(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, nested ones too."""
    for component in components:
        yield component
        yield from walked(component.get("components") or [])
        if isinstance(component.get("accessory"), dict):
            yield component["accessory"]


def with_ids(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As Discord gives them back: each with an id, those without one numbered in order past the taken ones."""
    taken = {one["id"] for one in walked(components) if one.get("id")}
    free = (number for number in range(1, 10_000) if number not in taken)

    def numbered(component: dict[str, Any]) -> dict[str, Any]:
        told = {"id": component.get("id") or next(free)} | component
        if told["type"] == 17:
            told = {"accent_color": None, "spoiler": False} | told
        if told["type"] == 14:
            told = {"divider": True, "spacing": 1} | told
        if component.get("components"):
            told["components"] = [numbered(child) for child in component["components"]]
        return told

    return [numbered(component) for component in components]
