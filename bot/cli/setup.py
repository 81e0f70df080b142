"""init: what it takes. What it does, and what is heavy, is imported inside."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.completing import PLATFORMS
from bot.cli.completing import platforms as platforms_of
from bot.cli.completing import topics as topics_of
from bot.cli.options import Config, Json, config_of
from bot.cli.starters import STARTERS


def init(
    context: typer.Context,
    platforms: Annotated[
        list[str] | None, typer.Argument(help=f"{', '.join(PLATFORMS)}, or a plug-in.", autocompletion=platforms_of)
    ] = None,
    channel: Annotated[str, typer.Option("--channel", help="The platform's own id of the channel.")] = "",
    at: Annotated[str, typer.Option("--at", help="Time of the digest.")] = "09:00",
    days: Annotated[str, typer.Option("--days", help="Its days, such as mon-fri, fri, or *.")] = "mon-fri",
    timezone: Annotated[str | None, typer.Option("--timezone", help="Such as Europe/London; default: yours.")] = None,
    topics: Annotated[
        list[str] | None,
        typer.Option("--topic", help=f"Feeds to start with, of {', '.join(STARTERS)}.", autocompletion=topics_of),
    ] = None,
    feeds: Annotated[list[str] | None, typer.Option("--feed", help="A feed or site of your own.")] = None,
    opml: Annotated[Path | None, typer.Option("--opml", help="A list of feeds from another reader.")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Writes a configuration to start from. Where there is one already it is left as it is. Says the steps on each
    platform: where to make an app, its manifest or invite link, which secrets to set. Without arguments it asks."""
    from tzlocal import get_localzone_name

    from bot.cli.init import init as begin
    from bot.cli.wishes import Wishes

    wishes = Wishes(
        platforms=tuple(platforms or ()),
        place=channel,
        at=at,
        days=days,
        timezone=timezone or get_localzone_name(),
        topics=tuple(topics or ()),
        feeds=tuple(feeds or ()),
        opml=opml,
    )
    ask = not (platforms or channel or timezone or topics or feeds or opml)
    begin(config_of(context, config), wishes, ask=ask, as_json=as_json)
