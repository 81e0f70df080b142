"""Where what Slack has published of its API is outdated or broken, each with the reason."""

from __future__ import annotations

from typing import Any

# Methods that are younger than the specification.
UNKNOWN = {"apps.connections.open": "Socket Mode is of January 2021"}

# Parameters of every method.
ANYWHERE = {"team_id": "tokens for whole organisations are of 2020; Bolt's client sends it with every request"}

# Parameters that are younger; or that are listed as required and are not.
NEWER: dict[str, dict[str, str]] = {
    "chat.postMessage": {
        "metadata": "message metadata are of 2022",
        "markdown_text": "of 2025",
        "container_id": "of 2024",
        "file_annotation": "of 2024",
    },
    "chat.postEphemeral": {"markdown_text": "of 2025"},
    "chat.update": {
        "metadata": "message metadata are of 2022",
        "markdown_text": "of 2025",
        "reply_broadcast": "of 2021",
        "file_ids": "of 2021",
        "unfurl_links": "of 2023",
        "unfurl_media": "of 2023",
    },
    "conversations.history": {"include_all_metadata": "message metadata are of 2022"},
    "conversations.replies": {"include_all_metadata": "message metadata are of 2022"},
    "conversations.open": {"prevent_creation": "of 2021"},
    "team.info": {"domain": "of 2022"},
    "emoji.list": {"include_categories": "of 2022"},
    "oauth.v2.access": {
        "grant_type": "token rotation is of 2021",
        "refresh_token": "token rotation is of 2021",
        "code": "required only without a refresh token",
    },
    "views.open": {"interactivity_pointer": "of 2023", "trigger_id": "or interactivity_pointer"},
    "apps.uninstall": {},
}

# Errors that the specification does not list for each method that has them.
ERRORS = {
    "account_inactive": "reactions.list lists it with a slip of the pen",
    "already_in_channel": "a warning of conversations.join",
    "bad_redirect_uri": "the specification says nothing of OAuth's errors",
    "cannot_reply_to_message": "in the reference of chat.postMessage",
    "channel_not_found": "missing for reactions.*",
    "expired_trigger_id": "the specification says nothing of the errors of views",
    "fatal_error": "may come from any method",
    "internal_error": "may come from any method",
    "invalid_arguments": "may come from any method",
    "invalid_blocks": "Block Kit is of 2019, and its errors were forgotten",
    "invalid_cursor": "not listed for conversations.list",
    "invalid_limit": "not listed for conversations.list",
    "invalid_metadata_format": "message metadata are of 2022",
    "invalid_types": "of conversations.list, not listed",
    "invalid_ts_latest": "not listed for conversations.replies",
    "invalid_ts_oldest": "not listed for conversations.replies",
    "is_archived": "missing for chat.update and reactions.add",
    "markdown_text_conflict": "of 2025",
    "message_not_found": "missing for some",
    "method_not_supported_for_channel_type": "missing for some",
    "missing_scope": "missing for most",
    "msg_blocks_too_long": "written down nowhere; reports name it (slackapi/bolt-js #2509)",
    "msg_too_long": "missing for some",
    "no_reaction": "not listed for reactions.remove in every form",
    "no_text": "missing for some",
    "not_allowed_token_type": "of 2020",
    "not_in_channel": "missing for conversations.history and chat.postEphemeral",
    "restricted_action": "missing for chat.postMessage",
    "team_not_found": "of team.info, not listed",
    "thread_not_found": "missing for chat.postMessage",
    "token_expired": "token rotation is of 2021",
    "token_revoked": "missing for most",
    "user_not_in_channel": "missing for some",
}

# What the schema of an event's wrapper asks for, and Slack does not send any more.
MISSING = {"authed_users": "given up in February 2021 for `authorizations`"}

_TEXT = {"type": "string"}
_MESSAGE = "definitions objs_message properties"
_CURSOR = {"type": "object", "properties": {"next_cursor": _TEXT}, "required": ["next_cursor"]}
_OK = "get responses 200 schema"

# Path into the document, the value that is right there today (None: gone), and why.
OUTDATED: list[tuple[str, Any, str]] = [
    (f"{_MESSAGE} app_id", {"$ref": "#/definitions/defs_app_id"}, "in every sample of a bot's message"),
    (f"{_MESSAGE} metadata", {"type": "object"}, "message metadata are of 2022"),
    (f"{_MESSAGE} edited", {"type": "object"}, "in the samples; forgotten"),
    (f"{_MESSAGE} is_locked", {"type": "boolean"}, "in the samples of threads; younger"),
    (
        "paths /chat.update post responses 200 schema properties message properties blocks",
        {"type": "array"},
        "an object by the specification, which would not even fit its own examples",
    ),
    (f"paths /conversations.history {_OK} properties messages minItems", None, "a channel may be empty"),
    (f"paths /conversations.history {_OK} properties response_metadata", _CURSOR, "cursors are of 2018; forgotten"),
    (f"paths /conversations.replies {_OK} properties response_metadata", _CURSOR, "cursors are of 2018; forgotten"),
    (f"paths /auth.test {_OK} properties expires_in", {"type": "integer"}, "token rotation is of 2021"),
    ("definitions objs_team properties url", _TEXT, "in the sample; younger"),
    ("definitions objs_team properties is_verified", {"type": "boolean"}, "in the sample; younger"),
]
