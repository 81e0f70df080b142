"""The nouns of the world as the JSON that Discord tells of them."""

from __future__ import annotations

from typing import Any

from tests.platforms.discord_server.components import embed_shown, shown
from tests.platforms.discord_server.emoji import emoji_json
from tests.platforms.discord_server.rules import pings_of
from tests.platforms.discord_server.world import FORUM, Channel, Guild, Message, Role, User, World

_JOINED = "2026-01-01T00:00:00+00:00"
_THREAD_OPENED = 1 << 5  # a flag of a message
_NULLS = [
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
_ZEROS = [
    "system_channel_flags",
    "verification_level",
    "default_message_notifications",
    "mfa_level",
    "explicit_content_filter",
    "premium_tier",
    "premium_subscription_count",
    "nsfw_level",
]


def user_json(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.name,
        "global_name": None,
        "discriminator": "0",
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "bot": user.bot,
        "primary_guild": None,
    }


def member_json(guild: Guild, user: User) -> dict[str, Any]:
    return {
        "user": user_json(user),
        "roles": guild.members.get(user.id, []),
        "nick": None,
        "avatar": None,
        "banner": None,
        "joined_at": _JOINED,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def role_json(role: Role) -> dict[str, Any]:
    told = {
        "id": role.id,
        "name": role.name,
        "permissions": str(role.permissions),
        "position": 0 if role.name == "@everyone" else 1,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.of_bot is not None,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return told | ({"tags": {"bot_id": role.of_bot}} if role.of_bot else {})


def guild_json(guild: Guild) -> dict[str, Any]:
    return {
        "id": guild.id,
        "name": guild.name,
        "owner_id": guild.owner,
        "roles": [role_json(role) for role in guild.roles.values()],
        "features": [],
        "emojis": [_own_emoji_json(number, name) for number, name in guild.emojis.items()],
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
        **dict.fromkeys(_NULLS),
        **dict.fromkeys(_ZEROS, 0),
    }


def _own_emoji_json(number: str, name: str) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": False,
        "available": True,
    }


def my_guild_json(world: World, guild: Guild) -> dict[str, Any]:
    held = guild.roles[guild.id].permissions
    for role in guild.members[world.bot.id]:
        held |= guild.roles[role].permissions
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": False,
        "permissions": str(held),
        "features": [],
    }


def guild_create_json(world: World, guild: Guild) -> dict[str, Any]:
    """As the gateway tells of a guild: with its channels, its open threads, and the bot as a member."""
    here = [channel for channel in world.channels.values() if channel.guild is guild and not channel.deleted]
    seen = [channel for channel in here if world.may(channel, "view_channel")]
    return guild_json(guild) | {
        "joined_at": _JOINED,
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "voice_states": [],
        "members": [member_json(guild, world.bot)],
        "channels": [channel_json(world, one) for one in here if not one.is_thread],
        "threads": [channel_json(world, one) for one in seen if one.is_thread and not one.archived],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def channel_json(world: World, channel: Channel) -> dict[str, Any]:
    last = next(reversed(channel.messages), None)
    if channel.guild is None:
        assert channel.recipient is not None
        people = [user_json(channel.recipient)]
        return {"id": channel.id, "type": 1, "flags": 0, "recipients": people, "last_message_id": last}
    told: dict[str, Any] = {
        "id": channel.id,
        "type": channel.kind,
        "guild_id": channel.guild.id,
        "name": channel.name,
        "flags": 0,
        "parent_id": channel.parent,
        "rate_limit_per_user": channel.slowmode,
        "last_message_id": last,
    }
    if channel.is_thread:
        return told | _thread_json(world, channel)
    told |= {
        "position": 0,
        "nsfw": False,
        "topic": channel.topic,
        "permission_overwrites": [
            {"id": number, "type": one.kind, "allow": str(one.allow), "deny": str(one.deny)}
            for number, one in channel.overwrites.items()
        ],
    }
    if channel.kind == FORUM:
        told |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
        told |= {"default_forum_layout": 0, "last_message_id": None}
    return told


def _thread_json(world: World, thread: Channel) -> dict[str, Any]:
    count = max(len(world.visible(thread)) - 1, 0)  # the first one is the header's
    made = world.time().isoformat()
    told: dict[str, Any] = {
        "owner_id": thread.owner or world.bot.id,
        "message_count": count,
        "member_count": 1,
        "total_message_sent": max(len(thread.messages) - 1, 0),
        "thread_metadata": {
            "archived": thread.archived,
            "locked": thread.locked,
            "auto_archive_duration": thread.auto_archive,
            "archive_timestamp": thread.archived_at.isoformat() if thread.archived_at else made,
            "create_timestamp": made,
        },
    }
    if thread.owner == world.bot.id:
        told["member"] = {"id": thread.id, "user_id": world.bot.id, "join_timestamp": made, "flags": 0}
    return told


def message_json(world: World, message: Message, *, with_nonce: bool = False) -> dict[str, Any]:
    """`with_nonce`: as the answer to its author, and as the gateway tells of it; histories leave the nonce out."""
    payload = message.payload
    pinged = pings_of(payload)
    people = [number for ping in pinged if (number := ping.strip("<@!>")) in world.users]
    told: dict[str, Any] = {
        "id": message.id,
        "channel_id": message.channel_id,
        "type": message.kind,
        "author": user_json(message.author),
        "content": payload.get("content") or "",
        "embeds": [embed_shown(embed) for embed in payload.get("embeds") or ()],
        "components": shown(payload.get("components") or []),
        "flags": message.flags | (_THREAD_OPENED if message.thread else 0),
        "timestamp": message.at.isoformat(),
        "edited_timestamp": message.edited.isoformat() if message.edited else None,
        "attachments": payload.get("attachments") or [],
        "mentions": [user_json(world.users[number]) for number in dict.fromkeys(people)],
        "mention_roles": [ping.strip("<@&>") for ping in dict.fromkeys(pinged) if ping.startswith("<@&")],
        "mention_everyone": any(ping.startswith("@") for ping in pinged),
        "pinned": False,
        "tts": bool(payload.get("tts")),
    }
    if message.reactions:
        told["reactions"] = [_reaction_json(world, emoji, held) for emoji, held in message.reactions.items()]
    if message.thread and message.thread in world.channels and not world.channels[message.thread].deleted:
        told["thread"] = channel_json(world, world.channels[message.thread])
    if with_nonce and message.nonce is not None:
        told["nonce"] = payload.get("nonce", message.nonce)
    return told | message.more


def _reaction_json(world: World, emoji: str, held: dict[str, set[str]]) -> dict[str, Any]:
    normal = sum("normal" in kinds for kinds in held.values())
    burst = sum("burst" in kinds for kinds in held.values())
    mine = held.get(world.bot.id, set())
    return {
        "emoji": emoji_json(emoji),
        "count": normal + burst,
        "count_details": {"normal": normal, "burst": burst},
        "burst_colors": [],
        "me": "normal" in mine,
        "me_burst": "burst" in mine,
    }
