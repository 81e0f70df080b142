"""The command line: arguments -> one call -> printed. No rules here; what is heavy is imported inside the commands.

Annotations are values here and no strings (no `from __future__`): typer would evaluate each of them at every start.
"""

import sys
from typing import Annotated, Literal

import typer

from bot.cli import database, link, setup, sourcing, team
from bot.cli.completing import FORMS, forms
from bot.cli.examples import examples
from bot.cli.options import (
    QUIET,
    Channel,
    Config,
    Inputs,
    Json,
    Outcome,
    Port,
    Program,
    Quiet,
    Version,
    Words,
    config_of,
)
from bot.errors import BotError, ConfigError

app = typer.Typer(
    name="digestbot",
    help="Five good articles each morning, each in its own key takeaways, in the channel your team already lives in.",
    epilog=examples(),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    cls=Program,
)
app.add_typer(sourcing.app, name="sources")
app.add_typer(database.app, name="db")


@app.callback()
def root(context: typer.Context, config: Config = None, quiet: Quiet = False, version: Version = False) -> None:
    from bot.logs import set_up_logs

    context.obj = config
    QUIET.set(quiet)
    set_up_logs("warning")  # a command prints its own result; `run` says more


@app.command(epilog=examples("demo"))
def demo(
    once: Annotated[bool, typer.Option("--once", help="Print the digest and end.")] = False,
    port: Annotated[int, typer.Option("--port", help="Web port, or the next free one.")] = 8080,
) -> None:
    """Shows the main job on sample articles. A digest in the terminal and in your browser; no tokens, no network."""
    from bot.cli.serve import demo as show

    show(once=once, port=port)


@app.command(epilog=examples("run"))
def run(context: typer.Context, config: Config = None) -> None:
    """Runs everything in one process. Reads sources, posts digests on schedule, serves the web channel."""
    from bot.cli.serve import run as serve

    serve(config_of(context, config))


app.command(epilog=examples("init"))(setup.init)


@app.command(epilog=examples("worker"))
def worker(
    context: typer.Context,
    role: Annotated[str, typer.Option("--role", help="One or more of tick, refresh, read, compose, deliver.")],
    port: Port = None,
    config: Config = None,
) -> None:
    """A part of `run`, of many on one PostgreSQL. Ends what it has in hand on SIGTERM."""
    from bot.cli.serve import worker as work

    work(config_of(context, config), role, port=port)


@app.command(epilog=examples("gateway"))
def gateway(
    context: typer.Context,
    shards: Annotated[str | None, typer.Option(help="Of Discord only these, such as 0-3/16.", metavar="RANGE")] = None,
    port: Port = None,
    config: Config = None,
) -> None:
    """The part of `run` that members meet: reactions, commands, pages. Of several one listens, the others stand by."""
    from bot.cli.serve import gateway as listen

    listen(config_of(context, config), shards, port=port)


