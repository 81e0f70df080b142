"""For `digestbot doctor`: whether Discord takes the token, and whether the bot can do its work in each channel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from adapters.discord.permissions import IN_THREAD, POST, THREAD, THREAD_KINDS, VOTE, invite, lacking, permissions_in
from adapters.discord.rest import Rest
from bot.errors import ChannelLost, PlatformError
from bot.model import ChannelSpec, Finding

_TEXT = (0, 5, *THREAD_KINDS)  # text and announcement channels, and threads
_KINDS = {2: "a voice channel", 4: "a category", 13: "a stage", 15: "a forum", 16: "a media channel"}
_FEW_STARTS = 50
_NO_TOKENS = (  # (how it looks, what it is)
    ("xox|xapp-", "this is a token of Slack"),
    ("Bot ", "leave out the word Bot that stands before it"),
    ("[\"'\u201c\u201d]", "leave out the quotation marks around it"),
    ("[0-9]+$", "this is an id, such as the application's; the token is in the tab Bot"),
    ("[0-9a-f]{64}$", "this is the application's public key; the token is in the tab Bot"),
    (r"[^.]+$", "this is no token, which has two dots in it; perhaps the client secret of the tab OAuth2"),
)


async def findings(rest: Rest, channels: Sequence[ChannelSpec], *, token: str) -> Sequence[Finding]:
    try:
        me = await rest.me()
        gateway = await rest.get("/gateway/bot")
    except PlatformError as error:
        if isinstance(error.__cause__, discord.LoginFailure):
            fix = "Copy the token in the Developer Portal, tab Bot, Reset Token: export DISCORD_TOKEN=WHAT_YOU_COPIED"
            detail = f"Discord refuses DISCORD_TOKEN: {taken_for(token) or 'no bot has it, or has it any more'}"
            return [Finding("discord.token", False, detail, fix)]
        fix = "Look whether this machine reaches the internet and its clock is right, and at [discord] api_url."
        return [Finding("discord.network", False, str(error), fix)]
    taken = Finding(
        "discord.token",
        True,
        f"Discord takes the token; the bot is user {me}; no privileged intent is needed",
        ahead=rest.clock_error,
    )
    found = [taken, _starts(gateway)]
    for spec in channels:
        found += await _channel(rest, me, spec)
    return found


def taken_for(token: str) -> str | None:
    """What was given instead of a bot's token, by its form; None where it looks like one. Repeats nothing of it."""
    for looks, words in _NO_TOKENS:
        if re.match(looks, token):
            return words
    return None


def _starts(gateway: Mapping[str, Any]) -> Finding:
    left = gateway["session_start_limit"]["remaining"]
    fix = None if left >= _FEW_STARTS else "Do not start the bot more often today: at 0 Discord resets the token."
    return Finding("discord.gateway", left >= _FEW_STARTS, f"{left} connections are left today", fix)


async def _channel(rest: Rest, me: str, spec: ChannelSpec) -> list[Finding]:
    """Of one channel: that it is there, of a kind that can be posted to, and what the bot may do there."""
    check, place = f"discord.channel.{spec.name}", spec.place
    if not place.isdecimal():
        fix = 'Switch Developer Mode on (settings, Advanced), right-click the channel, Copy Channel ID: id = "…".'
        return [Finding(check, False, f"{place!r} is no channel id, which is a long number", fix)]
    try:
        channel = await rest.get("/channels/{channel_id}", channel_id=place)
        if channel["type"] not in _TEXT:
            kind = _KINDS.get(channel["type"], "not a text channel")
            return [Finding(check, False, f"{place} is {kind}", "Set the id of a text channel.")]
        have = await _permissions(rest, me, channel)
    except ChannelLost as error:
        fix = f"{error.fix[0].upper()}{error.fix[1:]}. The bot is invited to a server by {invite(me)}"
        return [Finding(check, False, error.reason, fix)]
    except PlatformError as error:
        return [Finding(check, False, str(error), "Try again in a moment.")]
    return _allowed(check, channel, have, threads=spec.settings.layout == "thread")


async def _permissions(rest: Rest, me: str, channel: Mapping[str, Any]) -> discord.Permissions:
    guild = await rest.get("/guilds/{guild_id}", guild_id=channel["guild_id"])
    member = await rest.get("/guilds/{guild_id}/members/{user_id}", guild_id=channel["guild_id"], user_id=me)
    if channel.get("parent_id") and channel["type"] in THREAD_KINDS:
        channel = await rest.get("/channels/{channel_id}", channel_id=channel["parent_id"])
    return permissions_in(channel, guild, member=member)


def _allowed(check: str, channel: Mapping[str, Any], have: discord.Permissions, *, threads: bool) -> list[Finding]:
    where = f"#{channel.get('name')}"
    needs = [
        (IN_THREAD if channel["type"] in THREAD_KINDS else POST, f"digests cannot be posted in {where}"),
        (VOTE, f"the bot cannot put reactions on messages in {where}, or look whether a message was posted"),
    ]
    if threads:
        needs.append((THREAD, f'layout = "thread" does not work in {where}'))
    found = []
    for needed, trouble in needs:
        missing = lacking(have, needed)
        if missing:
            fix = f"Give the bot {' and '.join(missing)} in the channel's settings, Permissions."
            found.append(Finding(check, False, trouble, fix))
    metadata = channel.get("thread_metadata") or {}
    if metadata.get("locked") or metadata.get("archived"):
        found.append(Finding(check, False, f"{where} is an archived or locked thread", "Open and unlock it."))
    return found or [Finding(check, True, f"the bot can post, react and read history in {where}")]
