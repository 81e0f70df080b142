"""Arguments and options that several commands take alike."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.core import TyperGroup

from bot.cli.completing import channels

QUIET: ContextVar[bool] = ContextVar("quiet", default=False)  # for all that this command shows to people


class Program(TyperGroup):
    """Takes --quiet wherever it stands."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        options = args[: args.index("--")] if "--" in args else args
        said = [word for word in options if word in ("-q", "--quiet")]
        rest = [word for word in options if word not in said] + args[len(options) :]
        return super().parse_args(ctx, said[:1] + rest)


def _version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"digestbot {version('digestbot')}")
        raise typer.Exit


Config = Annotated[Path | None, typer.Option("--config", help="Configuration file (default: config.toml).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON Lines on stdout and nothing else there.")]
Inputs = Annotated[list[str], typer.Argument(help="URLs, files or folders; - is stdin.", metavar="PATH_OR_URL...")]
Channel = Annotated[str, typer.Option("--channel", help="Name of a configured channel.", autocompletion=channels)]
Port = Annotated[int | None, typer.Option("--port", help="HTTP port (default: [http] port, or the next free one).")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors, and what --json asks for.")]
Version = Annotated[
    bool, typer.Option("--version", help="Print the version and end.", callback=_version, is_eager=True)
]
Outcome = Literal["there", "missing"]
Words = Annotated[list[str] | None, typer.Argument(help="Words, a URL, or an article's number.")]


def config_of(context: typer.Context, config: Path | None) -> Path | None:
    """The file named after the command, else the one named before it."""
    before: object = context.find_root().obj
    return config or (before if isinstance(before, Path) else None)
