"""Arguments and options that several commands take alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file (default: config.toml).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON Lines on stdout and nothing else there.")]
Inputs = Annotated[list[str], typer.Argument(help="URLs, files or folders; - is stdin.", metavar="PATH_OR_URL...")]
Channel = Annotated[str, typer.Option("--channel", help="Name of a configured channel.")]
Outcome = Literal["there", "missing"]
Words = Annotated[list[str] | None, typer.Argument(help="Words, a URL, or an article's number.")]


def config_of(context: typer.Context, config: Path | None) -> Path | None:
    """The file named after the command, else the one named before it."""
    before: object = context.find_root().obj
    return config or (before if isinstance(before, Path) else None)
