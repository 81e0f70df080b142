"""db: the database as a whole: brought up to date, checked, backed up, restored. What is heavy is imported inside."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.examples import examples
from bot.cli.options import Config, Json, config_of

app = typer.Typer(
    help="The database: upgrade, copy, check, backup, restore.", no_args_is_help=True, rich_markup_mode=None
)

Copy = Annotated[Path, typer.Argument(help="The file with the copy.", metavar="FILE")]


@app.command(epilog=examples("db upgrade"))
def upgrade(context: typer.Context, config: Config = None) -> None:
    """Brings the database to this version's tables. Every other command does so by itself too."""
    from bot.cli.copies import upgrade as bring

    bring(config_of(context, config))


@app.command(epilog=examples("db copy"))
def copy(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="An empty PostgreSQL, or one that was not wholly copied.", metavar="URL")],
    config: Config = None,
) -> None:
    """Copies the database file into PostgreSQL and compares every row. Broken off, it goes on. Stop the bot before."""
    from bot.cli.copies import copy as move

    move(config_of(context, config), url)


@app.command(epilog=examples("db check"))
def check(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """Looks whether the database is whole. Pages, references, tables, triggers, words; safe while the bot runs."""
    from bot.cli.copies import check as look

    look(config_of(context, config), as_json=as_json)


@app.command(epilog=examples("db backup"))
def backup(context: typer.Context, file: Copy, config: Config = None) -> None:
    """Copies the database as it is at this instant. Safe while the bot runs, which waits for nothing."""
    from bot.cli.copies import backup as keep

    keep(config_of(context, config), file)


@app.command(epilog=examples("db restore"))
def restore(context: typer.Context, file: Copy, config: Config = None) -> None:
    """Puts a backup in the place of the database. That is backed up beside it first; stop the bot before."""
    from bot.cli.copies import restore as put_back

    put_back(config_of(context, config), file)
