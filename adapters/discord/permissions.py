"""What the bot may do in a channel, and what that means for its work: which permissions it needs, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import discord

from bot.errors import ChannelLost

POST = {"view_channel": "View Channel", "send_messages": "Send Messages"}
VOTE = {"read_message_history": "Read Message History", "add_reactions": "Add Reactions"}
THREAD = {"create_public_threads": "Create Public Threads", "send_messages_in_threads": "Send Messages in Threads"}
THREAD_KINDS = (10, 11, 12)  # as channels' types have them
IN_THREAD = {"view_channel": "View Channel", "send_messages_in_threads": "Send Messages in Threads"}
INVITED = discord.Permissions(**dict.fromkeys((*POST, *VOTE, *THREAD), True))  # the least that the invite link asks for


def invite(application: str) -> str:
    """The link that invites the bot with the least that it needs; `application` is its id, which is the bot's too."""
    asked = {"client_id": application, "scope": "bot applications.commands", "permissions": INVITED.value}
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"


def lacking(have: discord.Permissions, needed: Mapping[str, str]) -> list[str]:
    """The names, as Discord's settings show them, of what is needed and not there."""
    return [shown for name, shown in needed.items() if not getattr(have, name)]


def trouble_in(found: discord.abc.GuildChannel | discord.Thread, *, threads: bool) -> ChannelLost | None:
    """Why nothing can be posted in a channel that the gateway shows, with the fix; `threads`: digests are threads."""
    if not isinstance(found, discord.TextChannel | discord.Thread):
        fix = "set the id of a text channel in config.toml"
        return ChannelLost("this is not a text channel", fix=fix).told("lost.kind")
    if isinstance(found, discord.Thread) and found.locked:
        fix = "unlock it, or set another channel in config.toml"
        return ChannelLost("the thread is locked", fix=fix).told("lost.thread")
    needed = IN_THREAD if isinstance(found, discord.Thread) else {**POST, **THREAD} if threads else POST
    missing = lacking(found.permissions_for(found.guild.me), needed)
    if missing:
        reason = f"the bot lacks {' and '.join(missing)} in the channel"
        return ChannelLost(reason, fix="give it back in the channel's settings").told(
            "lost.permission", permissions=missing
        )
    return None


def permissions_in(
    channel: Mapping[str, Any], guild: Mapping[str, Any], *, member: Mapping[str, Any]
) -> discord.Permissions:
    """A member's permissions in a channel from the three as Discord's REST gives them.

    By Discord's rule: the roles' permissions, then the channel's overwrites for everyone, for the roles together, and
    for the member; an administrator may do everything.
    """
    everyone, own = guild["id"], {guild["id"], *member["roles"]}
    granted = discord.Permissions.none()
    for role in guild["roles"]:
        if role["id"] in own:
            granted |= discord.Permissions(int(role["permissions"]))
    if granted.administrator or guild.get("owner_id") == member["user"]["id"]:
        return discord.Permissions.all()
    overwrites = channel.get("permission_overwrites") or []
    for ids in ({everyone}, own - {everyone}, {member["user"]["id"]}):
        granted = _overwritten(granted, (one for one in overwrites if one["id"] in ids))
    return granted


def _overwritten(granted: discord.Permissions, overwrites: Iterable[Mapping[str, Any]]) -> discord.Permissions:
    """Denials of one step together, then its grants together."""
    allow, deny = 0, 0
    for one in overwrites:
        allow |= int(one["allow"])
        deny |= int(one["deny"])
    return discord.Permissions(granted.value & ~deny | allow)
