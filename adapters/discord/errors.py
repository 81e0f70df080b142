"""What Discord and its SDK say went wrong -> the house's errors. One table by Discord's codes, one by HTTP status."""

from __future__ import annotations

import asyncio

import aiohttp
import discord

from bot.errors import (
    ChannelLost,
    OutcomeUnknown,
    PlatformError,
    PlatformUnavailable,
    PostingDeleted,
    PostingRejected,
)

LOST, REJECTED, DELETED, UNAVAILABLE = "lost", "rejected", "deleted", "unavailable"

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_EMOJI, UNKNOWN_INTERACTION = 10003, 10008, 10014, 10062
MISSING_ACCESS, MISSING_PERMISSION = 50001, 50013
TOO_MANY_REACTIONS, REACTION_BLOCKED = 30010, 90001

_VIEW = "give the bot the permission View Channel there, or invite it to the server again"

# Discord's code -> (what it means for a posting, in words, how to mend it)
BY_CODE: dict[int, tuple[str, str, str]] = {
    UNKNOWN_CHANNEL: (LOST, "there is no such channel", "set the id of a channel that exists in config.toml"),
    10004: (LOST, "there is no such server", "invite the bot to the server again"),
    UNKNOWN_MESSAGE: (DELETED, "the message was posted, and somebody deleted it", ""),
    UNKNOWN_EMOJI: (REJECTED, "Discord does not know this emoji", "use another in [ballots]"),
    20009: (REJECTED, "Discord holds the message to be explicit", ""),
    20016: (UNAVAILABLE, "the channel is in slow mode", "give the bot the permission Manage Messages"),
    20028: (UNAVAILABLE, "too much is written in this channel", ""),
    20029: (UNAVAILABLE, "too much is written on this server", ""),
    TOO_MANY_REACTIONS: (REJECTED, "the message has 20 different reactions already", ""),
    40062: (UNAVAILABLE, "Discord limits this service at present", ""),
    MISSING_ACCESS: (LOST, "the bot cannot see the channel", _VIEW),
    50006: (REJECTED, "the message is empty", ""),
    50007: (REJECTED, "this member takes no direct messages", ""),
    50008: (LOST, "this is not a text channel", "set the id of a text channel in config.toml"),
    MISSING_PERMISSION: (
        LOST,
        "the bot lacks a permission in the channel",
        "give it View Channel, Send Messages, Read Message History and Add Reactions there",
    ),
    50035: (REJECTED, "Discord does not take this message", ""),
    50083: (LOST, "the thread is archived", "open it again, or set another channel in config.toml"),
    REACTION_BLOCKED: (REJECTED, "a reaction was blocked", ""),
    160005: (LOST, "the thread is locked", "unlock it, or set another channel in config.toml"),
}

_TOLD = {  # the words for members of what is lost, by code or status
    10004: "lost.server",
    MISSING_ACCESS: "lost.unseen",
    50008: "lost.kind",
    50083: "lost.thread",
    160005: "lost.thread",
    403: "lost.unseen",
}
_NEEDED = ["View Channel", "Send Messages", "Read Message History", "Add Reactions"]

_BY_STATUS: dict[int, tuple[str, str, str]] = {
    401: (UNAVAILABLE, "Discord refuses the token", "set DISCORD_TOKEN to the token in the Developer Portal, tab Bot"),
    403: (LOST, "the bot may not do this in the channel", _VIEW),
    404: (LOST, "there is no such channel", "set the id of a channel that exists in config.toml"),
    429: (UNAVAILABLE, "Discord asks the bot to wait", ""),
}
_CLOUDFLARE_WAIT = 300.0  # seconds, where an answer by the network before Discord names none
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.InvalidURL)
_PERHAPS_SENT = (aiohttp.ClientError, asyncio.TimeoutError, OSError, RuntimeError)


def error_of(error: Exception) -> PlatformError:
    """What an exception of the SDK means to whoever posts. Words of ours only: an address may hold a token."""
    if isinstance(error, PlatformError):
        return error
    if isinstance(error, discord.RateLimited):
        return PlatformUnavailable("Discord asks the bot to wait", retry_after=error.retry_after)
    if isinstance(error, discord.LoginFailure):
        return PlatformUnavailable(_sentence(*_BY_STATUS[401][1:]))
    if isinstance(error, discord.HTTPException):
        return _answered(error)
    if isinstance(error, _NEVER_SENT):
        return PlatformUnavailable(f"Discord cannot be reached ({type(error).__name__})")
    if isinstance(error, _PERHAPS_SENT):
        return OutcomeUnknown(f"the connection to Discord broke off ({type(error).__name__})")
    return OutcomeUnknown(f"Discord's answer was not understood ({type(error).__name__})")


def _answered(error: discord.HTTPException) -> PlatformError:
    """By Discord's code where there is one, else by the HTTP status."""
    if error.status >= 500:
        return OutcomeUnknown(f"Discord answered with an error of its own ({error.status})")
    known = BY_CODE.get(error.code) or _BY_STATUS.get(error.status)
    kind, reason, fix = known or (REJECTED, f"Discord refuses it ({error.status}, code {error.code})", "")
    if kind == LOST:
        return _lost(error, reason, fix)
    if kind == UNAVAILABLE:
        return PlatformUnavailable(_sentence(reason, fix), retry_after=_retry_after(error))
    if kind == DELETED:
        return PostingDeleted(reason)
    return PostingRejected(_sentence(reason, fix or _details(error)))


def _lost(error: discord.HTTPException, reason: str, fix: str) -> ChannelLost:
    lost = ChannelLost(reason, fix=fix)
    if error.code == MISSING_PERMISSION:
        return lost.told("lost.permission", permissions=_NEEDED)
    return lost.told(_TOLD.get(error.code) or _TOLD.get(error.status) or "lost.channel")


def _sentence(reason: str, fix: str) -> str:
    return f"{reason}: {fix}" if fix else reason


def _details(error: discord.HTTPException) -> str:
    """Which fields Discord refuses; it never repeats what is secret there."""
    return " ".join(error.text.split())[:200] if error.code == 50035 else ""


def _retry_after(error: discord.HTTPException) -> float | None:
    given = error.response.headers.get("Retry-After") if error.response is not None else None
    try:
        return float(given) if given else (_CLOUDFLARE_WAIT if error.status == 429 else None)
    except ValueError:
        return None
