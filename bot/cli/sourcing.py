"""The `sources` commands: arguments -> one call, what is heavy imported inside."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.examples import examples
from bot.cli.options import Config, Json, config_of

app = typer.Typer(
    help="What is read: list, add, remove, check, import, export.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list", epilog=examples("sources list"))
def sources_list(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """Lists what is read, how its last reading went, and what the team valued of it."""
    from bot.cli.sources import listed

    listed(config_of(context, config), as_json=as_json)


@app.command("add", epilog=examples("sources add"))
def sources_add(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="A feed, a site, or a folder.", metavar="URL_OR_PATH")],
    category: Annotated[str | None, typer.Option("--category", help="Category of its articles.")] = None,
    every: Annotated[str, typer.Option("--every", help="How often it is read, e.g. 30m.")] = "1h",
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Adds a source, or tries one again that was left alone after it failed for long."""
    from bot.cli.sources import add

    add(config_of(context, config), address, category=category, every=every, as_json=as_json)


@app.command("remove", epilog=examples("sources remove"))
def sources_remove(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="ID_OR_URL")],
    config: Config = None,
) -> None:
    """Removes a source that was added by command; its articles stay."""
    from bot.cli.sources import remove

    remove(config_of(context, config), which)


@app.command("check", epilog=examples("sources check"))
def sources_check(
    context: typer.Context,
    which: Annotated[list[str] | None, typer.Argument(metavar="ID_OR_URL...", help="These alone; else all.")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Reads sources now and shows how each is: what is there, how it went before, what it earned. Stores nothing."""
    from bot.cli.subscriptions import check

    check(config_of(context, config), which or [], as_json=as_json)


@app.command("import", epilog=examples("sources import"))
def sources_import(
    context: typer.Context,
    lists: Annotated[list[str], typer.Argument(help="OPML files, folders or URLs; - is stdin.", metavar="OPML...")],
    check: Annotated[bool, typer.Option("--check", help="Read each first; leave out what cannot be read.")] = False,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Adds the feeds of OPML lists, each in the category that its folder names, and says what failed and why."""
    from bot.cli.subscriptions import take_in

    take_in(config_of(context, config), lists, check=check, as_json=as_json)


@app.command("export", epilog=examples("sources export"))
def sources_export(
    context: typer.Context,
    target: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; without it, on stdout.")] = None,
    config: Config = None,
) -> None:
    """Writes the sources as OPML 2.0, a folder for each category; other feed readers import it too."""
    from bot.cli.subscriptions import export

    export(config_of(context, config), target)
