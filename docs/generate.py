"""Writes docs/reference from the code: `python -m docs.generate`, or `--check` to fail where it has drifted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from typer.main import get_command

REFERENCE = Path(__file__).parent / "reference"
HEAD = "<!-- Written by `make docs` from the code; change it there. -->\n\n"


def command_line() -> str:
    """Every command's own help."""
    from bot.cli import app

    root = get_command(app)
    parts = ["# The command line\n"]
    for name, command in _commands(root, "digestbot"):
        with command.make_context(name, [], resilient_parsing=True, terminal_width=80) as context:
            parts.append(f"## `{name}`\n\n```\n{command.get_help(context).strip()}\n```\n")
    return HEAD + "\n".join(parts)


def _commands(command, name: str) -> Iterator[tuple]:  # typer keeps its own copy of click, whose types are private
    yield name, command
    for sub, child in sorted(getattr(command, "commands", {}).items()):
        yield from _commands(child, f"{name} {sub}")


def configuration() -> str:
    """The example file, which names every setting with its default and a sentence."""
    example = (Path(__file__).parents[1] / "config.example.toml").read_text("utf-8")
    return (
        f"{HEAD}# Configuration\n\nEvery setting, its default, and what it does.\n\n```toml\n{example.strip()}\n```\n"
    )


def main() -> int:
    pages = {"command-line.md": command_line(), "configuration.md": configuration()}
    REFERENCE.mkdir(exist_ok=True)
    drifted = []
    for name, text in pages.items():
        page = REFERENCE / name
        if not page.exists() or page.read_text("utf-8") != text:
            drifted.append(name)
            if "--check" not in sys.argv:
                page.write_text(text, "utf-8")
    if drifted and "--check" in sys.argv:
        print(f"docs/reference: {', '.join(drifted)} is not what the code says; run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
