"""What may be permitted on Discord, as bits by name, and what stands in for everyone and for the bot at first."""

from __future__ import annotations

_BITS = {
    "kick_members": 1,
    "ban_members": 2,
    "administrator": 3,
    "manage_channels": 4,
    "manage_guild": 5,
    "add_reactions": 6,
    "view_channel": 10,
    "send_messages": 11,
    "send_tts_messages": 12,
    "manage_messages": 13,
    "embed_links": 14,
    "attach_files": 15,
    "read_message_history": 16,
    "mention_everyone": 17,
    "use_external_emojis": 18,
    "manage_roles": 28,
    "manage_webhooks": 29,
    "use_application_commands": 31,
    "manage_threads": 34,
    "create_public_threads": 35,
    "create_private_threads": 36,
    "send_messages_in_threads": 38,
    "pin_messages": 51,
    "bypass_slowmode": 52,
}
BITS = {name: 1 << place for name, place in _BITS.items()}
ALL = sum(BITS.values())


def bits(*names: str) -> int:
    """These permissions as one number."""
    return sum(BITS[name] for name in names)


EVERYONE = bits(
    "view_channel",
    "send_messages",
    "read_message_history",
    "add_reactions",
    "embed_links",
    "attach_files",
    "use_external_emojis",
    "use_application_commands",
    "create_public_threads",
    "send_messages_in_threads",
)
BOT = bits(
    "view_channel",
    "send_messages",
    "read_message_history",
    "add_reactions",
    "embed_links",
    "attach_files",
    "use_external_emojis",
    "create_public_threads",
    "send_messages_in_threads",
)
DIRECT = EVERYONE  # in a direct message