@app.command(epilog=examples("doctor"))
def doctor(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """Says what does not work yet, and how to mend it. Checks configuration, database, platforms; posts nothing."""
    from bot.cli.doctor import doctor as check

    check(config_of(context, config), as_json=as_json)


@app.command(epilog=examples("inspect"))
def inspect(context: typer.Context, inputs: Inputs, as_json: Json = False, config: Config = None) -> None:
    """Shows all that is read out of feeds, pages and texts. Stores nothing."""
    from bot.cli.intake import inspect as show

    show(config_of(context, config), inputs, as_json=as_json)


@app.command(epilog=examples("ingest"))
def ingest(context: typer.Context, inputs: Inputs, as_json: Json = False, config: Config = None) -> None:
    """Reads feeds, pages and texts, and keeps their articles."""
    from bot.cli.intake import ingest as keep

    keep(config_of(context, config), inputs, as_json=as_json)


@app.command(epilog=examples("refresh"))
def refresh(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """Reads the sources that are due, then the new articles."""
    from bot.cli.verbs import refresh as verb

    verb(config_of(context, config), as_json=as_json)


@app.command(epilog=examples("tick"))
def tick(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """Claims the slots that are due."""
    from bot.cli.verbs import tick as verb

    verb(config_of(context, config), as_json=as_json)


@app.command(epilog=examples("compose"))
def compose(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """Composes the digests of claimed slots."""
    from bot.cli.verbs import compose as verb

    verb(config_of(context, config), as_json=as_json)


@app.command(epilog=examples("deliver"))
def deliver(context: typer.Context, as_json: Json = False, config: Config = None) -> None:
    """Posts what waits in the outbox."""
    from bot.cli.verbs import deliver as verb

    verb(config_of(context, config), as_json=as_json)


@app.command(epilog=examples("preview"))
def preview(
    context: typer.Context,
    channel: Channel,
    form: Annotated[
        str, typer.Option("--format", help=f"{', '.join(FORMS)}, or a plug-in's name.", autocompletion=forms)
    ] = "terminal",
    last: Annotated[str | None, typer.Option("--last", help="Simulate the past, day by day, e.g. 7d.")] = None,
    min_quality: Annotated[float | None, typer.Option("--min-quality", help="Try another bar, 0 to 1.")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Shows the digest as it would be posted now. Or day by day over the past; changes nothing."""
    from bot.cli.verbs import preview as show

    form = "json" if as_json else form
    show(config_of(context, config), channel, form=form, last=last, min_quality=min_quality)


@app.command(epilog=examples("post"))
def post(context: typer.Context, channel: Channel, as_json: Json = False, config: Config = None) -> None:
    """Composes a digest and posts it now. Beside a running bot, leaves posting to it and waits."""
    from bot.cli.verbs import post as verb

    verb(config_of(context, config), channel, as_json=as_json)


@app.command(epilog=examples("settle"))
def settle(
    context: typer.Context,
    digest: Annotated[int | None, typer.Argument(help="Number of the digest; without one, all are listed.")] = None,
    outcome: Annotated[Outcome | None, typer.Argument(help="What you see in the channel.")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Settles messages that were perhaps posted. Without a number, lists those of which nobody can tell."""
    from bot.cli.settle import listed
    from bot.cli.settle import settle as resolve

    if digest is None:
        listed(config_of(context, config), as_json=as_json)
    elif outcome is None:
        raise ConfigError(f"settle {digest}: say what you see in the channel: there, or missing")
    else:
        resolve(config_of(context, config), digest, there=outcome == "there", as_json=as_json)


@app.command(epilog=examples("articles"))
def articles(
    context: typer.Context,
    words: Words = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.")] = 20,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Searches the stored articles; without words, the newest."""
    from bot.cli.archive import articles as show

    show(config_of(context, config), " ".join(words or []), limit=limit, as_json=as_json)


@app.command(epilog=examples("article"))
def article(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="ID_OR_URL")],
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Shows one article with its takeaways and where it was posted."""
    from bot.cli.archive import article as show

    show(config_of(context, config), which, as_json=as_json)


@app.command(epilog=examples("why"))
def why(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="ID_OR_URL")],
    channel: Annotated[str | None, typer.Option("--channel", help="One channel; default: all.")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Shows each gate that an article passed or stopped at."""
    from bot.cli.archive import why as show

    show(config_of(context, config), which, channel=channel, as_json=as_json)


app.command(epilog=examples("votes"))(team.votes)
app.command(epilog=examples("best"))(team.best)
app.command(epilog=examples("export"))(team.export)
app.command(epilog=examples("forget"))(team.forget)
app.command(epilog=examples("link"))(link.link)


def main() -> None:
    """Runs the command line. Exit 0 done, 1 failed, 2 wrong usage or configuration, 130 interrupted."""
    try:
        app(prog_name="digestbot")  # also where it was started as python -m bot
    except ConfigError as error:
        _complain(error, code=2)
    except BotError as error:
        _complain(error, code=1)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output had enough
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)


def _complain(error: BotError, *, code: Literal[1, 2]) -> None:
    for line in str(error).splitlines():
        print(f"digestbot: {line}", file=sys.stderr)  # noqa: T201 - this is where the command line speaks
    sys.exit(code)
