"""What Slack and its SDK say went wrong -> the house's errors. One table by Slack's codes, one by HTTP status."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import (
    ChannelLost,
    OutcomeUnknown,
    PlatformError,
    PlatformUnavailable,
    PostingDeleted,
    PostingRejected,
)

LOST, REJECTED, DELETED, UNAVAILABLE, UNKNOWN = "lost", "rejected", "deleted", "unavailable", "unknown"

_INVITE = "type /invite @digestbot in the channel, or set the id of another in config.toml"
_INSTALL = "install the app in the workspace again"
_TOKEN = "set SLACK_BOT_TOKEN to the Bot User OAuth Token in the app's settings, OAuth & Permissions"  # noqa: S105
_ADMIN = "ask an admin of the workspace to let the app do it"
_OURS = "please report this to digestbot's authors"

# Slack's code -> (what it means for a posting, in words, how to mend it)
BY_CODE: dict[str, tuple[str, str, str]] = {
    "channel_not_found": (LOST, "the bot sees no such channel", _INVITE),
    "not_in_channel": (LOST, "the bot is not in the channel", _INVITE),
    "is_archived": (LOST, "the channel is archived", "unarchive it, or set the id of another in config.toml"),
    "restricted_action": (LOST, "posting in the channel is restricted", "let the app post, in the channel's settings"),
    "no_permission": (LOST, "the bot may not do this in the workspace", _ADMIN),
    "access_denied": (LOST, "the bot may not do this in the workspace", _ADMIN),
    "org_login_required": (LOST, "the workspace moves into an organisation", _INSTALL),
    "team_added_to_org": (LOST, "the workspace moved into an organisation", _INSTALL),
    "team_access_not_granted": (LOST, "the app is not installed in this workspace", _INSTALL),
    "account_inactive": (LOST, "the app was removed from the workspace", _INSTALL),
    "token_revoked": (LOST, "the app's token was revoked", _INSTALL),
    "missing_scope": (
        LOST,
        "the app lacks a scope",
        "add it in OAuth & Permissions, and install the app again",
    ),
    "not_allowed_token_type": (UNAVAILABLE, "this is no bot's token", _TOKEN),
    "invalid_auth": (UNAVAILABLE, "Slack refuses the token", _TOKEN),
    "not_authed": (UNAVAILABLE, "Slack got no token", _TOKEN),
    "token_expired": (UNAVAILABLE, "the token has expired", _INSTALL),
    "ratelimited": (UNAVAILABLE, "Slack asks the bot to wait", ""),
    "rate_limited": (UNAVAILABLE, "Slack asks the bot to wait", ""),
    "message_limit_exceeded": (UNAVAILABLE, "the workspace has used up its messages", ""),
    "request_timeout": (UNAVAILABLE, "Slack did not get the whole request", ""),
    "upgrade_required": (UNAVAILABLE, "Slack moves the workspace at present", ""),
    "message_not_found": (DELETED, "the message was posted, and somebody deleted it", ""),
    "cant_delete_message": (REJECTED, "the workspace does not let the app delete its message", _ADMIN),
    "compliance_exports_prevent_deletion": (REJECTED, "the workspace keeps every message", _ADMIN),
    "thread_not_found": (REJECTED, "the digest's header was deleted", ""),
    "cannot_reply_to_message": (REJECTED, "the digest's header takes no replies", ""),
    "msg_too_long": (REJECTED, "the message is too long", _OURS),
    "msg_blocks_too_long": (REJECTED, "the message is too long", _OURS),
    "too_many_attachments": (REJECTED, "the message is too long", _OURS),
    "invalid_blocks": (REJECTED, "Slack does not take this message", _OURS),
    "invalid_blocks_format": (REJECTED, "Slack does not take this message", _OURS),
    "no_text": (REJECTED, "the message is empty", _OURS),
    "already_reacted": (REJECTED, "the reaction is there already", ""),
    "invalid_name": (REJECTED, "Slack does not know this emoji", "use another in [ballots]"),
    "too_many_emoji": (REJECTED, "the message has as many emoji as it can", ""),
    "too_many_reactions": (REJECTED, "the message has as many reactions as it can", ""),
    "user_not_in_channel": (REJECTED, "the member is not in the channel", ""),
    "user_not_found": (REJECTED, "Slack knows no such member", ""),
    "user_not_visible": (REJECTED, "the member is not visible to the bot", ""),
    "cannot_dm_bot": (REJECTED, "this member is a bot", ""),
    "messages_tab_disabled": (REJECTED, "the app takes no direct messages", "switch on its Messages Tab, App Home"),
    "fatal_error": (UNKNOWN, "Slack answered with an error of its own", ""),
    "internal_error": (UNKNOWN, "Slack answered with an error of its own", ""),
    "service_unavailable": (UNKNOWN, "Slack answered with an error of its own", ""),
    # What only a mistake of ours can bring about.
    **dict.fromkeys(
        (
            "bad_timestamp",
            "file_comment_not_found",
            "file_not_found",
            "invalid_arg_name",
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_charset",
            "invalid_cursor",
            "invalid_form_data",
            "invalid_json",
            "invalid_metadata_format",
            "invalid_post_type",
            "invalid_ts_latest",
            "invalid_ts_oldest",
            "json_not_object",
            "limit_required",
            "metadata_too_large",
            "missing_post_type",
            "no_item_specified",
            "unknown_method",
        ),
        (REJECTED, "Slack does not take this request", _OURS),
    ),
}
_TOLD = {  # the words for members of what is lost
    "channel_not_found": "lost.away",
    "not_in_channel": "lost.away",
    "is_archived": "lost.archived",
    "restricted_action": "lost.restricted",
    "no_permission": "lost.forbidden",
    "access_denied": "lost.forbidden",
    **dict.fromkeys(
        ("org_login_required", "team_added_to_org", "team_access_not_granted", "account_inactive", "token_revoked"),
        "paused.workspace_gone",
    ),
}
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.InvalidURL)
_PERHAPS_SENT = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
_SERVER_ERROR, _TOO_MANY = 500, 429
_WAIT = 30.0  # seconds, where Slack asks to wait and does not say how long


def error_of(error: Exception) -> PlatformError:
    """What an exception of the SDK means to whoever posts. Words of ours only: an address may hold a token."""
    if isinstance(error, PlatformError):
        return error
    if isinstance(error, SlackApiError):
        return _answered(error)
    if isinstance(error, _NEVER_SENT):
        return PlatformUnavailable(f"Slack cannot be reached ({type(error).__name__})")
    if isinstance(error, _PERHAPS_SENT):
        return OutcomeUnknown(f"the connection to Slack broke off ({type(error).__name__})")
    return OutcomeUnknown(f"Slack's answer was not understood ({type(error).__name__})")


def code_of(error: BaseException | None) -> str:
    """Slack's code behind an error of the SDK or of ours; "" where there is none."""
    if isinstance(error, PlatformError):
        error = error.__cause__
    data = getattr(getattr(error, "response", None), "data", None) if isinstance(error, SlackClientError) else None
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _answered(error: SlackApiError) -> PlatformError:
    status = _status(error)
    if status == _TOO_MANY:
        return PlatformUnavailable("Slack asks the bot to wait", retry_after=_retry_after(error) or _WAIT)
    code = code_of(error)
    if not code or status >= _SERVER_ERROR:
        return OutcomeUnknown(f"Slack answered with an error of its own ({status})")
    kind, reason, fix = BY_CODE.get(code, (REJECTED, f"Slack refuses it ({code})", ""))
    if code == "missing_scope":
        scope = _named(error, "needed")
        return ChannelLost(f"the app lacks the scope {scope}", fix=fix).told("lost.scope", scope=scope)
    if kind == LOST:
        return ChannelLost(reason, fix=fix).told(_TOLD[code])
    if kind == UNAVAILABLE:
        return PlatformUnavailable(_sentence(reason, fix), retry_after=_retry_after(error))
    if kind == UNKNOWN:
        return OutcomeUnknown(f"{reason} ({code})")
    if kind == DELETED:
        return PostingDeleted(reason)
    return PostingRejected(_sentence(f"{reason} ({code})" if fix == _OURS else reason, fix))


def _sentence(reason: str, fix: str) -> str:
    return f"{reason}: {fix}" if fix else reason


def _named(error: SlackApiError, what: str) -> str:
    data: Any = error.response.data
    return str(data.get(what) or "that this needs")


def _status(error: SlackApiError) -> int:
    """Of Slack's answer, or of what the SDK could not read as one."""
    response = error.response
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)


def _retry_after(error: SlackApiError) -> float | None:
    headers = getattr(error.response, "headers", None) or {}
    try:
        return float(headers["Retry-After"])
    except (KeyError, ValueError):
        return None
