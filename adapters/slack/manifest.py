"""The app's manifest for Slack: what it listens to, its commands, and the scopes of the features in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.slack.commands import HEADS, UNDER
from adapters.slack.events import EVENTS
from adapters.slack.oauth import RETURN

APPS = "https://api.slack.com/apps"
_SCOPES = {  # bot scope -> what it is for
    "chat:write": "to post digests and answers",
    "commands": "for /digest and /article",
    "reactions:read": "to see votes",
    "users:read": "to tell members from bots, know admins and the language of a member",
    "channels:read": "to see whether the bot is in a public channel",
    "groups:read": "the same for a private channel",
    "channels:history": "to look whether a message was posted before it is posted again",
    "groups:history": "the same in a private channel",
}
_SEEDING = {"reactions:write": "to put the ballots' emoji on articles"}
_NAME = "digestbot"
_DESCRIPTION = "A few good articles each morning, each in its own key takeaways; your votes shape the next."
_COMMANDS = {  # what Slack shows while somebody types: (description, usage hint)
    UNDER: ("Digests, sources, schedule and votes of this channel", "now | preview | next | history | sources | help"),
    "article": ("Show an article with its takeaways and votes", "words, a link, or a number"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the manifest depends on. `public_url`: where Slack reaches our HTTP server."""

    http: bool = False
    oauth: bool = False
    seeding: bool = False
    public_url: str = ""


def scopes(features: Features) -> tuple[str, ...]:
    return tuple(sorted({**_SCOPES, **(_SEEDING if features.seeding else {})}))


def manifest_of(features: Features) -> dict[str, object]:
    """For api.slack.com/apps, From a manifest; valid against Slack's published schema."""
    base = features.public_url.rstrip("/")
    address = {"request_url": f"{base}/slack/events"} if features.http else {}
    interactive = {"request_url": f"{base}/slack/interactive"} if features.http else {}
    returns = {"redirect_urls": [base + RETURN]} if features.oauth else {}
    return {
        "_metadata": {"major_version": 2},
        "display_information": {"name": _NAME, "description": _DESCRIPTION},
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": _NAME, "always_online": True},
            "slash_commands": [_command(head, features) for head in HEADS],
        },
        "oauth_config": {**returns, "scopes": {"bot": list(scopes(features))}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **interactive},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not features.http,
            "token_rotation_enabled": features.oauth,
        },
    }


def _command(head: str, features: Features) -> dict[str, object]:
    url = {"url": f"{features.public_url.rstrip('/')}/slack/commands"} if features.http else {}
    description, usage = _COMMANDS[head]
    return {"command": f"/{head}", **url, "description": description, "usage_hint": usage, "should_escape": False}


def lacking(have: Sequence[str], features: Features) -> tuple[str, ...]:
    """Scopes that the app should have and has not."""
    return tuple(scope for scope in scopes(features) if scope not in have)


def purpose_of(scope: str) -> str:
    return {**_SCOPES, **_SEEDING}[scope]
