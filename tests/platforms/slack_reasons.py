"""Why the local Slack's payloads differ from the samples, where they do: patterns of paths, and reasons.

A sample has every key that was ever seen, of every kind of message, channel or user.
"""

from __future__ import annotations

# What the samples have and the local Slack has not, whichever it is.
EVERYWHERE = {
    r"^\.(error|errors|needed|provided|warning|arg|callstack|deprecated_argument)$": "only of refusals and warnings",
    r"enterprise|\.teams$|is_org_|internal_team_ids|connected_\w*team_ids|conversation_host_id": "of Enterprise Grid",
}

_OTHER_MESSAGES = {
    r"\.(subtype|username|icons|inviter|topic|purpose|upload|x_files|files|client_msg_id)\b": "of people's messages",
    r"\.(display_as_bot|parent_user_id)$": "of other kinds of messages",
    r"\.attachments$": "only of messages with attachments",
    r"\.(assistant_app_thread|room|root)\b": "of assistants, huddles and answers that are shown in the channel",
}
_CHANNELS = {
    r"\.is_(moved|global_shared)": "of channels that were moved or are shared",
    r"\.properties\b": "of canvases, tabs and workflows",
}
_OLD = {r"^\.authed_": "given up in February 2021 for `authorizations`; the sample is older"}
_PLAIN = {r"^\.message\.(edited|reactions|thread_ts|reply_|latest_reply|is_locked|subscribed)": "the sample is plain"}
_NEWER = {r"^\.context_": "sent with every event today; the sample is older"}
_TIMED = {r"^\.event\.event_ts$": "the schema of the wrapper asks for it; the sample is older"}

MISSING: dict[str, dict[str, str]] = {
    "MessageDeletedPayload": {
        **_OLD,
        r"previous_message\.(client_msg_id|subtype|attachments|upload|display_as_bot|parent_user_id)$": "of others",
        r"previous_message\.(hidden|user_team|source_team|is_starred|last_read)$": "of other messages",
    },
    "AppUninstalledPayload": _OLD,
    "TokensRevokedPayload": _OLD,
    "apps.connections.open": {r"^\.response_metadata": "only of refusals"},
    "auth.test": {r"^\.app_": "of app tokens", r"^\.expires_in$": "of tokens that rotate"},
    "chat.postMessage": {
        r"\.(subtype|username|icons|attachments)\b": "of other kinds of messages",
        r"\.(assistant_app_thread|room|root)\b": "of assistants and huddles",
        r"\.bot_profile\.user_id$": "not in the specification, nor in the other samples",
        r"^\.response_metadata": "only of warnings",
    },
    "chat.update": {
        r"\.(upload|display_as_bot|x_files|files|assistant_app_thread|room|root)\b": "of other kinds of messages",
        r"^\.response_metadata": "only of warnings",
    },
    "conversations.history": {
        **_OTHER_MESSAGES,
        r"^\.(oldest|latest)$": "only where they were asked for",
    },
    "conversations.info": {
        **_CHANNELS,
        r"\.last_read$": "of tokens of users",
        r"\.is_(read_only|thread_only|non_threadable)$": "of channels that are managed",
    },
    "conversations.list": _CHANNELS,
    "reactions.get": {
        r"\.(assistant_app_thread|room|attachments|subtype|username|icons|file|root)\b": "of other messages"
    },
    "reactions.list": {
        **{pattern: one for pattern, one in _OTHER_MESSAGES.items() if "attach" not in pattern},
        r"\.(channel|no_notifications|attachments)$": "of other kinds of messages",
    },
    "team.info": {
        r"\.(image_original|discoverable|locale|pay_prod_cur)$": "of workspaces that set it",
        r"\.(sso_provider|lob_sales_home_enabled|is_sfdc_auto_slack)\b": "of workspaces that have bought it",
    },
    "users.info": {
        r"\.profile\.(image_original|image_1024|is_custom_image|start_date|pronouns|huddle_\w+)$": "where they set it",
        r"\.profile\.(email|first_name|last_name|guest_invited_by)$": "of people, and of scopes the bot has not",
        r"\.profile\.status_emoji_": "where there is a status",
        r"\.user\.(has_2fa|is_stranger|is_workflow_bot|is_invited_user|is_connector_bot)$": "of other kinds of users",
    },
    "oauth.v2.access": {
        r"^\.authed_user\.": "of the scopes of users, of which the bot asks for none",
        r"^\.(incoming_webhook|bot_access_token)": "of scopes the bot does not ask for",
    },
    "BlockActionPayload": {
        r"^\.(app_unfurl|view|function_data|interactivity|bot_access_token)": "of home tabs, unfurls and workflows",
        r"^\.container\.": "of attachments, views, unfurls and threads",
        r"^\.actions\[\]\.": "of other elements than a button",
        r"^\.message\.": "of other kinds of messages",
    },
}

# What the local Slack has and the samples have not.
EXTRA: dict[str, dict[str, str]] = {
    "ChannelArchivePayload": _NEWER,
    "MessageDeletedPayload": {
        **_NEWER,
        r"previous_message\.(app_id|reactions|reply_users)\b": "in the samples of answers",
    },
    "AppUninstalledPayload": _NEWER | _TIMED,
    "TokensRevokedPayload": _NEWER | _TIMED,
    "chat.update": _PLAIN,
    "reactions.get": _PLAIN,
    "users.info": {r"\.profile\.fields$": "the specification asks for it"},
    "BlockActionPayload": {
        r"^\.message\.reactions": "the sample's has no users in it",
        r"^\.state\.values$": "the sample's state is empty",
    },
}

# Where the kind of a value is another.
OTHER_KIND: dict[str, dict[str, str]] = {
    "SlashCommandPayload": {".is_enterprise_install": "a form has texts only"},
}
