"""What `digestbot --help` must not pay for: `python -m bench start` measures it, these say why it would be slow."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import typer

from bot.cli import app

HEAVY = ("aiohttp", "asyncio", "jinja2", "pydantic", "rich", "sqlalchemy", "structlog")


def callbacks(group: typer.Typer) -> Iterator[Any]:
    yield from (command.callback for command in group.registered_commands)
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            yield from callbacks(inner.typer_instance)


def test_the_command_line_loads_nothing_that_its_commands_need() -> None:
    code = f"import sys, bot.cli; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [], "import it inside of the command"


def test_annotations_of_commands_are_values() -> None:
    """Typer evaluates those that are strings, one by one, at every start: no `from __future__ import annotations`
    where commands are declared."""
    written = {
        callback.__module__
        for callback in callbacks(app)
        if any(isinstance(one, str) for one in callback.__annotations__.values())
    }
    assert written == set()
