"""The commands about what teams valued: votes, best, export, forget. What is heavy is imported inside them.

Annotations are values here too, as in the package's own file.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli.options import Config, Json, config_of

What = Literal["votes", "tallies", "articles"]
Form = Literal["csv", "json"]


def votes(
    context: typer.Context,
    which: Annotated[str | None, typer.Argument(metavar="[ID_OR_URL]")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Shows how the teams voted."""
    from bot.cli.valued import votes as show

    show(config_of(context, config), which, as_json=as_json)


def best(
    context: typer.Context,
    last: Annotated[str, typer.Option("--last", help="How far to look back, e.g. 30d.")] = "7d",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 10,
    channel: Annotated[str | None, typer.Option("--channel", help="Of this channel's team alone.")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Shows what was valued most. And the sources that are worth dropping."""
    from bot.cli.valued import best as show

    show(config_of(context, config), last=last, limit=limit, channel=channel, as_json=as_json)


def export(
    context: typer.Context,
    what: Annotated[What, typer.Argument(help="votes (without voters), tallies, or articles.")],
    form: Annotated[Form, typer.Option("--format", help="A table, or JSON Lines.")] = "csv",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; without it, stdout.")] = None,
    config: Config = None,
) -> None:
    """Writes votes, tallies or articles to a file. For a spreadsheet or another program."""
    from bot.cli.export import export as write

    write(config_of(context, config), what, form=form, output=output)


def forget(
    context: typer.Context,
    platform: Annotated[str, typer.Argument(help="discord, slack, web …")],
    workspace: Annotated[str, typer.Argument(help="The platform's own id of the server or workspace; web on web.")],
    member: Annotated[str, typer.Argument(help="The platform's own id of the member.")],
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Forgets which votes are a member's. At once; the votes stay, nobody's."""
    from bot.cli.valued import forget as erase

    erase(config_of(context, config), platform, workspace, member, as_json=as_json)
