"""What a shell is offered for the words of a command, where typer does not know them by itself."""

from __future__ import annotations

import typer

from bot.cli.starters import STARTERS
from bot.errors import BotError

PLATFORMS = ("web", "console", "discord", "slack")
FORMS = ("terminal", "json", "html", "discord", "slack")


def platforms(incomplete: str) -> list[str]:
    return [name for name in PLATFORMS if name.startswith(incomplete)]


def forms(incomplete: str) -> list[str]:
    return [name for name in FORMS if name.startswith(incomplete)]


def topics(incomplete: str) -> list[str]:
    return [name for name in STARTERS if name.startswith(incomplete)]


def channels(context: typer.Context, incomplete: str) -> list[str]:
    """Names of the configuration's channels; none where it cannot be read: a shell is no place to say why."""
    from bot.config import load

    try:
        settings = load(context.params.get("config") or context.find_root().params.get("config"))
    except BotError:
        return []
    return [spec.name for spec in settings.channels if spec.name.startswith(incomplete)]
